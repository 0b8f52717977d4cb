"""What can be said about a campaign from values in hand alone. Pure."""

from campaigns.rules.calendar import dates_of, holiday_on, holidays_between, overlaps
from campaigns.rules.counting import (
    MEASURES,
    SEX_SLOTS,
    AgeBand,
    CountKind,
    age_band,
    band_and_sex,
    contrib,
    group_slot,
    sex_slot,
)
from campaigns.rules.pace import STATUSES, status_of

__all__ = [
    "MEASURES",
    "SEX_SLOTS",
    "STATUSES",
    "AgeBand",
    "CountKind",
    "age_band",
    "band_and_sex",
    "contrib",
    "dates_of",
    "group_slot",
    "holiday_on",
    "holidays_between",
    "overlaps",
    "sex_slot",
    "status_of",
]
