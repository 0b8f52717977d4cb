"""Accounts of those who work for the campaign, as far as one answers for them."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.forms import AssignmentForm, NewStaffForm, StaffForm, refuse
from people.models import Assignment, StaffChange, User
from people.roles import Role
from people.scope import scope_filter
from people.services import (
    assign_role,
    change_staff,
    create_staff,
    deactivate_staff,
    end_assignment,
    grantable_roles,
    may_manage,
    reactivate_staff,
    remove_second_step,
    renew_password,
)
from people.views.posted import posted
from places.models import Place, attach_ancestors

VIEW = "people.view_staff"
CHANGE = "people.change_assignment"
PAGE = 50


def members(request):
    """Everybody who has or had a role where one answers for the staff."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    words = request.GET.get("q", "").strip()[:100]
    people = _members(request.user)
    if words:
        people = people.filter(Q(full_name__icontains=words) | Q(username__icontains=words.lower()))
    if request.GET.get("closed") != "1":
        people = people.filter(is_active=True)
    people = people.prefetch_related(
        Prefetch(
            "assignments",
            Assignment.objects.in_force().select_related("place").order_by("place__path"),
            to_attr="held",
        )
    ).order_by("username")
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    attach_ancestors(held.place for person in page.object_list for held in person.held)
    return render(
        request,
        "people/_staff.html" if request.htmx else "people/staff.html",
        {
            "page": page,
            "words": words,
            "closed": request.GET.get("closed") == "1",
            "may_add": request.user.has_perm(CHANGE),
            "crumbs": [(_("Home"), "/"), (_("Staff"), "")],
        },
    )


def member(request, pk):
    """One account: its roles, who gave them, and what may be done about it."""
    person = _member(request, pk)
    return _show(request, person, _role_form(request, None))


def add(request):
    """Make an account; its first password is shown once."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    roles, places = _grants(request)
    form = NewStaffForm(posted(request), roles=roles, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = create_staff(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            return _tell(request, person, password)
    return render(
        request,
        "people/staff_add.html",
        {"form": form, "crumbs": _crumbs((_("New account"), ""))},
        status=422 if form.errors else 200,
    )


def edit(request, pk):
    """Correct a name, a telephone or an e-mail."""
    person = _managed(request, pk)
    initial = {name: getattr(person, name) for name in StaffForm.base_fields}
    initial["phone"] = person.shown_phone
    form = StaffForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_staff(person, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:staff_member", person.pk)
    return render(
        request,
        "people/staff_edit.html",
        {
            "form": form,
            "person": person,
            "crumbs": _crumbs(
                (person.get_full_name(), reverse("people:staff_member", args=[person.pk])),
                (_("Edit"), ""),
            ),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def give_role(request, pk):
    """Give somebody a role at a place."""
    person = _member(request, pk)
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = _role_form(request, request.POST)
    if form.is_valid():
        try:
            assign_role(person, form.cleaned_data["role"], form.cleaned_data["place"],
                        by=request.user)  # fmt: skip
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The role is given."))
            return redirect("people:staff_member", person.pk)
    return _show(request, person, form, status=422)


@require_POST
def end_role(request, pk, assignment):
    """Let a role end."""
    person = _member(request, pk)
    held = get_object_or_404(
        person.assignments.permitted_to(request.user, VIEW).select_related("place"), pk=assignment
    )
    if not request.user.has_perm(CHANGE, held):
        raise PermissionDenied
    try:
        end_assignment(held, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The role has ended."))
    return redirect("people:staff_member", person.pk)


@never_cache
@require_POST
def password(request, pk):
    """Make a new first password for who forgot the old one."""
    person = _managed(request, pk)
    renewed = renew_password(person, by=request.user)
    # Perhaps with a lost telephone: each one that was signed in is told to forget whom it knows of.
    get_adapter().end_sessions(UserSession.objects.filter(user=person))
    return _tell(request, person, renewed)


@require_POST
def second_step(request, pk):
    """Take away the second step of who lost the phone that it was on."""
    person = _managed(request, pk)
    remove_second_step(person, by=request.user)
    messages.success(request, _("The second step of signing in is removed."))
    return redirect("people:staff_member", person.pk)


@require_POST
def set_open(request, pk):
    """Close an account, or open it again."""
    person = _managed(request, pk)
    if request.POST.get("open") == "1":
        reactivate_staff(person, by=request.user)
        messages.success(request, _("The account is open again."))
    else:
        deactivate_staff(person, by=request.user)
        messages.success(request, _("The account is closed."))
    return redirect("people:staff_member", person.pk)


def _show(request, person: User, form, status=200):
    assignments = list(
        person.assignments.permitted_to(request.user, VIEW)
        .select_related("place", "given_by")
        .order_by("-since", "-pk")
    )
    attach_ancestors(held.place for held in assignments)
    running = set(person.assignments.in_force().values_list("pk", flat=True))
    return render(
        request,
        "people/staff_member.html",
        {
            "person": person,
            "running": [held for held in assignments if held.pk in running],
            "ended": [held for held in assignments if held.pk not in running],
            "endable": {
                held.pk
                for held in assignments
                if held.pk in running
                and held.role in grantable_roles(request.user, held.place)
                and person.pk != request.user.pk
            },
            "changes": StaffChange.objects.filter(about=person)
            .filter(Q(place=None) | scope_filter(request.user, "place", VIEW))
            .select_related("by", "place")
            .order_by("-at", "-pk")[:20],
            "form": form,
            "may_give": request.user.has_perm(CHANGE) and person.pk != request.user.pk,
            "may_manage": request.user.has_perm(CHANGE) and may_manage(request.user, person),
            "has_second_step": Authenticator.objects.filter(user=person).exists(),
            "crumbs": _crumbs((person.get_full_name(), "")),
        },
        status=status,
    )


def _members(user):
    """Return the accounts that have or had a role where ``user`` may see staff."""
    return User.objects.filter(pk__in=Assignment.objects.permitted_to(user, VIEW).values("user_id"))


def _member(request, pk) -> User:
    return get_object_or_404(_members(request.user), pk=pk)


def _managed(request, pk) -> User:
    person = _member(request, pk)
    if not request.user.has_perm(CHANGE) or not may_manage(request.user, person):
        raise PermissionDenied
    return person


def _grants(request) -> tuple[list[str], list[Place]]:
    """Return the roles that one may give somewhere, and the places where."""
    paths = request.user.scope_paths(CHANGE)
    inside = Q() if request.user.is_superuser else Q(pk__in=[])
    for path in paths:
        inside |= Q(path__startswith=path)
    places = Place.objects.current().filter(inside)
    if request.user.is_superuser or any(len(path) < 2 * Place.steplen for path in paths):
        # A province has thousands of villages; its communes' organisers choose among them.
        places = places.filter(depth__lte=2)
    places = sorted(places, key=lambda place: place.path)
    roles = {role for place in places for role in grantable_roles(request.user, place)}
    return [role for role in Role if role in roles], places


def _role_form(request, answers):
    roles, places = _grants(request)
    return AssignmentForm(answers, roles=roles, places=places)


def _tell(request, person: User, password: str):
    """Show a first password in the very answer: it is in no session, no address and no cache."""
    return render(
        request,
        "people/staff_password.html",
        {
            "person": person,
            "password": password,
            "crumbs": _crumbs(
                (person.get_full_name(), reverse("people:staff_member", args=[person.pk])),
                (_("First password"), ""),
            ),
        },
    )


def _crumbs(*more):
    return [(_("Home"), "/"), (_("Staff"), reverse("people:staff")), *more]
