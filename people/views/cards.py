"""Cards on paper.

The secret of a card is known only while it is being printed, so printing makes new cards and the
old ones of the same people stop working. Who has a working card is therefore never ticked
beforehand.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.exports import cards_sheet
from people.forms import RevokeForm
from people.models import Card, Resident
from people.services import issue_cards, make_cards, revoke_card
from people.services.cards import MOST_CARDS_AT_ONCE
from people.views.places import chooser_for
from people.views.posted import posted
from places.models import attach_ancestors

ISSUE = "people.issue_card"


def choose(request):
    """Choose for whom to print cards: a village's people, or those whom a class sent here."""
    if not request.user.has_perm(ISSUE):
        raise PermissionDenied
    choice = chooser_for(request, ISSUE)
    sent = _uuids(request.POST.getlist("resident"))
    people = Resident.objects.current().permitted_to(request.user, ISSUE)
    if sent:
        people = people.filter(uuid__in=sent)
    elif choice.village:
        people = people.below_any(choice.inside)
    else:
        people = people.none()
    people = list(people.select_related("village").in_order()[: 5 * MOST_CARDS_AT_ONCE])
    cards = _working_cards(people)
    return render(
        request,
        "people/cards.html",
        {
            "choice": choice,
            "chosen": bool(sent or choice.village),
            "without": [person for person in people if person.pk not in cards],
            "holders": [(person, cards[person.pk]) for person in people if person.pk in cards],
            "most": MOST_CARDS_AT_ONCE,
            "crumbs": [
                (_("Home"), "/"),
                (_("People"), reverse("people:residents")),
                (_("Print cards"), ""),
            ],
        },
    )


@require_POST
def sheet(request):
    """Make the ticked people's cards and hand over the sheet."""
    if not request.user.has_perm(ISSUE):
        raise PermissionDenied
    ticked = _uuids(request.POST.getlist("resident"))
    people = list(
        Resident.objects.current()
        .permitted_to(request.user, ISSUE)
        .filter(uuid__in=ticked[: MOST_CARDS_AT_ONCE + 1])
        .select_related("village")
        .in_order()
    )
    if not people:
        messages.error(request, _("Tick at least one person."))
        return redirect("people:cards")
    return _print(request, people)


def reprint(request, uuid):
    """A lost card: one question, and the new one is printed."""
    person = _holder(request, uuid)
    if request.method == "POST":
        return _print(request, [person])
    return render(
        request,
        "people/card.html",
        {
            "resident": person,
            "card": person.cards.valid().first(),
            "crumbs": _crumbs(person, _("New card")),
        },
    )


def revoke(request, uuid):
    """Let a card stop working without printing another one."""
    person = _holder(request, uuid)
    card = person.cards.valid().first()
    if card is None:
        messages.info(request, _("There is no card to withdraw."))
        return redirect("people:resident", person.uuid)
    form = RevokeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        revoke_card(card, by=request.user, because=form.cleaned_data["because"])
        messages.success(request, _("The card no longer works."))
        return redirect("people:resident", person.uuid)
    return render(
        request,
        "people/revoke_card.html",
        {
            "form": form,
            "resident": person,
            "card": card,
            "crumbs": _crumbs(person, _("Withdraw the card")),
        },
        status=422 if form.errors else 200,
    )


def _print(request, people: list[Resident]) -> HttpResponse:
    try:
        new = make_cards(people)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("people:cards")
    attach_ancestors(person.village for person in people)
    # The sheet first: should it fail, no card has stopped working.
    address = request.build_absolute_uri(reverse("people:card_open"))
    pdf = cards_sheet(new, address)
    issue_cards(new, by=request.user)
    response = HttpResponse(pdf, content_type="application/pdf")
    # To be saved, never shown: a browser that saves what it shows asks again, and would get new
    # cards in the place of those on the screen.
    response["Content-Disposition"] = 'attachment; filename="the-hoc-vien.pdf"'
    return response


def _working_cards(people: list[Resident]) -> dict:
    cards = Card.objects.valid().filter(resident__in=people).select_related("issued_by")
    return {card.resident_id: card for card in cards}


def _holder(request, uuid) -> Resident:
    people = Resident.objects.visible_to(request.user).current().select_related("village")
    person = get_object_or_404(people, uuid=uuid)
    if not request.user.has_perm(ISSUE, person):
        raise PermissionDenied
    return person


def _uuids(texts: list[str]) -> list[UUID]:
    """Return what are numbers of people among what was sent."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _crumbs(person: Resident, last: str) -> list:
    return [
        (_("Home"), "/"),
        (_("People"), reverse("people:residents")),
        (person.full_name, reverse("people:resident", args=[person.uuid])),
        (last, ""),
    ]
