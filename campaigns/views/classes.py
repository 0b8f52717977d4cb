"""Classes: the list, one of them, and planning a new one."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.forms import ClassForm, MoveForm, WeeklyTimesFormSet, refuse
from campaigns.models import Campaign, ClassGroup
from campaigns.reports import clashes, in_short, teachers_near
from campaigns.rules import dates_of, holidays_between
from campaigns.services import add_session, change_class, create_class, planned_times
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import require
from campaigns.views.teams import team_for
from places.models import Place, Venue, attach_ancestors
from places.reports import lies_in, members_today


def class_groups(request, pk):
    """The classes of a campaign in the user's places."""
    campaign = campaign_for(request.user, pk)
    require(request.user, "campaigns.view_classgroup")
    ahead = Q(sessions__state="planned", sessions__starts_at__gt=timezone.now())
    found = (
        ClassGroup.objects.permitted_to(request.user, "campaigns.view_classgroup")
        .filter(campaign=campaign)
        .select_related("place", "venue", "team")
        .annotate(next_at=Min("sessions__starts_at", filter=ahead))
        .prefetch_related("weekly_times", "instructors")
        .order_by("place__path", "name", "pk")
    )
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    attach_ancestors(group.place for group in page.object_list)
    context = {"campaign": campaign, "page": page, "crumbs": crumbs_of(campaign, _("Classes"))}
    return render(request, "campaigns/class_groups.html", context)


def class_group(request, pk):
    """One class: where it meets, who teaches, every evening of it."""
    group = class_for(request.user, pk)
    require(request.user, "campaigns.view_classgroup", group)
    sessions = list(
        group.sessions.order_by("starts_at", "pk")
        .select_related("lesson", "campaign")
        .prefetch_related("instructors")
    )
    named = _holidays(group.campaign)
    now = timezone.now()
    rows = [
        (session, named.get(timezone.localtime(session.starts_at).date())) for session in sessions
    ]
    ahead = [row for row in rows if row[0].ends_at > now]
    context = {
        "group": group,
        "ahead": ahead,
        "behind": [row for row in reversed(rows) if row[0].ends_at <= now],
        "learners": _learners(group),
        "may_change": request.user.has_perm("campaigns.change_classgroup", group),
        "crumbs": crumbs_of(
            group.campaign,
            (_("Classes"), reverse("campaigns:class_groups", args=[group.campaign_id])),
            group.name,
        ),
    }
    return render(request, "campaigns/class_group.html", context)


def new_class(request, pk):
    """Plan a class of a team: fill in, look at the dates, found it."""
    team = team_for(request.user, pk)
    require(request.user, "campaigns.change_classgroup", team)
    campaigns = campaigns_for(team)
    teachers = teachers_near(team.place)
    form = ClassForm(
        request.POST or None,
        campaigns=campaigns,
        venues=venues_near(team.place),
        teachers=teachers,
        initial={"since": timezone.localdate()} | _wished(request, team, campaigns),
    )
    times = WeeklyTimesFormSet(request.POST or None, prefix="times")
    plan = None
    if request.method == "POST" and form.is_valid() and times.is_valid():
        values = dict(form.cleaned_data)
        weekly = times.weekly_times()
        if "preview" in request.POST:
            plan = _plan(values["campaign"], weekly, values)
        else:
            venue = values["venue"]
            # A neighbour's house may be borrowed; the class stays where its team may plan.
            meets_there = venue and request.user.has_perm("campaigns.change_classgroup", venue)
            try:
                group = create_class(
                    team=team,
                    place=venue.place if meets_there else team.place,
                    by=request.user,
                    weekly_times=weekly,
                    **values,
                )
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("The class is planned."))
                return redirect("campaigns:class_group", group.pk)
    context = {
        "form": form,
        "times": times,
        "plan": plan,
        "title": _("New class"),
        "team": team,
        "no_campaign": not campaigns,
        "back": reverse("campaigns:team", args=[team.pk]),
        "crumbs": [
            (_("Teams"), reverse("campaigns:teams")),
            (team.name, reverse("campaigns:team", args=[team.pk])),
            (_("New class"), ""),
        ],
    }
    return _class_form(request, context)


