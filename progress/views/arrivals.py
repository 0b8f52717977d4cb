"""People come: written down at the door, or known already and new in the class."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import Campaign, ClassGroup
from people.models import Resident
from people.services import find_duplicates, give_consent
from places.models import Place
from progress.forms import EnrolForm, LikelyForm, WalkInForm
from progress.models import Enrolment
from progress.services import enrol as enrol_resident
from progress.services import walk_in as let_in
from progress.services import welcome
from progress.views.access import resident_for, session_for
from progress.views.register import crumbs_of, register_crumb


def walk_in(request, session_id):
    """Write down somebody who has just come in, enrol and mark him, in one screen."""
    session = session_for(request, session_id)
    _may_register(request.user, session)
    villages = _villages(session)
    form = WalkInForm(request.POST or None, villages=villages, initial=_first_guess(session))
    likely, hidden = [], 0
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        details.pop("consent")
        try:
            attendance = let_in(
                session,
                by=request.user,
                is_somebody_new="is_somebody_new" in request.POST,
                **details,
            )
        except ValidationError as refusal:
            if getattr(refusal, "code", "") == "duplicate":
                likely, hidden = _likely(request.user, session, details)
            form.add_error(None, refusal)
        else:
            name = attendance.enrolment.resident.full_name
            messages.success(
                request, _("%(name)s is on the register, and marked present.") % {"name": name}
            )
            return redirect(
                reverse(
                    "progress:register",
                    args=[session.pk],
                    fragment=f"line-{attendance.enrolment_id}",
                )
            )
    return render(
        request,
        "progress/walk_in.html",
        {
            "session": session,
            "form": form,
            "likely": likely,
            "hidden": hidden,
            "crumbs": crumbs_of(
                session,
                register_crumb(session),
                (_("Somebody new"), ""),
            ),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def likely(request, session_id):
    """Who of the commune may be the person whose name is being typed; a fragment.

    Nothing is changed; it is posted because a name has no business in an address.
    """
    session = session_for(request, session_id)
    _may_register(request.user, session)
    form = LikelyForm(request.POST, villages=_villages(session))
    found, hidden = [], 0
    if form.is_valid():
        found, hidden = _likely(request.user, session, form.cleaned_data)
    return render(
        request,
        "progress/_likely.html",
        {"session": session, "likely": found, "hidden": hidden},
    )


@require_POST
def add(request, session_id):
    """Put somebody whom we know on tonight's register, and mark him present."""
    session = session_for(request, session_id)
    if not request.user.has_perm("progress.enrol", session):
        raise PermissionDenied
    people = Resident.objects.current().permitted_to(request.user, "progress.enrol")
    resident = get_object_or_404(people, uuid=_uuid(request.POST.get("resident", "")))
    if not _has_agreed(resident):
        query = {"session": session.pk}
        return redirect(reverse("progress:enrol", args=[resident.uuid], query=query))
    try:
        attendance = welcome(session, resident, by=request.user, moves="moves" in request.POST)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("progress:register", session.pk)
    messages.success(
        request, _("%(name)s is on the register, and marked present.") % {"name": resident}
    )
    fragment = f"line-{attendance.enrolment_id}"
    return redirect(reverse("progress:register", args=[session.pk], fragment=fragment))


def enrol(request, uuid):
    """Let a resident join a class, from his own page or from a register."""
    resident = resident_for(request, uuid, "progress.enrol")
    session = _session_of(request)
    classes = _classes_for(request.user, resident, session)
    has_agreed = _has_agreed(resident)
    form = EnrolForm(request.POST or None, classes=classes, has_agreed=has_agreed)
    if request.method == "POST" and form.is_valid():
        class_group = form.cleaned_data["class_group"]
        try:
            with transaction.atomic():
                if not has_agreed:
                    give_consent(resident, by=request.user)
                if session:
                    welcome(session, resident, by=request.user)
                else:
                    enrol_resident(
                        resident, class_group.campaign, by=request.user, class_group=class_group
                    )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request,
                _("%(name)s learns in the class %(class)s.")
                % {"name": resident, "class": class_group},
            )
            if session:
                return redirect("progress:register", session.pk)
            return redirect("progress:learner", resident.uuid)
    return render(
        request,
        "progress/enrol.html",
        {
            "resident": resident,
            "form": form,
            "has_classes": bool(classes),
            "session": session,
            "current": Enrolment.objects.active()
            .filter(resident=resident, campaign__state=Campaign.State.RUNNING)
            .select_related("class_group", "campaign"),
            "crumbs": [
                (_("Home"), reverse("home")),
                (resident.full_name, reverse("people:resident", args=[resident.uuid])),
                (_("Enrol"), ""),
            ],
        },
        status=422 if form.errors else 200,
    )


def _may_register(user, session):
    """A newcomer is registered and enrolled; both need leave."""
    if not (
        user.has_perm("people.register_resident", session)
        and user.has_perm("progress.enrol", session)
    ):
        raise PermissionDenied


def _villages(session):
    """The villages of the class's commune: neighbours come along."""
    commune = session.place.path[: 2 * Place.steplen]
    return Place.objects.villages().current().filter(path__startswith=commune).in_order()


def _first_guess(session):
    place = session.place
    return {"village": place.pk} if place.kind == Place.Kind.VILLAGE else {}


def _likely(user, session, details):
    """People who may be this one, each with the class that they learn in already.

    Also how many there are whom this volunteer may not see.
    """
    doubles = find_duplicates(
        details["full_name"],
        details.get("birth_year"),
        details["village"],
        is_about=bool(details.get("birth_year_is_about")),
    )
    found = [person for person in doubles if user.has_perm("progress.enrol", person)]
    learns = {
        enrolment.resident_id: enrolment
        for enrolment in Enrolment.objects.active()
        .filter(campaign=session.campaign_id, resident__in=found)
        .select_related("class_group")
    }
    for person in found:
        mine = learns.get(person.pk)
        person.is_listed = bool(mine and mine.class_group_id == session.class_group_id)
        person.other_class = mine.class_group if mine and not person.is_listed else None
    return found, len(doubles) - len(found)


def _classes_for(user, resident, session):
    """The classes that a resident may join: of running campaigns around him, nearest first."""
    if session:
        return ClassGroup.objects.filter(pk=session.class_group_id)
    path = resident.village.path
    above = [path[: Place.steplen * depth] for depth in (1, 2, 3)]
    commune = above[1]
    return (
        ClassGroup.objects.permitted_to(user, "progress.enrol")
        .filter(
            campaign__state=Campaign.State.RUNNING,
            campaign__place__path__in=above,
            place__path__startswith=commune,
        )
        .select_related("campaign", "place")
        .order_by("place__path", "name")
    )


def _session_of(request):
    pk = request.GET.get("session") or request.POST.get("session") or ""
    # One that is elsewhere and one that is nowhere are both not found.
    return session_for(request, pk) if pk.isdecimal() else None


def _has_agreed(resident):
    return resident.consents.to_be_recorded().exists()


def _uuid(text):
    """A number as it was sent, or one that is nobody's."""
    try:
        return UUID(text)
    except ValueError:
        return None
