"""Someone comes to class whom nobody has written down yet."""

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from people.models import Consent, Resident, User
from people.services import find_duplicates, register_resident
from places.models import Place
from progress.models import Attendance
from progress.rules import PRESENT
from progress.services.enrolling import enrol, move_to_class
from progress.services.marking import locked, mark_attendance


@transaction.atomic
def walk_in(
    session: ClassSession,
    *,
    full_name: str,
    village: Place,
    by: User,
    uuid: UUID | None = None,
    mark_id: UUID | None = None,
    is_somebody_new: bool = False,
    consent: str = Consent.Manner.SPOKEN,
    status: str = PRESENT,
    **details: Any,
) -> Attendance:
    """Register, enrol and mark a newcomer, all of it or nothing.

    Safe to repeat with the same ``uuid`` and ``mark_id``. People who might be the same person are
    for the volunteer to look at: while there are some, it is refused unless he says that this is
    ``is_somebody_new``. ``details``: birth_year, birth_year_is_about, sex, phone …
    """
    uuid = uuid or uuid4()
    is_repeated = Resident.objects.filter(uuid=uuid).exists()
    if not (is_somebody_new or is_repeated) and find_duplicates(
        full_name,
        details.get("birth_year"),
        village,
        is_about=bool(details.get("birth_year_is_about")),
    ):
        raise ValidationError(
            _("Somebody like this is already in the list. Is it one of them?"), code="duplicate"
        )
    resident = register_resident(
        full_name=full_name,
        village=village,
        by=by,
        uuid=uuid,
        source=Resident.Source.WALK_IN,
        consent=consent,
        **details,
    )
    return welcome(session, resident, by=by, mark_id=mark_id, status=status)


@transaction.atomic
def welcome(
    session: ClassSession,
    resident: Resident,
    *,
    by: User,
    mark_id: UUID | None = None,
    status: str = PRESENT,
    moves: bool = False,
) -> Attendance:
    """Enrol a resident who is standing in the room, and mark him.

    Who belongs to another class of the campaign is tonight's guest, unless he ``moves`` here.
    """
    # Always before any enrolment, so that nobody waits in a circle.
    session = locked(session)
    mine = resident.enrolments.active().filter(campaign=session.campaign_id).first()
    if mine is None or mine.class_group_id is None:
        mine = enrol(resident, session.campaign, by=by, class_group=session.class_group)
    elif moves:
        mine = move_to_class(mine, session.class_group, by=by)
    return mark_attendance(session, mine, status, by=by, id=mark_id)
