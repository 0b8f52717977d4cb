"""Two provinces and three communes, each with everything that a commune may have.

Rare words are planted wherever people write words. Whoever reads a commune's word without working
there has found a hole:

- ``word`` stands in what is known of people: names, notes, reasons, teams, classes, papers;
- ``ground`` stands in what is known of places: villages, venues, sources of targets, drafts;
- ``other`` is the name of one learner, for the eyes of another learner;
- ``crew`` is the name of those who teach.
"""

import datetime as dt
import hashlib
import io
import uuid
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images.models import Image

from campaigns.exports.sheets import sheet_files, sheet_name
from campaigns.models import Campaign, FactsFile, Membership
from campaigns.reports.reporting import Unit, periods_of
from campaigns.services import (
    add_indicator,
    cancel_session,
    counting,
    create_work,
    credit_turn,
    drop_work,
    note_outcomes,
    note_tally,
    offer_turns,
    reporting,
    set_note,
    set_target,
)
from campaigns.services.clients import create_client
from campaigns.services.facts import facts_shelf
from campaigns.tasks import SCORECARDS, VILLAGES, scorecards_name
from certificates.services import draft_facts, record_certificate, revoke_certificate
from courses.models import LocalFigure, LocalPicture
from courses.services import keep_recording, report_screen, set_figure, spoken_words
from jobs.models import Job
from people.imports import store_file
from people.models import User
from people.roles import Role
from people.services import give_consent, issue_card
from places.services import Outline, Sheet, draw_boundaries
from progress.models import Enrolment, Flag, HeldItem, SheetScan
from progress.services import (
    answer_question,
    close_register,
    finish_attempt,
    mark_attendance,
    mark_rest,
    observe,
    open_screen,
    reopen_register,
    start_attempt,
)
from progress.services.papers import print_register
from tests.courses.sounds import wav
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    ClassGroupFactory,
    ClassSessionFactory,
    CourseFactory,
    EnrolmentFactory,
    MembershipFactory,
    PlaceFactory,
    ResidentFactory,
    ShiftFactory,
    TeamFactory,
    UserFactory,
    VenueFactory,
)

OURS = ("lms", "certificates", "progress", "campaigns", "courses", "people", "places", "jobs")

# Letters that no word of any screen has in this order.
WORDS = {
    "home": ("Zuyvang", "Qonthuy", "Jirmoi", "Thawxe"),
    "near": ("Wexlang", "Fazduy", "Zobkhe", "Jupnho"),
    "away": ("Kwozlet", "Bruxnho", "Vifjan", "Cazwoi"),
}
CODES = {"home": "99901", "near": "99902", "away": "99903"}
PAPER = b"%PDF-1.4 a paper"


def build() -> SimpleNamespace:
    """Return the world: ``home``, ``near`` in the same province, and ``away`` in another one."""
    course = CourseFactory(lessons=2)
    figure = LocalFigure.objects.create(key="office")
    home = _side("home", PlaceFactory(kind="province", name="Phú Thọ"), course, figure)
    near = _side("near", home.province, course, figure, campaign=home.campaign)
    away = _side("away", PlaceFactory(kind="province", name="Cà Mau"), course, figure)
    two_hats = AssignmentFactory(
        place=near.commune,
        role=Role.COMMUNE_ORGANISER,
        user__username="two-hats",
        user__full_name="Lê Thị Hai",
    ).user
    AssignmentFactory(place=home.commune, role=Role.OBSERVER, user=two_hats)
    # And a third commune, lest a list narrow itself to the only one.
    empty = PlaceFactory(kind="commune", parent=home.province, name="Vắng")
    AssignmentFactory(place=empty, role=Role.COMMUNE_ORGANISER, user=two_hats)
    operator = User.objects.create_superuser("operator")
    dead_job = Job.objects.create(
        kind="certificates.issue", state="dead", finished_at=timezone.now()
    )
    for side in (home, near, away):
        side.operator, side.dead_job = operator, dead_job
    # Two hats: everything in one commune, next to nothing in the other.
    nobody = UserFactory(username="nobody", full_name="Lê Thị Không")
    return SimpleNamespace(home=home, near=near, away=away, two_hats=two_hats, nobody=nobody)


