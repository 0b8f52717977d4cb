"""Tell those above how many people there are, and where: not who they are."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from people.models import Resident
from people.signals import Head, heads_changed


def head_of(resident: Resident) -> Head | None:
    """Return what a resident is counted by, or None for a record that is nobody any more."""
    if not resident.is_current:
        return None
    return Head(
        village_id=resident.village_id,
        birth_year=resident.birth_year,
        sex=resident.sex,
        language=resident.learning_language,
        registered_on=timezone.localtime(resident.registered_at).date(),
    )


def announce_heads(before: Iterable[Head | None], after: Iterable[Head | None]) -> None:
    """Announce that these people were here, and those are now.

    To be called in the transaction that wrote them, by whoever writes residents; once for many.
    Whoever is counted alike before and after is left out.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Change and announce in one transaction.")
    gone, come = (Counter(head for head in heads if head) for heads in (before, after))
    gone, come = gone - come, come - gone
    if gone or come:
        heads_changed.send(Resident, before=list(gone.elements()), after=list(come.elements()))
