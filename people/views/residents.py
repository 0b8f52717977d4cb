"""The people of a village: found, written down, corrected, forgotten."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.forms import EraseForm, RegisterForm, ResidentForm, refuse
from people.models import Card, Consent, Resident
from people.services import (
    change_resident,
    erase_resident,
    find_duplicates,
    give_consent,
    register_resident,
    withdraw_consent,
)
from people.views.places import chooser_for, communes_where, village_choices
from people.views.posted import posted
from places.models import Place, attach_ancestors

PAGE = 50


def residents(request):
    """The people of the places where one may see them, by given name."""
    if not request.user.has_perm("people.view_resident"):
        raise PermissionDenied
    choice = chooser_for(request, "people.view_resident")
    words = request.GET.get("q", "").strip()[:100]
    page = Paginator(found(request.user, choice, words), PAGE).get_page(request.GET.get("page"))
    attach_ancestors(resident.village for resident in page.object_list)
    return render(
        request,
        "people/_residents.html" if request.htmx else "people/residents.html",
        {
            "choice": choice,
            "words": words,
            "page": page,
            "filters": _filters(choice, words),
            "may_register": request.user.has_perm("people.register_resident"),
            "may_issue": request.user.has_perm("people.issue_card"),
            "may_import": request.user.has_perm("people.import_residents"),
            "may_export": request.user.has_perm("people.export_residents"),
            "crumbs": [(_("Home"), "/"), (_("People"), "")],
        },
    )


def found(user, choice, words: str):
    """Return the people whom a list shows, for the screen and for the file alike."""
    people = Resident.objects.current().permitted_to(user, "people.view_resident")
    if choice.place:
        people = people.below_any(choice.inside)
    if words:
        people = people.search(words)
    has_card = Card.objects.valid().filter(resident=OuterRef("pk"))
    return people.select_related("village").annotate(has_card=Exists(has_card)).in_order()


def resident(request, uuid):
    """One person: what we know, what was agreed to, the card, and who changed what."""
    person = _person(request, uuid, "people.view_resident")
    if person.merged_into_id:
        kept = person.merged_into
        if request.user.has_perm("people.view_resident", kept):
            messages.info(request, _("This record was merged into the one that you see now."))
            return redirect("people:resident", kept.uuid)
    consents = list(person.consents.select_related("witnessed_by").order_by("-given_at"))
    return render(
        request,
        "people/resident.html",
        {
            "resident": person,
            "card": person.cards.valid().select_related("issued_by").first(),
            "consents": consents,
            "agreed": any(
                consent.purpose == Consent.Purpose.LEARNING_RECORD and not consent.withdrawn_at
                for consent in consents
            ),
            "changes": person.changes.select_related("by").order_by("-at", "-pk")[:20],
            "may": {
                verb: person.is_current and request.user.has_perm(f"people.{permission}", person)
                for verb, permission in (
                    ("change", "change_resident"),
                    ("issue", "issue_card"),
                    ("erase", "erase_resident"),
                    ("merge", "merge_residents"),
                )
            },
            "crumbs": _crumbs((person.full_name, "")),
        },
    )


def register(request):
    """Write somebody down; warn when it may be somebody whom we know."""
    if not request.user.has_perm("people.register_resident"):
        raise PermissionDenied
    villages, must_choose = village_choices(request, "people.register_resident")
    if must_choose:
        return render(
            request,
            "people/choose_commune.html",
            {
                "communes": communes_where(request.user, "people.register_resident"),
                "target": reverse("people:register"),
                "crumbs": _crumbs((_("Register somebody"), "")),
            },
        )
    form = RegisterForm(posted(request), villages=villages)
    likely, hidden = [], 0
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        known = Resident.objects.filter(uuid=fields["uuid"]).exists()
        if not known and "all_the_same" not in request.POST:
            likely, hidden = _likely(request.user, fields)
        if not likely and not hidden:
            fields["consent"] = Consent.Manner.SPOKEN
            try:
                person = register_resident(**fields, by=request.user)
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("%(name)s is registered.") % {"name": person.full_name})
                return redirect("people:resident", person.uuid)
    return render(
        request,
        "people/register.html",
        {
            "form": form,
            "likely": likely,
            "hidden": hidden,
            "commune": request.GET.get("commune") or request.POST.get("commune"),
            "crumbs": _crumbs((_("Register somebody"), "")),
        },
        status=422 if form.errors or likely or hidden else 200,
    )


def edit(request, uuid):
    """Correct what we know about somebody."""
    person = _person(request, uuid, "people.change_resident")
    villages, must_choose = village_choices(request, "people.change_resident")
    if must_choose:
        villages, _must = village_choices_of(request, person)
    # Whose village has gone into another need not move for a wrong year of birth to be corrected.
    villages = villages | Place.objects.filter(pk=person.village_id)
    initial = {name: getattr(person, name) for name in ResidentForm.base_fields}
    initial["phone"] = person.shown_phone
    form = ResidentForm(posted(request), villages=villages, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_resident(person, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:resident", person.uuid)
    return render(
        request,
        "people/edit.html",
        {
            "form": form,
            "resident": person,
            "crumbs": _crumbs(
                (person.full_name, reverse("people:resident", args=[person.uuid])), (_("Edit"), "")
            ),
        },
        status=422 if form.errors else 200,
    )


def erase(request, uuid):
    """Forget who somebody was, because he or she asks for it."""
    person = _person(request, uuid, "people.erase_resident")
    form = EraseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        erase_resident(person, by=request.user)
        messages.success(request, _("The person's data are erased."))
        return redirect("people:residents")
    return render(
        request,
        "people/erase.html",
        {
            "form": form,
            "resident": person,
            "crumbs": _crumbs(
                (person.full_name, reverse("people:resident", args=[person.uuid])), (_("Erase"), "")
            ),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def consent(request, uuid):
    """Record that somebody agreed, or takes it back."""
    person = _person(request, uuid, "people.change_resident")
    if "withdraw" in request.POST:
        pk = request.POST["withdraw"]
        given = get_object_or_404(person.consents, pk=pk if pk.isdecimal() else None)
        withdraw_consent(given, by=request.user)
        messages.success(request, _("It is noted that the person no longer agrees."))
    elif request.POST.get("purpose") in Consent.Purpose.values and "agreed" in request.POST:
        give_consent(person, request.POST["purpose"], by=request.user)
        messages.success(request, _("The agreement is noted."))
    else:
        messages.error(request, _("Read it aloud first, then tick the box."))
    return redirect("people:resident", person.uuid)


def _person(request, uuid, permission: str) -> Resident:
    """Return somebody in scope (else 404) with whom the user may do this (else 403)."""
    people = Resident.objects.visible_to(request.user).select_related("village", "merged_into")
    if permission != "people.view_resident":
        people = people.current()
    person = get_object_or_404(people, uuid=uuid)
    if not request.user.has_perm(permission, person):
        raise PermissionDenied
    return person


def village_choices_of(request, person: Resident):
    """Return the villages of a person's own commune, where there are too many others."""
    request.GET = request.GET.copy()
    request.GET["commune"] = str(person.village.above[-1].pk)
    return village_choices(request, "people.change_resident")


def _likely(user, fields) -> tuple[list[Resident], int]:
    """Return the likely doubles whom the user may see, and how many others there are."""
    doubles = find_duplicates(
        fields["full_name"],
        fields["birth_year"],
        fields["village"],
        is_about=fields["birth_year_is_about"],
    )
    seen = [person for person in doubles if user.has_perm("people.view_resident", person)]
    return seen, len(doubles) - len(seen)


def _filters(choice, words: str) -> dict:
    """Return the query of the list as it is now, for the links to files and cards."""
    filters = {"q": words}
    if choice.village:
        filters["village"] = choice.village.pk
    elif choice.commune:
        filters["commune"] = choice.commune.pk
    return {name: value for name, value in filters.items() if value}


def _crumbs(*more):
    return [(_("Home"), "/"), (_("People"), reverse("people:residents")), *more]