def _side(key, province, course, figure, campaign=None):
    side = SimpleNamespace(key=key, province=province, course=course, figure=figure)
    side.words = side.word, side.ground, side.other, side.crew = WORDS[key]
    side.lesson, side.second_lesson = course.lessons()[:2]
    side.tested_course = CourseFactory(title="Mua bán trên mạng", lessons=1)
    side.tested_course.test_size = 3
    side.tested_course.save()
    side.commune = PlaceFactory(
        kind="commune", parent=province, name=f"Xuân {key}", code=CODES[key]
    )
    side.village = PlaceFactory(parent=side.commune, name=f"Đồng {side.ground}")
    side.far_village = PlaceFactory(parent=side.commune, name=f"Bến {side.ground}")
    side.venue = VenueFactory(
        place=side.village, name=f"Nhà văn hóa {side.ground}", address=f"Ngõ {side.ground}"
    )
    _staff(side)
    _map(side)
    _people(side)
    _campaign(side, campaign)
    _outcomes(side)
    _evenings(side)
    _duty(side)
    _work(side)
    _reports(side)
    _learning(side)
    _papers(side)
    _voice(side)
    _doubts(side)
    _sheets(side)
    _open(side)
    return side


def _staff(side):
    for name, role, place in (
        ("province_organiser", Role.PROVINCE_ORGANISER, side.province),
        ("organiser", Role.COMMUNE_ORGANISER, side.commune),
        ("leader", Role.TEAM_LEADER, side.commune),
        ("instructor", Role.INSTRUCTOR, side.commune),
        ("observer", Role.OBSERVER, side.commune),
        ("author", Role.AUTHOR, side.commune),
        ("village_leader", Role.TEAM_LEADER, side.far_village),
    ):
        surname = side.crew if name in ("leader", "instructor") else "Năm"
        user = UserFactory(
            username=f"{name}-{side.key}",
            email=f"{name}-{side.key}@tramngay.example",
            full_name=f"Lê Thị {surname}",
            password="!",
        )
        setattr(side, f"{name}_role", AssignmentFactory(user=user, place=place, role=role))
        setattr(side, name, user)
    Authenticator.objects.create(
        user=side.instructor, type=Authenticator.Type.TOTP, data={"secret": "unused"}
    )


def _map(side):
    """The boundary of one of the commune's villages."""
    draw_boundaries(
        side.commune,
        {side.village.pk: Outline("M0 0l90 0 0 90z", 60, 30)},
        Sheet(90, 90, "0" * 64, 4, 4, 20),
        attribution=f"Bản đồ {side.ground}",
        by=side.province_organiser,
    )


def _people(side):
    def resident(name, agrees=True, **details):
        details.setdefault("village", side.village)
        person = ResidentFactory(
            full_name=name, source="registered", registered_by=side.organiser, **details
        )
        if agrees:
            give_consent(person, by=side.organiser)
        return person

    side.lan = resident(f"Trần Thị {side.word}", phone="+84912345678")
    side.binh = resident(f"Trần Văn {side.other}", birth_year=1948)
    side.hoa = resident(f"Đỗ Thị {side.word} Hoa", agrees=False, birth_year=1961)
    side.twin = resident(f"Trần Thị {side.word}", birth_year=1956)
    side.kim = resident(f"Vũ Kim {side.word}", birth_year=1950)
    side.mai = resident(f"Ngô Mai {side.word}", birth_year=1952)
    _card, side.token_of_lan = issue_card(side.lan, by=side.organiser)
    for person in (side.binh, side.kim):
        issue_card(person, by=side.organiser)
    side.list = store_file(
        f"{side.word}.csv",
        f"Họ và tên,Năm sinh,Thôn\nPhan Thị {side.word} Sen,1949,{side.village.name}\n".encode(),
        side.commune,
        by=side.organiser,
    )


