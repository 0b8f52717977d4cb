"""Teams, their members and their calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.exports import team_calendar
from campaigns.forms import MemberForm, TeamForm, refuse
from campaigns.models import ClassGroup, ClassSession, Membership, Team
from campaigns.reports import teachers_near, with_members
from campaigns.services import (
    add_member,
    change_member,
    create_team,
    end_membership,
    rename_team,
    renew_calendar_key,
)
from campaigns.views.shared import require, url_if_there
from places.models import Place, attach_ancestors


def teams(request):
    """The teams of the user's places, commune by commune."""
    user = request.user
    require(user, "campaigns.view_classgroup")
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = Team.objects.permitted_to(user, "campaigns.view_classgroup").select_related("place")
    if q:
        found = found.filter(
            Q(name__icontains=q) | Q(place__in=Place.objects.search(q).values("pk"))
        )
    found = with_members(found.order_by("place__path", "name", "pk"))
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    attach_ancestors(team.place for team in page.object_list)
    context = {
        "page": page,
        "q": q,
        "may_create": user.has_perm("campaigns.change_team"),
        "crumbs": [(_("Teams"), "")],
    }
    return render(request, "campaigns/teams.html", context)


def team(request, pk):
    """One team: who is in it, which classes it holds, when it meets next."""
    found = team_for(request.user, pk)
    require(request.user, "campaigns.view_classgroup", found)
    feed = request.build_absolute_uri(reverse("campaigns:calendar", args=[found.calendar_key]))
    context = {
        "team": found,
        "members": found.memberships.current().select_related("user").order_by("-leads", "name"),
        "classes": ClassGroup.objects.filter(team=found)
        .select_related("place", "venue", "campaign")
        .prefetch_related("weekly_times")
        .order_by("campaign__state", "name"),
        "sessions": ClassSession.objects.filter(class_group__team=found)
        .ahead()
        .select_related("class_group__venue", "class_group__place")
        .order_by("starts_at")[:5],
        "shifts": found.shifts.not_cancelled()
        .filter(starts_at__gt=timezone.now())
        .select_related("place")
        .order_by("starts_at", "pk")[:5],
        "feed": feed,
        "webcal": feed.replace("https://", "webcal://").replace("http://", "webcal://"),
        "may_change": request.user.has_perm("campaigns.change_team", found),
        "may_plan": request.user.has_perm("campaigns.change_classgroup", found),
        "paper_url": url_if_there("progress:paper_weekend", found.pk)
        if request.user.has_perm("progress.mark_attendance", found)
        else "",
        "sees_hours": request.user.has_perm("campaigns.plan_shifts", found),
        "crumbs": _crumbs(found),
    }
    return render(request, "campaigns/team.html", context)


def new_team(request):
    """Found a team."""
    user = request.user
    require(user, "campaigns.change_team")
    places = _places_where(user, "campaigns.change_team")
    form = TeamForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_team(form.cleaned_data["place"], form.cleaned_data["name"], by=user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The team is founded. Add its members."))
            return redirect("campaigns:team", made.pk)
    crumbs = [(_("Teams"), reverse("campaigns:teams")), (_("New team"), "")]
    return _form(request, form, _("New team"), crumbs, reverse("campaigns:teams"))


def edit_team(request, pk):
    """Give a team another name."""
    found = team_for(request.user, pk)
    require(request.user, "campaigns.change_team", found)
    form = TeamForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_team(found, form.cleaned_data["name"], by=request.user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:team", pk)
    back = reverse("campaigns:team", args=[pk])
    return _form(request, form, _("Rename the team"), _crumbs(found, _("Rename")), back)


def new_member(request, pk):
    """Take a volunteer into a team."""
    found = team_for(request.user, pk)
    require(request.user, "campaigns.change_team", found)
    form = MemberForm(request.POST or None, users=teachers_near(found.place))
    if request.method == "POST" and form.is_valid():
        try:
            add_member(found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The member is in the team."))
            return redirect("campaigns:team", pk)
    back = reverse("campaigns:team", args=[pk])
    return _form(request, form, _("New member"), _crumbs(found, _("New member")), back)


def edit_member(request, pk):
    """Correct a volunteer's name or telephone."""
    member = _member_for(request.user, pk)
    form = MemberForm(request.POST or None, instance=member, users=teachers_near(member.team.place))
    if request.method == "POST" and form.is_valid():
        change_member(member, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("campaigns:team", member.team_id)
    back = reverse("campaigns:team", args=[member.team_id])
    title = _("Change the member")
    return _form(request, form, title, _crumbs(member.team, title), back)


def end_member(request, pk):
    """Let a volunteer leave, after asking once more."""
    member = _member_for(request.user, pk)
    if request.method == "POST":
        try:
            end_membership(member, by=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The member has left the team."))
        return redirect("campaigns:team", member.team_id)
    context = {"member": member, "crumbs": _crumbs(member.team, _("Leave the team"))}
    return render(request, "campaigns/end_member.html", context)


@require_POST
def renew_calendar(request, pk):
    """Make a new secret address for the team's calendar."""
    found = team_for(request.user, pk)
    require(request.user, "campaigns.change_team", found)
    renew_calendar_key(found, by=request.user)
    messages.success(request, _("The calendar has a new address; the old one no longer works."))
    return redirect("campaigns:team", pk)


@login_not_required
@require_GET
def calendar(request, key):
    """A team's evenings for whoever has the secret address; telephones cannot sign in."""
    found = get_object_or_404(Team, calendar_key=key)
    with translation.override("vi"):
        response = HttpResponse(team_calendar(found), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="lich-lop.ics"'
    return response


def team_for(user, pk) -> Team:
    return get_object_or_404(Team.objects.visible_to(user).select_related("place"), pk=pk)


def _member_for(user, pk):
    member = get_object_or_404(
        Membership.objects.visible_to(user).current().select_related("team__place"), pk=pk
    )
    require(user, "campaigns.change_team", member)
    return member


def _places_where(user, permission):
    """Return communes and villages in which the user may do something."""
    inside = Place.objects.filter(_where(user, permission)).current()
    return inside.exclude(kind=Place.Kind.PROVINCE).order_by("path")


def _where(user, permission):
    if user.is_superuser:
        return Q()
    condition = Q(pk__in=[])
    for path in user.scope_paths(permission):
        condition |= Q(path__startswith=path)
    return condition


def _crumbs(found, *more):
    own = (found.name, reverse("campaigns:team", args=[found.pk]))
    return [(_("Teams"), reverse("campaigns:teams")), own, *((words, "") for words in more)]


def _form(request, form, title, crumbs, back):
    return render(
        request,
        "campaigns/form.html",
        {"form": form, "title": title, "crumbs": crumbs, "back": back},
        status=422 if form.errors else 200,
    )