def edit_class(request, pk):
    """Change a class; the evenings that lie ahead follow."""
    group = class_for(request.user, pk)
    require(request.user, "campaigns.change_classgroup", group)
    form = ClassForm(
        request.POST or None,
        venues=venues_near(group.place),
        teachers=_with(teachers_near(group.place), group.instructors.all()),
        initial={
            "name": group.name,
            "audience": group.audience,
            "venue": group.venue_id,
            "course": group.course_id,
            "instructors": list(group.instructors.all()),
            "since": group.since,
            "skips_holidays": group.skips_holidays,
        },
    )
    times = WeeklyTimesFormSet(
        request.POST or None,
        prefix="times",
        initial=[
            {"weekday": t.weekday, "begins": t.begins, "minutes": t.minutes}
            for t in group.weekly_times.all()
        ],
    )
    plan = None
    if request.method == "POST" and form.is_valid() and times.is_valid():
        values = dict(form.cleaned_data)
        if "preview" in request.POST:
            plan = _plan(group.campaign, times.weekly_times(), values, group)
        else:
            try:
                change_class(group, by=request.user, weekly_times=times.weekly_times(), **values)
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect("campaigns:class_group", pk)
    context = {
        "form": form,
        "times": times,
        "plan": plan,
        "title": _("Change the class"),
        "team": group.team,
        "back": reverse("campaigns:class_group", args=[pk]),
        "crumbs": crumbs_of(
            group.campaign,
            (group.name, reverse("campaigns:class_group", args=[pk])),
            _("Change"),
        ),
    }
    return _class_form(request, context)


def new_session(request, pk):
    """Add one evening besides the weekly ones."""
    group = class_for(request.user, pk)
    require(request.user, "campaigns.change_classgroup", group)
    form = MoveForm(request.POST or None)
    form.fields["starts_at"].label = _("day and hour")
    if request.method == "POST" and form.is_valid():
        try:
            session = add_session(group, form.cleaned_data["starts_at"], by=request.user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The evening is planned."))
            return redirect("campaigns:session", session.pk)
    url = reverse("campaigns:class_group", args=[pk])
    context = {
        "form": form,
        "title": _("An extra evening"),
        "back": url,
        "crumbs": crumbs_of(group.campaign, (group.name, url), _("An extra evening")),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


def class_for(user, pk) -> ClassGroup:
    return get_object_or_404(
        ClassGroup.objects.visible_to(user)
        .select_related("campaign__place", "place", "venue__place", "team", "course")
        .prefetch_related("weekly_times", "instructors"),
        pk=pk,
    )


def _class_form(request, context):
    wrong = context["form"].errors or context["times"].total_error_count()
    context["weekdays_wrong"] = context["times"].non_form_errors() if wrong else []
    return render(request, "campaigns/class_form.html", context, status=422 if wrong else 200)


def campaigns_for(team):
    """Return the campaigns that take in a team's place and are not over, running ones first."""
    return (
        Campaign.objects.filter(place__path__in=team.place.lineage())
        .exclude(state=Campaign.State.CLOSED)
        .order_by("-state", "-first_day")
    )


def venues_near(place):
    commune = place.commune or place
    return (
        Venue.objects.filter(lies_in(members_today(commune), "place"))
        .select_related("place")
        .order_by("place__sort_key", "name")
    )


def _wished(request, team, campaigns) -> dict:
    """Return what a list of people who are missing asks for: their campaign, and their village."""
    campaign, village = request.GET.get("campaign", ""), request.GET.get("village", "")
    named = campaigns.filter(pk=campaign).first() if _is_number(campaign) else None
    wished = {"campaign": named or campaigns.first()}
    if not _is_number(village):
        return wished
    commune = team.place.commune or team.place
    members = members_today(commune)
    village = Place.objects.villages().below_any(members).filter(pk=village).first()
    if village:
        wished["name"] = _("Class of %(place)s") % {"place": village.full_name}
        wished["venue"] = Venue.objects.filter(place=village).order_by("name").first()
    return wished


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _with(teachers, others):
    known = {user.pk for user in teachers}
    return [*teachers, *(user for user in others if user.pk not in known)]


def _holidays(campaign) -> dict[dt.date, str]:
    return holidays_between(campaign.first_day, campaign.last_day, get_language() or "vi")


def _plan(campaign, weekly, values, group=None):
    """Return what these times would make: the evenings, the holidays among them, the clashes."""
    since = values["since"]
    if group is not None:
        since = max(timezone.localdate(), since or dt.date.min)
    times = planned_times(campaign, weekly, since=since, skips_holidays=values["skips_holidays"])
    days = dates_of(campaign.first_day, campaign.length, {weekday for weekday, *_ in weekly})
    named = _holidays(campaign)
    return {
        "campaign": campaign,
        "times": [(begins, named.get(timezone.localtime(begins).date())) for begins, _m in times],
        "holidays": [
            (day, named[day]) for day in days if day in named and (not since or day >= since)
        ],
        "skips": values["skips_holidays"],
        "clashes": in_short(
            clashes(
                [(begins, begins + dt.timedelta(minutes=minutes)) for begins, minutes in times],
                venue=values["venue"],
                instructors=values["instructors"],
                besides=group.sessions.all() if group else (),
            )
        ),
    }


def _learners(group):
    """Return how many learn in the class; enrolments belong to the app above."""
    return ClassGroup.objects.filter(pk=group.pk).aggregate(
        n=Count("enrolments", filter=Q(enrolments__withdrawn_at=None))
    )["n"]
