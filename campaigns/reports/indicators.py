"""What a campaign counts: what follows by itself, and what its organiser has added."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.models import Campaign, Indicator, OwnIndicator
from places.rules import fold

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


@dataclass(frozen=True)
class Suggestion:
    """What campaigns usually count, one tap away: some things have several numbers."""

    key: str
    # (what is counted, unit, counted as, how it is shown)
    parts: tuple[tuple[str, str, str, str], ...]

    @property
    def label(self) -> str:
        return ", ".join(str(part[0]) for part in self.parts)


def _suggest(key, *parts):
    return Suggestion(key, parts)


_PEOPLE = gettext_lazy("people")
_EACH, _TALLY = OwnIndicator.Per.RESIDENT, OwnIndicator.Per.TALLY
_LINK = gettext_lazy("the link of the livestream")

# What the provinces' reports speak of.
SUGGESTIONS = (
    _suggest("eid", (gettext_lazy("level-2 e-ID registered"), _PEOPLE, _EACH, "")),
    _suggest("vneid", (gettext_lazy("VNeID installed and opened"), _PEOPLE, _EACH, "")),
    _suggest("app", (gettext_lazy("the province's app installed"), _PEOPLE, _EACH, "")),
    _suggest(
        "file",
        (
            gettext_lazy("public service file lodged online"),
            gettext_lazy("files"),
            _TALLY,
            gettext_lazy("the number of the file"),
        ),
    ),
    _suggest("loan", (gettext_lazy("loan file lodged"), _PEOPLE, _EACH, "")),
    _suggest("payment", (gettext_lazy("first cashless payment made"), _PEOPLE, _EACH, "")),
    _suggest("signature", (gettext_lazy("digital signature issued"), _PEOPLE, _EACH, "")),
    _suggest("shop", (gettext_lazy("shop opened online"), _PEOPLE, _EACH, "")),
    _suggest(
        "livestream",
        (gettext_lazy("livestream held"), gettext_lazy("livestreams"), _TALLY, _LINK),
        (gettext_lazy("reach of livestreams"), pgettext_lazy("unit", "people reached"), _TALLY, ""),
        (gettext_lazy("views of livestreams"), pgettext_lazy("unit", "views"), _TALLY, ""),
    ),
    _suggest("handbook", (gettext_lazy("electronic party handbook installed"), _PEOPLE, _EACH, "")),
)


def suggestions_for(campaign: Campaign) -> list[Suggestion]:
    """Return what the campaign might count as well, and does not yet."""
    have = {fold(name) for name in campaign.own_indicators.values_list("name", flat=True)}
    return [
        suggestion
        for suggestion in SUGGESTIONS
        if not all(fold(str(part[0])) in have for part in suggestion.parts)
    ]
