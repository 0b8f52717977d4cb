"""What really happened, as it was noted: lists, and how much of each there is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign, Cell, Journal, Outcome, OwnIndicator, Target
from campaigns.rules import OWN_KIND, own_kind
from campaigns.services.totals import LEVELS, together
from people.models import Resident
from places.models import Place
from places.reports import lies_in, members_of

# What a list can be narrowed to.
STATES = ("standing", "taken_back")
MOST_FOUND = 60


@dataclass(frozen=True)
class OutcomeSum:
    """How much of one own indicator there is in a place, and what it is to reach."""

    indicator: OwnIndicator
    amount: int
    goal: int | None


def outcomes_in(
    user,
    campaign: Campaign,
    place: Place,
    *,
    number: str = "",
    state: str = "",
    mine: bool = False,
):
    """Return the outcomes of a place that the user may see, the latest first."""
    members = members_of(place, timezone.localdate())
    found = (
        Outcome.objects.permitted_to(user, "campaigns.note_outcome")
        .filter(lies_in(members, "place"), campaign=campaign)
        .select_related("indicator", "place", "resident__village", "noted_by", "taken_back_by")
        .order_by("-happened_on", "-pk")
    )
    if number.isdecimal() and len(number) < 5:
        found = found.filter(indicator__number=number)
    if state in STATES:
        found = found.filter(taken_back_at__isnull=state == "standing")
    if mine:
        found = found.filter(noted_by=user)
    return found


def name_people(outcomes: Iterable[Outcome], user) -> None:
    """Write beside each outcome to whom it happened, for whoever may see that person today.

    What was noted stays where it was noted; whoever has moved to another place since is named to
    those who look after that place.
    """
    paths = user.scope_paths("people.view_resident")
    for outcome in outcomes:
        person = outcome.resident
        is_seen = person is not None and (
            user.is_superuser or any(person.village.path.startswith(path) for path in paths)
        )
        outcome.person = str(person) if is_seen else ""


def outcome_sums(campaign: Campaign, place: Place) -> list[OutcomeSum]:
    """Return the sums of a place's own indicators: open ones, and closed ones with outcomes."""
    members = [member.pk for member in members_of(place, timezone.localdate())]
    cells = Cell.objects.filter(campaign=campaign, kind__gt=OWN_KIND, place_id__in=members)
    journal = Journal.objects.filter(
        campaign=campaign, kind__gt=OWN_KIND, **{f"{LEVELS[place.depth]}__in": members}
    )
    sums = together(cells.values_list("kind"), journal.values_list("kind"), ("amount",))
    targets = Target.objects.filter(campaign=campaign, place__in=members, indicator__startswith="o")
    goals: Counter[str] = Counter()
    for key, goal in targets.values_list("indicator", "goal"):
        goals[key] += goal
    return [
        OutcomeSum(own, sums.get(kind, {}).get("amount", 0), goals.get(own.key))
        for own in campaign.own_indicators.order_by("number")
        for kind in [own_kind(own.number)]
        if own.closed_at is None or kind in sums
    ]


def people_to_note(user, campaign: Campaign, place: Place, words: str):
    """Return the residents of a place whose names are searched, within the user's scope."""
    return (
        residents_to_note(user, campaign)
        .below_any(members_of(place, timezone.localdate()))
        .search(words)
        .select_related("village")
        .in_order()[:MOST_FOUND]
    )


def people_of_class(user, campaign: Campaign, class_group):
    """Return the learners of a class, within the user's scope."""
    # Enrolments belong to an app above; they are known here only by their relation.
    return (
        residents_to_note(user, campaign)
        .filter(enrolments__class_group=class_group, enrolments__withdrawn_at=None)
        .select_related("village")
        .in_order()
    )


def have_already(indicator: OwnIndicator, residents) -> dict[int, Outcome]:
    """Return {resident: the outcome that stands} of those who need not be noted again."""
    return {
        outcome.resident_id: outcome
        for outcome in indicator.outcomes.standing().filter(
            resident__in=[resident.pk for resident in residents]
        )
    }


def outcomes_of(resident: Resident):
    """Return what stands noted of one person, the latest first."""
    return (
        Outcome.objects.standing()
        .filter(Q(resident=resident) | Q(resident__merged_into=resident))
        .select_related("indicator", "campaign")
        .order_by("-happened_on", "-pk")
    )


def residents_to_note(user, campaign: Campaign):
    """Return the people of a campaign about whom the user may note something."""
    return (
        Resident.objects.permitted_to(user, "campaigns.note_outcome")
        .current()
        .filter(village__path__startswith=campaign.place.path)
    )
