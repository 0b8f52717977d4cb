"""Two records turn out to be one person."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Change, Resident, User
from people.services.heads import announce_heads, head_of
from people.services.residents import refuse_former

# What the kept record takes over where it knows nothing itself.
_FILLED = ("birth_year", "sex", "phone", "phone_kind", "sort_name")
_NEEDS = ("needs_large_type", "needs_hearing_help", "needs_reading_help")


@transaction.atomic
def merge_residents(kept: Resident, duplicate: Resident, *, by: User | None) -> Resident:
    """Keep one of two records of the same person.

    The other keeps a pointer to it, its cards stop working, and what the person agreed to comes
    along. Nothing is deleted. Whoever has more to move (enrolments) does it in the same
    transaction; that there is one person less is all that is announced. Safe to repeat.
    """
    if kept.pk == duplicate.pk:
        raise ValidationError(_("This is the same record."), code="same")
    locked = {
        resident.pk: resident
        for resident in Resident.objects.select_for_update(of=("self",))
        .filter(pk__in=[kept.pk, duplicate.pk])
        .order_by("pk")
    }
    kept, duplicate = locked[kept.pk], locked[duplicate.pk]
    if duplicate.merged_into_id == kept.pk:
        return kept
    refuse_former(kept)
    refuse_former(duplicate)
    now = timezone.now()
    heads = [head_of(kept), head_of(duplicate)]
    duplicate.merged_into = kept
    duplicate.save(update_fields=["merged_into"])
    # Who was merged into the duplicate before is found at the kept record in one step.
    duplicate.merged_from.exclude(pk=kept.pk).update(merged_into=kept)
    duplicate.cards.valid().update(
        revoked_at=now, revoked_by=by, revoked_because=_("merged with another record")
    )
    given = set(kept.consents.filter(withdrawn_at=None).values_list("purpose", flat=True))
    duplicate.consents.filter(withdrawn_at=None, purpose__in=given).update(withdrawn_at=now)
    duplicate.consents.update(resident=kept)
    filled = _fill(kept, duplicate)
    announce_heads(heads, [head_of(kept)])
    for resident in (kept, duplicate):
        Change.objects.create(about=resident, verb=Change.Verb.MERGED, fields=filled, by=by)
    return kept


def _fill(kept: Resident, duplicate: Resident) -> list[str]:
    """Give the kept record what only the other one knew; return which fields."""
    filled = [name for name in _FILLED if not getattr(kept, name) and getattr(duplicate, name)]
    if "birth_year" in filled:
        filled.append("birth_year_is_about")
    filled += [name for name in _NEEDS if not getattr(kept, name) and getattr(duplicate, name)]
    for name in filled:
        setattr(kept, name, getattr(duplicate, name))
    if filled:
        kept.save(update_fields=filled)
    return filled
