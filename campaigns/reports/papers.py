"""The words on a report's paper that are no figures: who reports, to whom, on what grounds.

Names change: campaigns are called anew, units merge, heads of teams come and go. What was handed in
stays as it was, so these words are frozen with the figures.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Membership, Target, Team
from campaigns.reports.reporting import Unit
from campaigns.rules.reporting import Period
from places.models import Place

# So many papers stand above a report.
MOST_BASES = 3


def paper_words(campaign: Campaign, unit: Unit, period: Period) -> dict:
    """Return who reports about what and to whom, as it is called today; fit to be frozen.

    In Vietnamese, as the paper is, whatever language the screen of whoever hands it in has.
    """
    with translation.override("vi"):
        return {
            "campaign": campaign.name,
            "length": campaign.length,
            "number": period.number,
            "unit": unit.name,
            "place": unit.place.full_name,
            "seat": (unit.above if unit.team else unit.place).name,
            "self": unit.name if unit.team else committee_of(unit.place),
            "above": committee_of(unit.above),
            "sources": sources_of(campaign, unit.place),
            "head": head_of(unit.team) if unit.team else "",
        }


def committee_of(place: Place) -> str:
    """Return the administration of a place."""
    return " ".join([_("People’s Committee"), place.full_name])


def sources_of(campaign: Campaign, place: Place) -> list[str]:
    """Return the papers that the targets of a place and of those above it were taken from."""
    found = Target.objects.filter(campaign=campaign, place__in=[*place.above, place])
    sources = found.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(sources.distinct()[:MOST_BASES])


def head_of(team: Team) -> str:
    """Return the name of whoever leads a team today."""
    leaders = Membership.objects.filter(team=team, leads=True).current()
    return leaders.order_by("since", "pk").values_list("name", flat=True).first() or ""
