"""One figure taken apart: by age and sex, by learning language, by audience, by team.

Staff see a place of theirs exactly. What strangers may be told is in `campaigns.reports.told`.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.models import Audience, Campaign, CountKind, Indicator, Team
from campaigns.reports.figures import groups
from campaigns.reports.indicators import indicators_of
from campaigns.rules import AgeBand, band_and_sex
from campaigns.rules.counting import LANGUAGES
from places.models import Place
from places.rules import sort_key

BY_LABELS = {
    "age": gettext_lazy("Age and sex"),
    "language": gettext_lazy("Learning language"),
    "audience": gettext_lazy("Whom the class is for"),
    "team": gettext_lazy("Team"),
}
_KINDS = {
    "age": CountKind.GROUP,
    "language": CountKind.LANGUAGE,
    "audience": CountKind.AUDIENCE,
    "team": CountKind.TEAM,
}
# Residents are registered with an age, a sex and a language; a class and a team come later.
_OF_REGISTERED = ("age", "language")
# The order in which people are shown; the slots are those of the counters.
SEXES = (
    (1, pgettext_lazy("column", "Women")),
    (2, pgettext_lazy("column", "Men")),
    (0, pgettext_lazy("column", "Sex not stated")),
)
GROUP_SLOTS = {
    "age": [int(band) for band in AgeBand],
    "sex": [slot for slot, _label in SEXES],
    "language": list(range(len(LANGUAGES))),
    "audience": [int(audience) for audience in Audience],
}
BANDS = (*[band for band in AgeBand if band], AgeBand.UNKNOWN)


@dataclass(frozen=True)
class BreakdownRow:
    """One group of people."""

    label: str
    # By sex where the table is by age; otherwise empty.
    split: tuple[int, ...]
    n: int
    # Out of how many, where that means anything.
    of: int | None

    @property
    def share(self) -> int | None:
        """Percent, rounded down: 100 only where it is everybody."""
        return self.n * 100 // self.of if self.of else None


@dataclass(frozen=True)
class Breakdown:
    """One indicator of one place, taken apart."""

    campaign: Campaign
    place: Place
    indicator: str
    unit: str
    by: str
    at: dt.datetime
    columns: tuple[str, ...]
    of_label: str
    together: BreakdownRow
    rows: list[BreakdownRow] = field(default_factory=list)

    @property
    def highest(self) -> int:
        return max((row.n for row in self.rows), default=0)


def breakdown(
    campaign: Campaign, place: Place, indicator: str, by: str, *, names_teams: bool = True
) -> Breakdown:
    """Return a figure taken apart; its groups always add up to the place's own figure.

    Whoever may not see teams gets them numbered.
    """
    at = timezone.now()
    counted = groups(campaign, place, _KINDS[by])
    info = indicators_of(campaign)[indicator]
    of, of_label = _denominator(info, by)
    columns = tuple(str(label) for _slot, label in SEXES) if by == "age" else ()
    rows = [
        BreakdownRow(
            label,
            tuple(sum(_n(counted, slot, indicator) for slot in part) for part in split)
            if columns
            else (),
            sum(_n(counted, slot, indicator) for part in split for slot in part),
            sum(_n(counted, slot, of) for part in split for slot in part) if of else None,
        )
        for label, split in _groups(place, by, counted, names_teams)
    ]
    return Breakdown(
        campaign=campaign,
        place=place,
        indicator=indicator,
        unit=info.unit,
        by=by,
        at=at,
        columns=columns,
        of_label=of_label,
        together=BreakdownRow(
            _("Together"),
            tuple(sum(column) for column in zip(*(row.split for row in rows), strict=True))
            if columns
            else (),
            sum(row.n for row in rows),
            sum(row.of or 0 for row in rows) if of else None,
        ),
        rows=rows,
    )


def group_figures(campaign: Campaign, place: Place, indicator: str) -> dict[str, Counter]:
    """Return {"age" | "sex" | "language" | "audience": {slot: n}}, each by itself alone.

    Every slot that there can be is there: a missing one would tell that it has nobody.
    """
    found = {name: Counter(dict.fromkeys(slots, 0)) for name, slots in GROUP_SLOTS.items()}
    for slot, values in groups(campaign, place, CountKind.GROUP).items():
        band, sex = band_and_sex(slot)
        found["age"][int(band)] += values[indicator]
        found["sex"][sex] += values[indicator]
    for name, kind in (("language", CountKind.LANGUAGE), ("audience", CountKind.AUDIENCE)):
        for slot, values in groups(campaign, place, kind).items():
            found[name][slot] += values[indicator]
    return found


def _n(counted, slot, measure):
    return counted.get(slot, {}).get(measure, 0)


def _denominator(info, by):
    """Return the measure that a share is taken of, and its name; nothing where it has no sense."""
    if not info.counts_people or info.key == Indicator.REGISTERED:
        return None, ""
    if by in _OF_REGISTERED:
        return Indicator.REGISTERED, _("Registered residents")
    if info.key == Indicator.ENROLLED:
        return None, ""
    return Indicator.ENROLLED, _("Enrolled")


def _groups(place, by, counted, names_teams):
    """Yield (label, the slots of each column) of every group, those with nobody too."""
    if by == "age":
        width = len(SEXES)
        for band in BANDS:
            yield str(band.label), [[band * width + sex] for sex, _label in SEXES]
    elif by == "language":
        names = dict(settings.SPOKEN_LANGUAGES)
        for slot, language in enumerate(LANGUAGES):
            yield str(names.get(language, language)), [[slot]]
    elif by == "audience":
        for audience in Audience:
            yield str(audience.label), [[int(audience)]]
    else:
        yield from _teams(place, counted, names_teams)


def _teams(place, counted, names_teams):
    """Yield the teams with figures, and those that work here; people without a class come last."""
    of_place = Team.objects.filter(place__path__startswith=place.path)
    found = of_place | Team.objects.filter(pk__in=[slot for slot in counted if slot])
    known = set()
    in_order = sorted(found.order_by("pk"), key=lambda team: sort_key(team.name))
    for number, team in enumerate(in_order, start=1):
        known.add(team.pk)
        if names_teams:
            yield team.name, [[team.pk]]
        else:
            yield _("Team %(number)s") % {"number": number}, [[team.pk]]
    gone = [slot for slot in counted if slot and slot not in known]
    if gone:
        yield _("teams that no longer exist"), [gone]
    yield _("in no class yet"), [[0]]
