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
from campaigns.rules.forecast import Expected, Forecast, days_missing, foresee
from campaigns.rules.pace import STATUSES, WEEKS_SEEN, Need, is_stale, need, status_of
from campaigns.rules.splitting import split

__all__ = [
    "LANGUAGES",
    "MEASURES",
    "OWN_KIND",
    "SEX_SLOTS",
    "STATUSES",
    "WEEKS_SEEN",
    "AgeBand",
    "CountKind",
    "Expected",
    "Forecast",
    "Need",
    "age_band",
    "band_and_sex",
    "contrib",
    "dates_of",
    "days_missing",
    "foresee",
    "group_slot",
    "head_slots",
    "holiday_on",
    "holidays_between",
    "is_stale",
    "language_slot",
    "need",
    "overlaps",
    "own_kind",
    "pack_days",
    "sex_slot",
    "split",
    "status_of",
    "unpack_days",
]