def _campaign(side, campaign):
    if campaign is None:
        campaign = CampaignFactory(name="Một trăm ngày", place=side.province, evenings_required=2)
        campaign.required_courses.set([side.course])
        set_target(
            campaign,
            side.village,
            "reached",
            10,
            20,
            source=f"Kế hoạch {side.ground}",
            by=side.province_organiser,
        )
        for name, per in (("Định danh mức 2", "resident"), ("Lượt xem", "tally")):
            add_indicator(campaign, name, "lượt", per=per, by=side.province_organiser)
    side.campaign = campaign
    side.draft = CampaignFactory(
        name=f"Bản thảo {side.ground}",
        audience=f"Người {side.ground}",
        place=side.commune,
        state=Campaign.State.DRAFT,
        first_day=timezone.localdate(),
    )
    add_indicator(side.draft, f"Việc {side.ground}", "người", by=side.organiser)
    set_figure(
        side.figure, side.commune, f"Trụ sở {side.ground}", by=side.organiser, source="Bảng tin"
    )
    side.own_picture = _own_picture(side)
    report_screen(
        side.lesson,
        side.lesson.body[0].id,
        side.village,
        by=side.instructor,
        note=f"Nút ở {side.ground}",
    )
    side.team = TeamFactory(name=f"Tổ {side.word}", place=side.village)
    side.member = Membership.objects.create(
        team=side.team, name=f"Lê Văn {side.word}", phone="+84987654321", leads=True
    )
    side.group = ClassGroupFactory(
        name=f"Lớp {side.word}",
        place=side.village,
        team=side.team,
        campaign=campaign,
        venue=side.venue,
        course=side.course,
    )
    side.group.instructors.set([side.instructor])
    # In a team of its own: one account is in a team once.
    helpers = TeamFactory(name=f"Tổ hai {side.word}", place=side.village)
    side.helper = MembershipFactory(team=helpers, name=f"Lê Văn {side.crew}", user=side.instructor)
    side.substitute = MembershipFactory(team=side.team, name=f"Lê Thị {side.crew} Thay")
    side.other_group = ClassGroupFactory(
        name=f"Lớp hai {side.word}", place=side.village, team=side.team, campaign=campaign
    )


def _own_picture(side):
    """A photo of the commune's in a shared lesson; its original has changed since."""
    dot = io.BytesIO()
    Picture.new("RGB", (8, 6), "green").save(dot, "PNG")
    photo = Image.objects.create(
        title=f"Trụ sở {side.ground}", file=ContentFile(dot.getvalue(), f"{side.key}.png")
    )
    return LocalPicture.objects.create(
        lesson=side.lesson,
        block=side.lesson.body[0].id,
        place=side.commune,
        photo=photo,
        alt={"vi": f"Cổng {side.ground}"},
        original_digest="",
        set_by=side.organiser,
    )


def _outcomes(side):
    """What really happened to one person, and a number of the village's."""
    person, number = side.campaign.own_indicators.order_by("number")
    (side.outcome,) = note_outcomes(
        person, [side.kim], by=side.instructor, evidence=f"Giấy hẹn {side.word}"
    )
    note_tally(number, side.village, 5, by=side.instructor, evidence=f"Báo {side.ground}")


def _evenings(side):
    now = timezone.now()

    def evening(days, **details):
        session = ClassSessionFactory(
            class_group=side.group, starts_at=now + dt.timedelta(days=days, hours=-1), **details
        )
        session.instructors.set([side.instructor])
        return session

    for person, name in ((side.lan, "lans"), (side.binh, "binhs"), (side.kim, "kims")):
        enrolment = EnrolmentFactory(
            resident=person, campaign=side.campaign, class_group=side.group
        )
        setattr(side, name, enrolment)
    side.mais = EnrolmentFactory(
        resident=side.mai, campaign=side.campaign, class_group=side.other_group
    )
    side.tonight, side.yesterday, side.held = evening(0), evening(-1), evening(-7)
    side.ahead, side.cancelled = evening(7), evening(14)
    set_note(side.tonight, f"Điện yếu, {side.word} báo", by=side.instructor)
    cancel_session(side.cancelled, by=side.instructor, because=f"Bão {side.word}")
    mark_attendance(side.tonight, side.lans, "present", by=side.instructor)
    mark_rest(side.held, "absent", by=side.instructor)
    marked = mark_rest(side.yesterday, "absent", by=side.instructor)
    side.marked_at = next(iter(marked.values())).mark.observed_at
    # Closed, opened for a reason, closed again.
    close_register(side.held, by=side.instructor)
    reopen_register(side.held, f"Ghi nhầm {side.word}", by=side.leader)
    close_register(side.held, by=side.instructor)
    for session in (side.tonight, side.held, side.ahead, side.cancelled):
        session.refresh_from_db()
    side.screen = open_screen(side.tonight, by=side.instructor)


