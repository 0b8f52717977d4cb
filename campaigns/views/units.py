"""Organisers merge communes and villages, and split a village: first looked at, then done."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.forms import refuse
from campaigns.forms.units import MergeUnitsForm, SplitVillageForm
from campaigns.reports.indicators import INDICATOR_LABELS
from campaigns.reports.units import SHOWN, unit_figures
from campaigns.services.units import split_village_and_targets
from people.imports.splitting import read_parts
from people.models import Resident
from places.models import Place
from places.reports import members_of, unit_of
from places.services import merge_places, rename_place

# One field for each person; a form of more than a thousand fields is refused by the server.
MOST_BY_HAND = 800


def merge_units(request, pk):
    """Let other units of the same kind go into this one."""
    into = _unit(request.user, pk)
    others = _neighbours(request.user, into)
    step = request.POST.get("step", "")
    form = MergeUnitsForm(
        request.POST if step else None,
        into=into,
        others=others,
        initial={"on": timezone.localdate(), "designation": into.designation},
    )
    tables = None
    if step and form.is_valid():
        chosen = list(form.cleaned_data["places"])
        if step == "confirm" and _merge(request, form, chosen, into):
            return redirect("places:detail", into.pk)
        if not form.errors and _merge(request, form, chosen, into, only_try=True):
            tables = unit_figures([into, *chosen])
    context = {
        "place": into,
        "form": form,
        "tables": tables,
        "labels": [INDICATOR_LABELS[key] for key in SHOWN],
        "new_name": _new_name(form, into) if tables else "",
        "crumbs": _crumbs(into, _("Merge others into it")),
    }
    status = 422 if form.errors else 200
    return render(request, "places/merge.html", context, status=status)


def _merge(request, form, chosen, into, *, only_try=False) -> bool:
    """Merge, or only find out whether it would be refused; say what is wrong in the form."""
    data = form.cleaned_data
    if not all(request.user.has_perm(_needed(place), place) for place in chosen):
        raise PermissionDenied
    try:
        with transaction.atomic():
            merge_places(chosen, into, by=request.user, on=data["on"])
            if data["name"]:
                rename_place(
                    into,
                    data["name"],
                    designation=data["designation"],
                    by=request.user,
                    on=data["on"],
                )
            if only_try:
                transaction.set_rollback(True)
    except ValidationError as refusal:
        refuse(form, refusal)
        return False
    if not only_try:
        request.user.forget_roles()
        into.refresh_from_db()
        messages.success(request, _("They are part of %(name)s now.") % {"name": into.full_name})
    return True


def _new_name(form, into) -> str:
    data = form.cleaned_data
    if not data["name"]:
        return into.full_name
    designation = Place.Designation(data["designation"] or into.designation)
    return f"{designation.label} {data['name']}"


def _neighbours(user, into):
    """Return the units that may go into this one: of its kind, in the same unit above.

    Those that the person may end as well; seeing them is not enough.
    """
    above = members_of(_today(into.parent), timezone.localdate())
    places = Place.objects.below_any(above).filter(depth=into.depth).current()
    return places.permitted_to(user, _needed(into)).exclude(pk=into.pk).in_order()


def split(request, pk):
    """Split a village: name the parts, say who lives in which, look at it, confirm."""
    village = _unit(request.user, pk)
    if village.kind != Place.Kind.VILLAGE:
        raise Http404
    people = list(Resident.objects.current().filter(village=village).in_order())
    step = request.POST.get("step", "")
    form = SplitVillageForm(
        request.POST if step else None,
        request.FILES if step else None,
        initial={"on": timezone.localdate(), "how": SplitVillageForm.How.BY_HAND},
    )
    stage, parts, assigned, problems = "parts", [], {}, []
    if step:
        if step != "begin":
            # The list was read once; what it said is in the fields now.
            form.data = form.data.copy()
            form.data["how"] = SplitVillageForm.How.BY_HAND
        if form.is_valid():
            stage, parts = "people", form.cleaned_data["parts"]
            if step == "begin":
                assigned, problems = _sorted_at_first(form, people, parts)
            else:
                assigned = _posted(request.POST, people, len(parts))
    if form.is_bound and form.errors:
        stage = "parts"
    if stage == "people" and step in ("preview", "confirm"):
        groups = [
            (*part, [pk for pk, number in assigned.items() if number == index])
            for index, part in enumerate(parts)
        ]
        on = form.cleaned_data["on"]
        try:
            if step == "confirm":
                split_village_and_targets(village, groups, by=request.user, on=on)
                request.user.forget_roles()
                messages.success(request, _("The village was split."))
                return redirect("places:detail", village.pk)
            with transaction.atomic():
                split_village_and_targets(village, groups, by=request.user, on=on)
                transaction.set_rollback(True)
            stage = "preview"
        except ValidationError as refusal:
            refuse(form, refusal)
    counts = Counter(assigned.values())
    context = {
        "place": village,
        "form": form,
        "stage": stage,
        "parts": [
            (number, f"{Place.Designation(designation).label} {name}", counts[number])
            for number, (designation, name) in enumerate(parts)
        ],
        "parts_text": request.POST.get("parts", ""),
        "people": [(person, assigned.get(person.pk)) for person in people]
        if len(people) <= MOST_BY_HAND
        else [],
        "number": len(people),
        "left": len(people) - len(assigned),
        "packed": " ".join(f"{pk}:{number}" for pk, number in assigned.items()),
        "problems": problems,
        "tables": unit_figures([village]) if stage == "preview" else [],
        "labels": [INDICATOR_LABELS[key] for key in SHOWN],
        "crumbs": _crumbs(village, _("Split the village")),
    }
    return render(
        request, "places/split.html", context, status=422 if form.errors or problems else 200
    )


def _sorted_at_first(form, people, parts):
    """Return who lives where as the person wants to begin, and what a list left unclear."""
    how = form.cleaned_data["how"]
    if how == SplitVillageForm.How.ALPHABET:
        each = -(-len(people) // len(parts)) or 1
        return {person.pk: number // each for number, person in enumerate(people)}, []
    if how == SplitVillageForm.How.FILE:
        file = form.cleaned_data["file"]
        try:
            return read_parts(file.name, file.read(), people, parts)
        except ValidationError as refusal:
            form.add_error("file", refusal)
    return {}, []


def _posted(post, people, parts: int) -> dict[int, int]:
    """Read who lives where: from the fields, else from what was sorted before, else the rest."""
    known = {person.pk for person in people}
    assigned = {}
    for word in post.get("packed", "").split():
        pk, _colon, number = word.partition(":")
        if _is_number(pk) and _is_number(number) and int(number) < parts:
            assigned[int(pk)] = int(number)
    for person in people:
        number = post.get(f"in-{person.pk}", "")
        if _is_number(number) and int(number) < parts:
            assigned[person.pk] = int(number)
    rest = post.get("rest", "")
    if _is_number(rest) and int(rest) < parts:
        for pk in known - assigned.keys():
            assigned[pk] = int(rest)
    return {pk: assigned[pk] for pk in assigned if pk in known}


def _is_number(text: str) -> bool:
    """Whether it is a number that a database can hold; Python refuses thousands of digits."""
    return text.isdecimal() and len(text) < 19


def _unit(user, pk) -> Place:
    """Return a commune or village of today whose units the user may change."""
    place = get_object_or_404(Place.objects.visible_to(user).with_ancestors(), pk=pk)
    if place.kind == Place.Kind.PROVINCE:
        raise Http404
    if not user.has_perm(_needed(place), place):
        raise PermissionDenied
    if not place.is_current():
        raise Http404
    return place


def _needed(place: Place) -> str:
    """Return what somebody must hold at a unit to merge it, split it or let it end."""
    return "places.change_units" if place.kind == Place.Kind.COMMUNE else "places.change_place"


def _today(place: Place) -> Place:
    return place if place.is_current() else unit_of(place, timezone.localdate())


def _crumbs(place, title):
    return [
        (_("Places"), reverse("places:browse")),
        (place.full_name, reverse("places:detail", args=[place.pk])),
        (title, ""),
    ]
