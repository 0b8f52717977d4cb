"""What each person finds first: tonight's class, the map, the lessons to review."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from campaigns.exports.coverage import STATUS_LABELS
from campaigns.models import Campaign, ClassGroup, Indicator
from campaigns.reports import (
    coverage,
    my_turns,
    my_work_count,
    need_of,
    next_session,
    sessions_tonight,
    tile_map,
)
from campaigns.reports.public import public_campaigns as open_campaigns
from campaigns.reports.punctual import report_duties
from campaigns.reports.told import told_wholes
from courses.reports import to_review
from courses.services import changed_originals
from people.models import User
from people.roles import Role
from places.models import Place
from places.models.queries import attach_ancestors
from progress.reports import due_count, turnout, waiting

ORGANISERS = (Role.PROVINCE_ORGANISER, Role.COMMUNE_ORGANISER, Role.OBSERVER)
# The indicator that a leader asks about first.
INDICATOR = Indicator.REACHED
SHOWN_TURNS = 4


def staff_home(user: User) -> dict:
    """Return what the home page of a member of staff shows; only what the roles may use."""
    context: dict = {"today": timezone.localdate(), "labels": STATUS_LABELS}
    if user.has_perm("campaigns.hold_session"):
        context |= _tonight(user)
    if user.has_perm("campaigns.serve"):
        # What waits for an answer comes first; a teacher's own evenings stand below anyway.
        context["turns"] = [
            turn for turn in my_turns(user) if turn.shift_id or turn.state != turn.State.ACCEPTED
        ][:SHOWN_TURNS]
    if user.has_perm("campaigns.view_workitem"):
        context["work_open"], context["work_overdue"] = my_work_count(user)
    if user.has_perm("progress.decide"):
        context["waiting"] = waiting(user)
    if user.has_perm("campaigns.write_report"):
        context["report_duties"] = report_duties(user)
    if user.has_role(Role.INSTRUCTOR, Role.TEAM_LEADER):
        context["recheck_count"] = due_count(user)
    if user.is_superuser or user.has_role(*ORGANISERS):
        boards = [_board(user, campaign) for campaign in _campaigns(user)]
        context["boards"] = [board for board in boards if board]
        context["organises"] = True
    if user.has_perm("courses.vary_lesson"):
        context["changed_originals"] = changed_originals(user)
    if user.has_perm("courses.write"):
        reviews = to_review(user)
        context |= {"writes": True, "reviews": reviews[:8], "review_count": len(reviews)}
    # Whoever organises looks at the map first; whoever teaches, at tonight's class.
    context["map_first"] = bool(context.get("boards"))
    return context


def _tonight(user):
    sessions = sessions_tonight(user)
    attach_ancestors(session.class_group.place for session in sessions)
    mine = [s for s in sessions if user.pk in [i.pk for i in s.instructors.all()]]
    numbers = turnout(mine)
    return {
        "teaches": True,
        "mine": [
            {"session": session, "turnout": numbers.get(session.pk), "mine": True}
            for session in mine
        ],
        "other_sessions": len(sessions) - len(mine),
        "next": None if mine else next_session(user),
    }


@dataclass
class Board:
    """One campaign as an organiser sees it at a glance."""

    campaign: Campaign
    place: Place
    day: int
    coverage: object
    map: object
    url: str
    query: str
    unit_query: str
    # What is needed a week, and what it is now; nothing where no target is set.
    need: object


def _campaigns(user):
    return (
        Campaign.objects.visible_to(user)
        .running()
        .select_related("place")
        .order_by("place__depth", "-first_day")[:3]
    )


def _board(user, campaign):
    places = campaign.places_for(user)
    place = next((p for p in places if user.has_perm("campaigns.view_coverage", p)), None)
    if place is None:
        return None
    found = coverage(campaign, place, INDICATOR)
    return Board(
        campaign=campaign,
        place=place,
        day=found.day,
        coverage=found,
        map=tile_map(found.in_place),
        url=reverse("campaigns:coverage", args=[campaign.pk]),
        query=f"place={place.pk}&indicator={INDICATOR}",
        unit_query=f"&indicator={INDICATOR}",
        need=need_of(found),
    )


def public_figures() -> dict[str, int]:
    """Return what a visitor may know of the whole: sums, never a place's few people.

    From the counters, as the public pages tell it; nobody counts a million rows for a visitor.
    """
    campaigns = list(open_campaigns())
    wholes = told_wholes(campaigns)
    return {
        "learners": sum(told["enrolled"] for told in wholes.values()),
        "classes": ClassGroup.objects.filter(campaign__state=Campaign.State.RUNNING).count(),
        "certificates": sum(told["certified"] for told in wholes.values()),
    }


def public_campaigns() -> list[dict]:
    """Return the running campaigns as the front page names them."""
    return [
        {
            "name": campaign.name,
            "place": campaign.place.label,
            "day_number": campaign.day_number(),
            "length": campaign.length,
            "url": reverse("public_campaign", args=[campaign.pk]) if campaign.is_public else "",
        }
        for campaign in Campaign.objects.running()
        .select_related("place")
        .order_by("-first_day")[:6]
    ]