def _open(side):
    """A program that reads figures, and a night's file."""
    side.program, side.token = create_client(
        f"Kho {side.word}", side.commune, by=side.province_organiser
    )
    name = facts_shelf().save(f"{side.key}.csv", ContentFile(f"name\n{side.ground}\n".encode()))
    side.facts_file = FactsFile.objects.create(
        campaign=side.campaign,
        on=timezone.localdate() - dt.timedelta(days=len(side.key)),
        table=f"t{side.key}",
        format=FactsFile.Format.CSV,
        file=name,
        rows=1,
        size=20,
        sha256="0" * 64,
    )


def _doubts(side):
    """What waits for the leader's decision, and a register that looks odd."""
    for device, by, status in (("a", side.instructor, "present"), ("b", side.leader, "absent")):
        side.dispute = mark_attendance(
            side.tonight, side.kims, status, by=by, device=f"{side.key}-{device}", seq=1
        )
    side.waits = HeldItem.objects.create(
        id=uuid.uuid4(),
        kind="note",
        fields={"session": side.tonight.pk, "text": f"Mất điện, {side.word} nói"},
        device=str(uuid.uuid4()),
        seq=1,
        observed_at=timezone.now(),
        observed_by=side.instructor,
        sent_by=side.instructor,
        session=side.tonight,
        place=side.village,
        reason=HeldItem.Reason.CLOSED,
    )
    side.flag = Flag.objects.create(
        session=side.held, kind=Flag.Kind.TOO_FAST, figures={"marks": 100, "seconds": 4}
    )


def _sheets(side):
    """A register that was printed, and the photograph of it, read and not yet confirmed."""
    side.sheet = print_register(side.tonight, by=side.instructor)
    dot = io.BytesIO()
    Picture.new("L", (60, 80), 200).save(dot, "JPEG")
    side.scan = SheetScan.objects.create(
        session=side.tonight,
        sheet=side.sheet,
        page=1,
        state=SheetScan.State.READ,
        picture=dot.getvalue(),
        rows=[
            {
                "line": 1,
                "resident": side.binh.pk,
                "status": "present",
                "is_certain": True,
                "looks": "one",
                "box": [0, 0, 20, 10],
            }
        ],
        uploaded_by=side.instructor,
    )


def _duty(side):
    """A shift ahead at which the instructor is asked to serve, and one that has been."""
    now = timezone.now()

    def shift(days, **details):
        return ShiftFactory(
            team=side.team,
            campaign=side.campaign,
            place=side.village,
            venue=side.venue,
            starts_at=now + dt.timedelta(days=days, hours=-1),
            **details,
        )

    side.shift, side.past_shift = shift(4), shift(-2, note=f"Đông, {side.word} báo")
    (side.turn,) = offer_turns(side.shift, [side.helper], by=side.leader)
    side.past_turn, served = offer_turns(
        side.past_shift, [side.helper, side.member], by=side.leader, agreed=True
    )
    credit_turn(served, by=side.leader)


def _work(side):
    """Work for the instructor about one person, and work that has been given up."""

    def give(title, **more):
        return create_work(
            side.campaign,
            side.village,
            by=side.leader,
            title=f"{title} {side.word}",
            expected=f"Gặp được, {side.word}",
            due=timezone.localdate() + dt.timedelta(days=3),
            **more,
        )

    side.work = give("Thăm nhà", person=side.instructor, residents=[side.mai])
    side.dropped_work = drop_work(
        give("Gọi điện", member=side.member), f"Đã đi {side.word}", by=side.leader
    )


