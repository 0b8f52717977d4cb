"""Cards: made, printed, withdrawn.

The secret of a card exists twice: as a hash in the database and in the QR on the paper. It can
never be printed again, so printing always makes a new card, and the old one stops working.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Card, Change, Resident, User
from people.rules import hash_of, new_code, new_token, refuse_citizen_number
from people.services.residents import refuse_former

MOST_CARDS_AT_ONCE = 200


@dataclass
class NewCard:
    """A card that is about to be printed; it works once `issue_cards` has taken it."""

    resident: Resident
    token: str
    code: str


def make_cards(residents: Iterable[Resident]) -> list[NewCard]:
    """Draw secrets and codes for cards to print. Nothing is written yet.

    The sheet is laid out between this and `issue_cards`, so that no card stops working for a
    sheet that could not be made.
    """
    residents = list(residents)
    if len(residents) > MOST_CARDS_AT_ONCE:
        raise ValidationError(
            _("At most %(number)s cards are printed at once.") % {"number": MOST_CARDS_AT_ONCE},
            code="too_many",
        )
    for resident in residents:
        refuse_former(resident)
    codes: set[str] = set()
    while len(codes) < len(residents):
        fresh = {new_code() for _number in range(len(residents) - len(codes))}
        taken = Card.objects.filter(code__in=fresh).values_list("code", flat=True)
        codes |= fresh - set(taken)
    return [
        NewCard(resident, new_token(), code)
        for resident, code in zip(residents, codes, strict=True)
    ]


@transaction.atomic
def issue_cards(new: Iterable[NewCard], *, by: User | None) -> list[Card]:
    """Let the printed cards work; the same people's earlier cards stop working."""
    new = list(new)
    ids = sorted(card.resident.pk for card in new)
    people = Resident.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    for resident in people:
        refuse_former(resident)
    Card.objects.valid().filter(resident__in=ids).update(
        revoked_at=timezone.now(), revoked_by=by, revoked_because=_("a new card was printed")
    )
    cards = Card.objects.bulk_create(
        Card(resident=card.resident, code=card.code, secret_hash=hash_of(card.token), issued_by=by)
        for card in new
    )
    Change.objects.bulk_create(
        Change(about=card.resident, verb=Change.Verb.CARD_ISSUED, by=by) for card in new
    )
    return cards


def issue_card(resident: Resident, *, by: User | None) -> tuple[Card, str]:
    """Make a resident's card and return it with its token, which is nowhere kept."""
    new = make_cards([resident])
    return issue_cards(new, by=by)[0], new[0].token


@transaction.atomic
def revoke_card(card: Card, *, by: User | None, because: str = "") -> Card:
    """Let a card stop working: lost, stolen, given to somebody else."""
    refuse_citizen_number(because)
    card = Card.objects.select_for_update(of=("self",)).get(pk=card.pk)
    if card.revoked_at is None:
        card.revoked_at = timezone.now()
        card.revoked_by = by
        card.revoked_because = because[:120]
        card.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
        Change.objects.create(about_id=card.resident_id, verb=Change.Verb.CARD_REVOKED, by=by)
    return card


def note_card_used(card: Card) -> None:
    """Remember that a card is in use, to within an hour: a sign-in should not wait to write."""
    now = timezone.now()
    if card.last_used_at is None or now - card.last_used_at > timedelta(hours=1):
        Card.objects.filter(pk=card.pk).update(last_used_at=now)
