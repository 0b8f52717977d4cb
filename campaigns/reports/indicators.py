"""What a campaign counts: what follows by itself, and what its organiser has added."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.models import Campaign, Indicator, OwnIndicator

INDICATOR_LABELS = {
    Indicator.REGISTERED: gettext_lazy("residents registered"),
    Indicator.ENROLLED: gettext_lazy("enrolled"),
    Indicator.REACHED: gettext_lazy("came at least once"),
    Indicator.VISITS: gettext_lazy("evenings attended"),
    Indicator.LESSONS: gettext_lazy("lessons passed"),
    Indicator.SKILLS: gettext_lazy("skills done alone"),
    Indicator.COMPLETED: gettext_lazy("completed"),
    Indicator.CERTIFIED: gettext_lazy("with a certificate"),
    Indicator.KEPT: gettext_lazy("still able after 30 days"),
}

_UNITS = {
    Indicator.VISITS: pgettext_lazy("unit", "evenings"),
    Indicator.LESSONS: pgettext_lazy("unit", "lessons"),
    Indicator.SKILLS: pgettext_lazy("unit", "skills"),
}


@dataclass(frozen=True)
class IndicatorInfo:
    """One thing that is counted, and how to speak of it."""

    key: str
    label: str
    unit: str
    # Each person counts once, so a total of people bounds it.
    counts_people: bool
    own: OwnIndicator | None = None


def indicators_of(campaign: Campaign) -> dict[str, IndicatorInfo]:
    """Return {key: indicator} of a campaign, the built-in ones first, then its own open ones.

    A closed one of its own is left out; what was counted stays readable by its key.
    """
    people = _("people")
    found = {
        str(key): IndicatorInfo(
            str(key), str(label), str(_UNITS.get(key, people)), key not in _UNITS
        )
        for key, label in INDICATOR_LABELS.items()
    }
    for own in campaign.own_indicators.open().order_by("number"):
        found[own.key] = IndicatorInfo(
            own.key, own.name, own.unit, own.per == OwnIndicator.Per.RESIDENT, own
        )
    return found