def _reports(side):
    """A commune's report that is handed in, and two of a team: one begun, one handed in."""
    weeks = periods_of(side.campaign)
    commune, team = Unit(side.commune), Unit(side.village, side.team)

    def begin(unit, week, words):
        report = reporting.begin_report(side.campaign, unit, week, by=side.leader)
        return reporting.write_report(report, by=side.leader, narrative=words, difficulties=words)

    side.report = reporting.submit_report(
        begin(commune, weeks[0], f"Mở lớp ở {side.ground}"), by=side.leader
    )
    side.begun_report = begin(team, weeks[1], f"Tổ {side.word} đi thăm")
    side.sent_report = reporting.submit_report(
        begin(team, weeks[2], f"Tổ {side.word} mở lớp"), by=side.leader
    )
    side.free_week = weeks[3].first_day
    side.cards_job = Job.objects.create(
        kind=SCORECARDS,
        state="done",
        args={"campaign": side.campaign.pk, "place": side.commune.pk, "by": side.observer.pk},
        finished_at=timezone.now(),
    )
    sheet_files().delete(scorecards_name(side.cards_job.pk))
    sheet_files().save(scorecards_name(side.cards_job.pk), ContentFile(PAPER))
    side.villages_job = Job.objects.create(
        kind=VILLAGES,
        state="done",
        args={
            "campaign": side.campaign.pk,
            "place": side.commune.pk,
            "indicator": "reached",
            "day": None,
            "units": "new",
            "by": side.observer.pk,
        },
        finished_at=timezone.now(),
    )
    sheet_files().delete(sheet_name(side.villages_job.pk))
    sheet_files().save(sheet_name(side.villages_job.pk), ContentFile(PAPER))


def _learning(side):
    side.attempt = start_attempt(side.lans, side.lesson)
    side.attempt_of_binh = start_attempt(side.binhs, side.lesson)
    side.done_by_binh = start_attempt(side.binhs, side.second_lesson)
    for question in side.done_by_binh.questions:
        answer_question(side.done_by_binh, question["id"], "a")
    finish_attempt(side.done_by_binh, help="alone")
    observe(side.lans, side.lesson, "helped", by=side.instructor)


def _voice(side):
    """Somebody of each commune has read one part of the same lesson aloud."""
    words = spoken_words(side.lesson, "vi")[list(WORDS).index(side.key)]
    side.clip = keep_recording(
        side.lesson,
        words.block,
        "vi",
        wav(),
        speaker=f"Bùi Thị {side.word}",
        consented=True,
        by=side.instructor,
    )


def _papers(side):
    side.certificate = _certificate(side, side.kims)
    revoked = _certificate(side, side.binhs)
    side.revoked = revoke_certificate(revoked, by=side.organiser, because=f"Nhầm người {side.word}")
    # Long enough ago to be asked again.
    _complete(side.mais, dt.timedelta(days=15))
    # What makes a correction worth printing.
    side.kim.birth_year = 1951
    side.kim.save()


def _complete(enrolment, ago=dt.timedelta()):
    with counting([enrolment.pk]) as rows:
        row, at = rows[enrolment.pk], timezone.now() - ago
        row.completed_at = at
        row.completed_day = row.campaign.day_number(timezone.localtime(at).date())


def _certificate(side, enrolment):
    _complete(enrolment)
    enrolment = Enrolment.objects.get(pk=enrolment.pk)
    paper = PAPER + hashlib.md5(str(enrolment.pk).encode()).digest()
    return record_certificate(enrolment, draft_facts(enrolment), paper, by=side.organiser)


def contents() -> dict:
    """Return every row of every table of ours, to be compared before and after."""
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in _tables()}


@contextmanager
def nothing_changes():
    """Hold that not one row of ours is another one afterwards."""
    before = contents()
    yield
    after = contents()
    assert [table for table in before if before[table] != after[table]] == []


@contextmanager
def something_changes():
    before = contents()
    yield
    assert contents() != before


def _rows(cursor, table):
    cursor.execute(f"SELECT * FROM {table}")
    return cursor.fetchall()


@cache
def _tables():
    return [
        connection.ops.quote_name(model._meta.db_table)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS and not model._meta.proxy
    ]


def found_in(response, *words: str) -> list[str]:
    """Return which of the words stand in the bytes or the headers of an answer."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = content + "\n".join(f"{k}: {v}" for k, v in response.items()).encode()
    text = text.lower()
    return [word for word in words if word.lower().encode() in text]
