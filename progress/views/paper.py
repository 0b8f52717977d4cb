"""Paper for an evening: what is printed before it, and what comes back from it."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.models import ClassSession, Team
from people.views.papers import pdf_response
from progress.imports.photos import take_in
from progress.models import RegisterSheet
from progress.pdf import QuizSheet, paper
from progress.reports import lessons_of_campaign
from progress.services.papers import hand_in, print_register
from progress.views.access import session_for
from progress.views.register import crumbs_of, register_crumb

# So many pages may be sent at once; a phone on one bar of signal sends one.
MOST_PHOTOS = 8
_SATURDAY = 5
_WEEKENDS = 4


def of_session(request, session_id):
    """What can be printed for an evening; photographs of its register are taken in here."""
    session = session_for(request, session_id)
    refusals = []
    if request.method == "POST":
        taken, refusals = _take_photos(session, request.FILES.getlist("photo"), request.user)
        if not refusals and len(taken) == 1:
            return redirect("progress:paper_scan", taken[0].uuid)
        if not refusals:
            return redirect("progress:paper", session.pk)
    lessons = lessons_of_campaign(session.campaign, session.class_group)
    return render(
        request,
        "progress/paper/of_session.html",
        {
            "session": session,
            "lessons": lessons,
            "tonights": session.lesson_id,
            "is_cancelled": session.state == ClassSession.State.CANCELLED,
            "scans": session.sheet_scans.open().defer("picture", "rows"),
            "refusals": refusals,
            "most": MOST_PHOTOS,
            "crumbs": crumbs_of(session, register_crumb(session), (_("On paper"), "")),
        },
        status=422 if refusals else 200,
    )


@require_POST
def print_sheet(request, session_id):
    """Write down who stands on which line now, and show the register to be printed."""
    session = session_for(request, session_id)
    try:
        sheet = print_register(session, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("progress:paper", session.pk)
    return redirect("progress:paper_register", sheet.code)


@require_GET
def register_file(request, code):
    """A register as it was written down, to be printed once more or for the first time."""
    sheets = RegisterSheet.objects.visible_to(request.user).select_related(*_WITH_SESSION)
    sheet = get_object_or_404(sheets, code=code)
    if not request.user.has_perm("progress.mark_attendance", sheet):
        raise PermissionDenied
    return pdf_response(paper(_("Register sheet"), [sheet]), f"diem-danh-{sheet.code}.pdf")


@require_GET
def quiz_file(request, session_id, lesson_id):
    """A lesson's questions to be answered on paper in one evening, and the key."""
    session = session_for(request, session_id)
    lessons = lessons_of_campaign(session.campaign, session.class_group)
    lesson = next((row.lesson for row in lessons if row.source_id == lesson_id), None)
    if lesson is None or not lesson.plain_questions:
        messages.error(request, _("This lesson has no questions."))
        return redirect("progress:paper", session.pk)
    return pdf_response(paper(lesson.title, [QuizSheet(session, lesson)]), "cau-hoi.pdf")


def of_weekend(request, team_id):
    """Everything on paper that a team needs for a weekend, in one file."""
    team = _team(request, team_id)
    weekends = _weekends()
    if request.method == "POST":
        saturday = _saturday(request.POST.get("saturday")) or weekends[0]
        for session in _sessions(request.user, team, saturday):
            print_register(session, by=request.user)
        return redirect("progress:paper_weekend_file", team.pk, saturday.isoformat())
    return render(
        request,
        "progress/paper/of_weekend.html",
        {
            "team": team,
            "weekends": [
                (saturday, saturday + dt.timedelta(days=1), _sessions(request.user, team, saturday))
                for saturday in weekends
            ],
            "crumbs": [
                (_("Teams"), reverse("campaigns:teams")),
                (team.name, reverse("campaigns:team", args=[team.pk])),
                (_("Paper for the weekend"), ""),
            ],
        },
    )


@require_GET
def weekend_file(request, team_id, saturday):
    """The registers of a weekend, each followed by the quiz of its evening and the key."""
    team = _team(request, team_id)
    day = _saturday(saturday)
    sessions = _sessions(request.user, team, day) if day else []
    sheets = []
    for session in sessions:
        printed = (
            session.register_sheets.select_related(*_WITH_SESSION)
            .order_by("-printed_at", "-pk")
            .first()
        )
        sheets += [printed] if printed else []
        if session.lesson and session.lesson.plain_questions:
            sheets.append(QuizSheet(session, session.lesson))
    if not sheets:
        messages.info(request, _("There is nothing to print for this weekend."))
        return redirect("progress:paper_weekend", team.pk)
    return pdf_response(paper(_("Paper for the weekend"), sheets), f"cuoi-tuan-{day:%Y-%m-%d}.pdf")


_WITH_SESSION = (
    "session__campaign",
    "session__class_group__place",
    "session__class_group__venue",
)


def _take_photos(session, files, user):
    """Return (the photographs taken in, why others were not)."""
    if not files:
        return [], [_("Take or choose a photo first.")]
    if len(files) > MOST_PHOTOS:
        return [], [_("At most %(most)d photos at a time.") % {"most": MOST_PHOTOS}]
    taken, refusals = [], []
    for file in files:
        try:
            taken.append(hand_in(session, take_in(file.read()), by=user))
        except ValidationError as refusal:
            refusals.append(refusal.messages[0])
    return taken, refusals


def _team(request, pk) -> Team:
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("place"), pk=pk)
    if not request.user.has_perm("progress.mark_attendance", team):
        raise PermissionDenied
    return team


def _sessions(user, team, saturday) -> list[ClassSession]:
    """Return a team's evenings of a Saturday and the Sunday after it."""
    begins = timezone.make_aware(dt.datetime.combine(saturday, dt.time.min))
    return list(
        ClassSession.objects.permitted_to(user, "progress.mark_attendance")
        .not_cancelled()
        .filter(
            class_group__team=team,
            starts_at__gte=begins,
            starts_at__lt=begins + dt.timedelta(days=2),
        )
        .select_related("campaign", "class_group__place", "class_group__venue", "lesson")
        .order_by("starts_at", "class_group__name", "pk")
    )


def _weekends() -> list[dt.date]:
    """Return the Saturdays of this weekend and the next ones; on a Sunday, yesterday first."""
    today = timezone.localdate()
    first = today + dt.timedelta(days=(_SATURDAY - today.weekday()) % 7)
    if today.weekday() > _SATURDAY:
        first = today - dt.timedelta(days=1)
    return [first + dt.timedelta(weeks=week) for week in range(_WEEKENDS)]


def _saturday(text) -> dt.date | None:
    """Return the Saturday that was asked for."""
    try:
        day = parse_date(text or "")
    except ValueError:
        return None
    return day if day and day.weekday() == _SATURDAY and 2000 < day.year < 2200 else None
