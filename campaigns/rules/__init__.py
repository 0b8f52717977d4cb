"""What can be said about a campaign from values in hand alone. Pure."""

from campaigns.rules.calendar import dates_of, holiday_on, holidays_between, overlaps
from campaigns.rules.counting import (
    LANGUAGES,
    MEASURES,
    OWN_KIND,
    SEX_SLOTS,
    AgeBand,
    CountKind,
    age_band,
    band_and_sex,
    contrib,
    group_slot,
    head_slots,
    language_slot,
    own_kind,
    pack_days,
    sex_slot,
    unpack_days,
)
from campaigns.rules.pace import STATUSES, status_of

__all__ = [
    "LANGUAGES",
    "MEASURES",
    "OWN_KIND",
    "SEX_SLOTS",
    "STATUSES",
    "AgeBand",
    "CountKind",
    "age_band",
    "band_and_sex",
    "contrib",
    "dates_of",
    "group_slot",
    "head_slots",
    "holiday_on",
    "holidays_between",
    "language_slot",
    "overlaps",
    "own_kind",
    "pack_days",
    "sex_slot",
    "status_of",
    "unpack_days",
]
