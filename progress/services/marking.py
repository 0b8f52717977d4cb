"""The register: who came tonight, as those who saw it say."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from campaigns.services.counting import Counted
from people.models import User
from progress.models import Attendance, Enrolment, Mark
from progress.rules import CAME, NOTHING, STATUSES, fold
from progress.services.completing import changing_facts

# A phone's clock may be a little ahead; beyond that, it is wrong.
AHEAD = dt.timedelta(minutes=5)
# How long a mark may wait in a phone.
PATIENCE = dt.timedelta(days=45)
# People arrive before the hour, and volunteers with them.
DOORS_OPEN = dt.timedelta(hours=2)


@dataclass
class NewMark:
    """A tap on its way into the register."""

    enrolment_id: int
    status: str
    id: UUID = field(default_factory=uuid4)
    # The mark that whoever tapped saw, and those that spoke against it.
    base: UUID | None = None
    settles: Sequence[UUID] = ()
    device: str = ""
    seq: int = 0
    observed_at: dt.datetime | None = None
    how: str = Mark.How.TAP
    # Who saw it and who sent it, where one request brings what several have seen.
    by: User | None = None
    sent_by: User | None = None


def mark_attendance(
    session: ClassSession,
    enrolment: Enrolment,
    status: str,
    *,
    by: User,
    observed_at: dt.datetime | None = None,
    id: UUID | None = None,
    base: UUID | None = None,
    settles: Sequence[UUID] = (),
    device: str = "",
    seq: int = 0,
    how: str = Mark.How.TAP,
    sent_by: User | None = None,
) -> Attendance:
    """Record that a learner came to a session, came late, was excused or stayed away.

    An empty status takes back what was marked. Safe to repeat with the same ``id``: a phone that
    was offline may send a mark twice, and late. Which of several marks holds is the fold's
    business (``progress.rules.fold``). ``settles``: the other marks that the person saw on the
    screen when two people had disagreed, and now decided between.
    """
    mark = NewMark(
        enrolment.pk,
        status,
        id=id or uuid4(),
        base=base,
        settles=settles,
        device=device,
        seq=seq,
        observed_at=observed_at,
        how=how,
    )
    return mark_many(session, [mark], by=by, sent_by=sent_by)[enrolment.pk]


def mark_many(
    session: ClassSession,
    marks: Sequence[NewMark],
    *,
    by: User,
    sent_by: User | None = None,
) -> dict[int, Attendance]:
    """Record a whole class's marks, or none of them; return {enrolment id: attendance}.

    The number of queries does not depend on the number of marks.
    """
    ids = {mark.enrolment_id for mark in marks}
    if not ids:
        return {}
    with transaction.atomic():
        session = locked(session)
        with changing_facts(ids, evenings=True) as rows:
            known = Mark.objects.in_bulk([mark.id for mark in marks])
            new = [mark for mark in marks if not _is_known(session, mark, known)]
            if new:
                _may_be_marked(session)
                for mark in new:
                    _belongs(session, rows.get(mark.enrolment_id))
                _append(session, new, by=by, sent_by=sent_by or by)
            attendances = refold(session, rows, changed=ids)
    return attendances


def append_marks(
    marks: Mapping[ClassSession, Sequence[NewMark]], *, joins: Mapping[int, int] | None = None
) -> None:
    """Append marks of which each has been judged by itself, and work out what they come to.

    The evenings are locked, nothing here is known already, and every mark says by whom it is.
    ``joins``: {enrolment that was in no class: the class}. The number of queries depends on how
    many evenings there are, not on how many marks.
    """
    ids = {mark.enrolment_id for new in marks.values() for mark in new}
    if not ids:
        return
    with changing_facts(ids, evenings=True) as rows:
        for pk, class_group in (joins or {}).items():
            rows[pk].class_group_id = rows[pk].class_group_id or class_group
        now = timezone.now()
        Mark.objects.bulk_create(
            _row(session, mark, mark.observed_at or now, by=mark.by, sent_by=mark.sent_by)
            for session, new in marks.items()
            for mark in new
        )
        for session, new in marks.items():
            refold(session, rows, changed={mark.enrolment_id for mark in new})


def mark_rest(session: ClassSession, status: str, *, by: User) -> dict[int, Attendance]:
    """Give one status to everybody on the register who has none yet."""
    now = timezone.now()
    with transaction.atomic():
        locked(session)
        marks = [
            NewMark(pk, status, base=base, observed_at=now)
            for pk, base in unmarked(session).items()
        ]
        return mark_many(session, marks, by=by)


def take_back_rest(session: ClassSession, marked_at: dt.datetime, *, by: User) -> int:
    """Take back what ``mark_rest`` did at that moment, where nobody has marked since."""
    with transaction.atomic():
        locked(session)
        mine = Attendance.objects.marked().filter(
            session=session,
            mark__observed_at=marked_at,
            mark__observed_by=by,
            mark__how=Mark.How.TAP,
        )
        marks = [
            NewMark(enrolment, NOTHING, base=mark, how=Mark.How.CORRECTION)
            for enrolment, mark in mine.values_list("enrolment_id", "mark_id")
        ]
        return len(mark_many(session, marks, by=by))


def refold(
    session: ClassSession, rows: Counted, *, changed: Iterable[int]
) -> dict[int, Attendance]:
    """Work out anew, from all their marks, whether these learners came to the session.

    To be called inside ``changing_facts``; reports evenings gained and lost to the counters.
    """
    changed = set(changed)
    attendances = {
        row.enrolment_id: row
        for row in Attendance.objects.filter(session=session, enrolment__in=changed)
    }
    marks = defaultdict(list)
    for mark in Mark.objects.filter(session=session, enrolment__in=changed):
        marks[mark.enrolment_id].append(mark)
    gained = lost = 0
    for pk in changed:
        truth = fold(marks[pk])
        row = attendances.get(pk)
        came = row is not None and row.status in CAME
        if truth.winner is None:
            continue
        row = row or Attendance(campaign_id=session.campaign_id, session=session, enrolment_id=pk)
        row.status, row.is_disputed = truth.status, truth.is_disputed
        row.mark_id, row.observed_at = truth.winner.id, truth.winner.observed_at
        attendances[pk] = row
        if (row.status in CAME) != came:
            rows.visit(rows[pk], session.day, -1 if came else +1)
            gained, lost = gained + (not came), lost + came
    Attendance.objects.bulk_create(
        [attendances[pk] for pk in sorted(changed) if pk in attendances],
        update_conflicts=True,
        unique_fields=["session", "enrolment"],
        update_fields=["status", "mark", "observed_at", "is_disputed"],
    )
    _say_whether_held(session, gained, lost)
    return attendances


def refold_all(rows: Counted) -> None:
    """Work out anew every evening of these learners; to be called inside ``changing_facts``."""
    sessions = ClassSession.objects.filter(marks__enrolment__in=list(rows)).distinct()
    marked = defaultdict(set)
    pairs = Mark.objects.filter(enrolment__in=list(rows)).values_list("session_id", "enrolment_id")
    for pk, enrolment in pairs.distinct():
        marked[pk].add(enrolment)
    for session in sessions.select_related("campaign", "class_group").order_by("pk"):
        refold(session, rows, changed=marked[session.pk])


def locked(session: ClassSession) -> ClassSession:
    """Lock a session, so that phones which mark the same class take turns with one another.

    Always before any enrolment, so that nobody waits in a circle.
    """
    return (
        ClassSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("campaign", "class_group")
        .get(pk=session.pk)
    )


def _say_whether_held(session, gained, lost):
    """An evening to which somebody came was held; one that nobody is said to have come to, not."""
    state = session.state
    if gained and state == ClassSession.State.PLANNED:
        state = ClassSession.State.HELD
    elif lost and state == ClassSession.State.HELD and not session.attendances.came().exists():
        state = ClassSession.State.PLANNED
    if state != session.state:
        session.state = state
        session.save(update_fields=["state"])


def unmarked(session) -> dict[int, UUID | None]:
    """Return {enrolment: the mark it saw last} of those on the register without a status."""
    taken_back = dict(
        Attendance.objects.filter(session=session, status=NOTHING).values_list(
            "enrolment_id", "mark_id"
        )
    )
    marked = Attendance.objects.marked().filter(session=session).values("enrolment_id")
    listed = (
        Enrolment.objects.active()
        .filter(class_group=session.class_group_id)
        .exclude(pk__in=marked)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return {pk: taken_back.get(pk) for pk in listed}


def _is_known(session, mark: NewMark, known: dict[UUID, Mark]) -> bool:
    earlier = known.get(mark.id)
    if earlier is None:
        return False
    if (
        earlier.session_id,
        earlier.enrolment_id,
        earlier.status,
        earlier.base,
        earlier.device,
        earlier.seq,
    ) != (session.pk, mark.enrolment_id, mark.status, mark.base, mark.device, mark.seq):
        raise _id_reused()
    return True


def _id_reused():
    return ValidationError(_("Another mark already has this number."), code="id_reused")


def _may_be_marked(session: ClassSession) -> None:
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("This evening was cancelled."), code="cancelled")
    if session.register_closed_at:
        raise ValidationError(_("The register of this evening is closed."), code="closed")


def _belongs(session: ClassSession, enrolment: Enrolment | None) -> None:
    if (
        enrolment is None
        or enrolment.campaign_id != session.campaign_id
        or enrolment.withdrawn_at is not None
    ):
        raise ValidationError(
            _("This person does not take part in the campaign."), code="not_enrolled"
        )


def _append(session, marks: Sequence[NewMark], *, by: User, sent_by: User) -> None:
    now = timezone.now()
    rows = []
    for mark in marks:
        if mark.status not in (*STATUSES, NOTHING):
            raise ValidationError(_("There is no such status."), code="unknown_status")
        observed_at = _believable(session, mark.observed_at, now)
        row = _row(session, mark, observed_at, by=by, sent_by=sent_by)
        rows.append(row)
        # To decide is to have seen every mark that was in dispute: one line for each of them, a
        # hair's breadth before the mark itself, which thereby speaks for all.
        rows += [
            Mark(
                id=uuid5(mark.id, str(other)),
                campaign_id=session.campaign_id,
                session=session,
                enrolment_id=mark.enrolment_id,
                status=mark.status,
                base=other,
                observed_at=row.observed_at - dt.timedelta(microseconds=number),
                observed_by=by,
                sent_by=sent_by,
                how=Mark.How.CORRECTION,
            )
            for number, other in enumerate(mark.settles, start=1)
            if other != mark.base and not mark.device
        ]
    try:
        with transaction.atomic():
            Mark.objects.bulk_create(rows)
    except IntegrityError as error:
        # The same number in two requests at once, or twice from one device.
        raise _id_reused() from error


def _row(session, mark: NewMark, observed_at, *, by, sent_by) -> Mark:
    return Mark(
        id=mark.id,
        campaign_id=session.campaign_id,
        session=session,
        enrolment_id=mark.enrolment_id,
        status=mark.status,
        base=mark.base,
        device=mark.device,
        seq=mark.seq,
        observed_at=observed_at,
        observed_by=by,
        sent_by=sent_by or by,
        how=mark.how,
    )


def _believable(session, observed_at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    observed_at = observed_at or now
    if observed_at > now + AHEAD:
        observed_at = now
    if observed_at < now - PATIENCE:
        raise ValidationError(_("This mark is more than 45 days old."), code="too_old")
    if observed_at < session.starts_at - DOORS_OPEN:
        raise ValidationError(_("This evening has not begun yet."), code="early")
    return observed_at
