"""Who is missing: from a number down to names, and from names to something that is done."""

import logging

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import Campaign, Team
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require, url_if_there
from campaigns.views.work import residents_posted
from places.models import Place
from places.reports import members_of
from progress.reports.missing import (
    COUNTED,
    MissingKind,
    invitation,
    names,
    rows_below,
    rows_of_communes,
)

# Names are for whoever may enrol people in this place, and may see its residents.
PERMISSIONS = ("progress.enrol", "people.view_resident")
WORK_MOVES = {
    MissingKind.UNREACHED: "reached",
    MissingKind.NEVER_CAME: "reached",
    MissingKind.ABSENT: "visits",
    MissingKind.NEAR: "completed",
    MissingKind.UNCERTIFIED: "certified",
    MissingKind.RECHECK: "kept",
}
logger = logging.getLogger(__name__)


def missing(request, pk):
    """Province → communes with numbers → villages and names → what is done about it."""
    campaign, place, kind = _asked(request, pk)
    context = {
        "campaign": campaign,
        "place": place,
        "kind": kind,
        "crumbs": _crumbs(campaign, place, kind, request.user),
    }
    if place.kind == Place.Kind.PROVINCE:
        rows = rows_of_communes(campaign, place)
        context |= {
            "rows": rows,
            "kinds": [(counted, counted.label) for counted in COUNTED],
            "totals": [sum(row.numbers[counted] for row in rows) for counted in COUNTED],
        }
        return render(request, "progress/missing_province.html", context)
    below = rows_below(campaign, place, request.user, kind)
    found = names(kind, campaign, below, request.user, _after(request))
    context |= {
        "kinds": [(one, one.label, below.total(one)) for one in MissingKind],
        "number": below.total(kind),
        "rows": below.rows if place.kind != Place.Kind.VILLAGE else [],
        "found": found,
        "is_first": _after(request) is None,
        "why": _why(kind),
        "work_url": (
            reverse("campaigns:new_work", args=[pk], query={"place": place.pk})
            if request.user.has_perm("campaigns.change_workitem", place)
            else ""
        ),
        "moves": WORK_MOVES[kind],
        "classes": _classes(request.user, campaign, place),
        "rechecks_url": (
            reverse("progress:rechecks", query={"place": place.pk})
            if kind == MissingKind.RECHECK
            else ""
        ),
        "certificates_url": _certificates(request.user, place, kind),
    }
    return render(request, "progress/missing.html", context)


@require_POST
def message(request, pk):
    """Words for the telephones of the people who were ticked."""
    campaign, place, kind = _asked(request, pk)
    people = _ticked(request, campaign, place)
    if not people:
        return _nobody(request, campaign, place, kind)
    text = invitation(kind, campaign, place)
    context = {
        "campaign": campaign,
        "place": place,
        "kind": kind,
        "text": text,
        "people": people,
        "with_phone": sum(bool(person.phone) for person in people),
        "back": _url(campaign, place, kind),
        "crumbs": _crumbs(campaign, place, kind, request.user, _("Message")),
    }
    return render(request, "progress/missing_message.html", context)


@require_POST
def sheet(request, pk):
    """The people who were ticked, as a page to print and to take along."""
    campaign, place, kind = _asked(request, pk)
    people = _ticked(request, campaign, place)
    if not people:
        return _nobody(request, campaign, place, kind)
    # Who took how many names out of the system; the names themselves stand in no log.
    logger.info("list printed: %s people of place %s by %s", len(people), place.pk, request.user.pk)
    context = {
        "campaign": campaign,
        "place": place,
        "kind": kind,
        "people": people,
        "back": _url(campaign, place, kind),
        "crumbs": _crumbs(campaign, place, kind, request.user, _("List to print")),
    }
    return render(request, "progress/missing_sheet.html", context)


def _asked(request, pk) -> tuple[Campaign, Place, MissingKind]:
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    for permission in PERMISSIONS:
        require(request.user, permission, place)
    kind = request.GET.get("kind", "")
    return campaign, place, MissingKind(kind if kind in MissingKind else MissingKind.UNREACHED)


def _after(request) -> int | None:
    """Behind whom the page begins: the number of a person, never a name."""
    text = request.GET.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _ticked(request, campaign, place):
    """Return whoever was ticked and lives in this place."""
    if place.kind == Place.Kind.PROVINCE:
        raise Http404
    inside = tuple(member.path for member in members_of(place, timezone.localdate()))
    return [
        person for person in residents_posted(request) if person.village.path.startswith(inside)
    ]


def _nobody(request, campaign, place, kind):
    messages.error(request, _("Tick at least one person."))
    return redirect(_url(campaign, place, kind))


def _url(campaign, place, kind):
    query = {"place": place.pk, "kind": kind.value}
    return reverse("progress:missing", args=[campaign.pk], query=query)


def _why(kind):
    return {
        MissingKind.UNREACHED: _("In our list, and not at a single evening so far."),
        MissingKind.NEVER_CAME: _("Signed up, and not at a single evening so far."),
        MissingKind.ABSENT: _("Absent without excuse at the last two evenings of their class."),
        MissingKind.NEAR: _("One evening, one lesson or one skill short of completing."),
        MissingKind.UNCERTIFIED: _("Everything is done; only the paper is missing."),
        MissingKind.RECHECK: _("Completed 14 or 30 days ago: can they still do it?"),
    }[kind]


def _classes(user, campaign, place):
    """Return (team, address) of the teams that may open a class for the place, nearest first."""
    commune = place.commune
    if commune is None:
        return []
    teams = Team.objects.permitted_to(user, "campaigns.change_classgroup").filter(
        place__path__startswith=commune.path
    )
    lineage = place.lineage()
    nearest = sorted(
        teams.select_related("place")[:200],
        key=lambda team: (
            team.place.path not in lineage,
            -len(team.place.path) if team.place.path in lineage else 0,
            team.place.sort_key,
            team.name,
        ),
    )
    query = {"campaign": campaign.pk}
    if place.kind == Place.Kind.VILLAGE:
        query["village"] = place.pk
    return [
        (team, reverse("campaigns:new_class", args=[team.pk], query=query)) for team in nearest[:6]
    ]


def _certificates(user, place, kind):
    if kind != MissingKind.UNCERTIFIED:
        return ""
    if not user.has_perm("certificates.issue_certificate", place):
        return ""
    return url_if_there("certificates:waiting")


def _crumbs(campaign, place, kind, user, last=""):
    widest = [above.path for above in campaign.places_for(user)]
    trail = [
        (above.full_name, _url(campaign, above, kind))
        for above in place.above
        if any(above.path.startswith(path) for path in widest)
    ]
    if last:
        return crumbs_of(campaign, *trail, (place.full_name, _url(campaign, place, kind)), last)
    words = _("Who is missing: %(place)s") % {"place": place.full_name}
    return crumbs_of(campaign, *trail, words)
