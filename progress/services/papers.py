"""Registers on paper: printed with everybody on a line of his own, photographed, confirmed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from jobs.services import enqueue
from people.models import User
from progress.models import Mark, RegisterSheet, SheetScan
from progress.reports import roster
from progress.reports.papers import sheet_lines
from progress.services.marking import DOORS_OPEN, NewMark, locked, mark_many
from progress.services.paper_form import ROWS, SheetCode, on_page, pages_of

# What one sheet can hold: the code has two figures for its page.
MOST_PAGES = 20
# So many photographs of one evening may wait at a time.
MOST_WAITING = 20
KEPT = dt.timedelta(days=7)


def print_register(session: ClassSession, *, by: User) -> RegisterSheet:
    """Write down who stands on which line of an evening's register, as it is printed now.

    Printed twice without a change in between, it is the same sheet.
    """
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("This evening was cancelled."), code="cancelled")
    rows = [line.resident.pk for line in roster(session)][: MOST_PAGES * ROWS]
    with transaction.atomic():
        latest = session.register_sheets.order_by("-printed_at", "-pk").first()
        if latest and latest.rows == rows:
            return latest
        return RegisterSheet.objects.create(session=session, rows=rows, printed_by=by)


@transaction.atomic
def hand_in(session: ClassSession, picture: bytes, *, by: User) -> SheetScan:
    """Take in a photograph of one page of an evening's register, to be read by a worker."""
    _may_be_read(session)
    if session.sheet_scans.exclude(picture=None).count() >= MOST_WAITING:
        raise ValidationError(
            _("%(most)d photos wait already. Confirm or throw away these first."),
            code="too_many",
            params={"most": MOST_WAITING},
        )
    scan = SheetScan.objects.create(session=session, picture=picture, uploaded_by=by)
    enqueue("progress.read_sheet", key=reading_key(scan), scan=scan.uuid)
    return scan


def reading_key(scan: SheetScan) -> str:
    """Return the key of the job that reads a photograph."""
    return f"progress.read_sheet:{scan.uuid}"


def record_reading(
    scan: SheetScan, code: SheetCode, picture: bytes, lines: Iterable[Mapping]
) -> SheetScan:
    """Keep what was read of a photograph as proposals; nothing is marked yet.

    ``lines`` are those of the page from the top: {"status", "is_certain", "looks", "is_used",
    "box", "whole"}, the last two being parts of ``picture``.
    """
    sheet = RegisterSheet.objects.filter(code=code.sheet).first()
    if sheet is None or not 1 <= code.page <= pages_of(sheet.rows):
        return record_problem(scan, "unknown")
    if sheet.session_id != scan.session_id:
        return record_problem(scan, "session", sheet=sheet)
    first = (code.page - 1) * ROWS
    rows = [
        {
            "line": first + number,
            "resident": resident,
            "status": line["status"] if resident else "",
            "is_certain": bool(resident and line["is_certain"]),
            "looks": line["looks"],
            "box": list(line["box"] if resident else line["whole"]),
        }
        for number, (resident, line) in enumerate(
            zip(on_page(sheet.rows, code.page), lines, strict=True), start=1
        )
        if resident or line["is_used"]
    ]
    return _settle(
        scan,
        state=SheetScan.State.READ,
        sheet=sheet,
        page=code.page,
        rows=rows,
        picture=picture,
    )


def record_problem(
    scan: SheetScan, problem: str, *, sheet: RegisterSheet | None = None
) -> SheetScan:
    """Say why a photograph could not be read, and forget it: another one must be taken."""
    return _settle(
        scan,
        state=SheetScan.State.UNREADABLE,
        problem=problem,
        sheet=sheet,
        picture=None,
    )


def confirm_scan(
    scan: SheetScan,
    choices: Mapping[int, str],
    *,
    by: User,
    bases: Mapping[int, UUID | None] | None = None,
) -> int:
    """Mark what a person says stands on the paper; return how many marks that made.

    ``choices``: {line: status, or "" to leave the person as is}, for every line of somebody who
    still takes part. ``bases``: the mark that the person saw beside it. Safe to repeat.
    """
    bases = bases or {}
    with transaction.atomic():
        session = locked(scan.session)
        scan = SheetScan.objects.select_for_update().get(pk=scan.pk)
        if scan.state == SheetScan.State.CONFIRMED:
            return 0
        if scan.state != SheetScan.State.READ:
            raise ValidationError(_("This photo is no longer here. Take it anew."), code="gone")
        _may_be_read(session)
        lines = [(line, line.enrolment.pk) for line in sheet_lines(scan) if line.enrolment]
        if any(line.number not in choices for line, _enrolment in lines):
            raise ValidationError(
                _("Some lines are still open. Choose for each of them."), code="undecided"
            )
        marks = {
            enrolment: NewMark(
                enrolment,
                choices[line.number],
                id=uuid5(scan.uuid, str(enrolment)),
                base=bases.get(line.number),
                observed_at=_evening(session, scan.uploaded_at),
                how=Mark.How.PAPER,
            )
            for line, enrolment in lines
            # What the register says already needs not be said again.
            if choices[line.number] and choices[line.number] != line.current
        }
        mark_many(session, list(marks.values()), by=by)
        scan.state, scan.picture = SheetScan.State.CONFIRMED, None
        scan.confirmed_by, scan.confirmed_at = by, timezone.now()
        scan.save(update_fields=["state", "picture", "confirmed_by", "confirmed_at"])
    return len(marks)


def discard_scan(scan: SheetScan) -> SheetScan:
    """Throw a photograph away, with what was read of it."""
    with transaction.atomic():
        scan = SheetScan.objects.select_for_update().get(pk=scan.pk)
        if scan.state != SheetScan.State.CONFIRMED:
            _throw_away(SheetScan.objects.filter(pk=scan.pk))
            scan.refresh_from_db()
    return scan


def forget_scans(older_than: dt.timedelta = KEPT) -> int:
    """Throw away the photographs that nobody has confirmed for a week."""
    old = SheetScan.objects.filter(uploaded_at__lt=timezone.now() - older_than)
    return _throw_away(old.exclude(state__in=[SheetScan.State.CONFIRMED, _THROWN]))


_THROWN = SheetScan.State.DISCARDED


def _throw_away(scans) -> int:
    return scans.update(state=_THROWN, picture=None, rows=[])


@transaction.atomic
def _settle(scan: SheetScan, **changes) -> SheetScan:
    """Say what came of reading, unless it was thrown away meanwhile."""
    SheetScan.objects.filter(pk=scan.pk, state=SheetScan.State.WAITING).update(**changes)
    scan.refresh_from_db()
    return scan


def _may_be_read(session: ClassSession) -> None:
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("This evening was cancelled."), code="cancelled")
    if session.register_closed_at:
        raise ValidationError(_("The register of this evening is closed."), code="closed")
    if timezone.now() < session.starts_at - DOORS_OPEN:
        raise ValidationError(_("This evening has not begun yet."), code="early")


def _evening(session: ClassSession, photographed_at: dt.datetime) -> dt.datetime:
    """Return when what stands on the paper was so: in the evening, however late the photo is."""
    return min(max(photographed_at, session.starts_at - DOORS_OPEN), session.ends_at)
