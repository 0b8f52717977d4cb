"""What volunteers write down beside the marks: of a person that evening, and of the evening."""

from people.models import Resident
from people.rules import refuse_citizen_number
from progress.models import HeldItem, Recheck, Remark, SessionNote

__all__ = ["append_notes", "append_remarks", "forget_remarks", "refuse_citizen_number"]


def append_remarks(remarks: list[Remark]) -> None:
    """Keep remarks of which each has been judged by itself; the latest on a person holds."""
    Remark.objects.bulk_create(remarks)


def append_notes(notes: list[SessionNote]) -> None:
    """Keep notes of which each has been judged by itself; all of them stand."""
    SessionNote.objects.bulk_create(notes)


def forget_remarks(resident: Resident) -> None:
    """Wipe out what was remarked about somebody whose data are erased."""
    Remark.objects.filter(enrolment__resident=resident).update(text="", helped_at_home=False)
    Recheck.objects.filter(enrolment__resident=resident).update(remark="")
    # What waits for a leader, or was set aside, says the same words.
    held = list(HeldItem.objects.filter(fields__person=str(resident.uuid)))
    for item in held:
        item.fields |= {name: "" for name in ("name", "text", "remark") if name in item.fields}
    HeldItem.objects.bulk_update(held, ["fields"])
