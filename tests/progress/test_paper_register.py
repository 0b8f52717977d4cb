"""A register on paper: printed, ticked, photographed, and confirmed line by line."""

import datetime as dt
import io
import itertools

import cv2
import pikepdf
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from campaigns.services import cancel_session
from jobs.models import Job
from jobs.services import drain
from people.roles import Role
from progress.imports.photos import LONGEST_SIDE, MOST_KEPT, take_in
from progress.models import Attendance, Mark, RegisterSheet, SheetScan
from progress.pdf import paper
from progress.services import close_register, enrol, mark_attendance, merge_people
from progress.services import paper_form as form
from progress.services.paper_form import ROWS, SheetCode, on_page, pages_of, read_code
from progress.services.papers import (
    confirm_scan,
    discard_scan,
    forget_scans,
    hand_in,
    print_register,
    record_problem,
    record_reading,
)
from tests.certificates.papers import words_of
from tests.factories import AssignmentFactory, ClassSessionFactory, PlaceFactory, ResidentFactory
from tests.progress.photographs import DOT, on_table, page_picture

pytestmark = pytest.mark.django_db


def jpeg(width=900, height=1200, grey=200, **more):
    picture = io.BytesIO()
    Image.new("L", (width, height), grey).save(picture, "JPEG", **more)
    return picture.getvalue()


def lines(*statuses, unsure=(), used=()):
    """What a reader says of a page: these statuses from the top, empty lines below."""
    said = [*statuses, *[""] * (ROWS - len(statuses))]
    return [
        {
            "status": status,
            "is_certain": bool(status) and number not in unsure,
            "looks": "one" if status else "none",
            "is_used": bool(status) or number in used,
            "box": (0, 0, 20, 10),
            "whole": (0, 0, 40, 10),
        }
        for number, status in enumerate(said, start=1)
    ]


@pytest.fixture
def sheet(session, enrolment, hoa, instructor):
    """Hoa stands on the first line, Lan on the second."""
    return print_register(session, by=instructor)


@pytest.fixture
def read(session, sheet, instructor):
    """Return a function that has a photograph of the sheet read."""

    def read(*statuses, **how):
        scan = hand_in(session, jpeg(), by=instructor)
        return record_reading(scan, SheetCode(sheet.code, 1), jpeg(), lines(*statuses, **how))

    return read


# Printed


def test_the_sheet_remembers_who_stands_on_which_line(sheet, enrolment, hoa):
    assert sheet.rows == [hoa.resident_id, enrolment.resident_id]


def test_printed_again_it_is_the_same_sheet(session, sheet, instructor):
    assert print_register(session, by=instructor) == sheet


def test_somebody_more_makes_another_sheet(session, sheet, campaign, instructor, village):
    enrol(
        ResidentFactory(village=village), campaign, by=instructor, class_group=session.class_group
    )

    assert print_register(session, by=instructor) != sheet


def test_a_cancelled_evening_is_not_printed(session, instructor):
    cancel_session(session, by=instructor, because="Bão")
    session.refresh_from_db()

    with pytest.raises(ValidationError) as refusal:
        print_register(session, by=instructor)
    assert refusal.value.code == "cancelled"


def test_some_empty_lines_are_always_left():
    assert [pages_of(range(n)) for n in (0, 19, 20, 41, 42)] == [1, 1, 2, 2, 3]
    assert on_page([7, 8], 1)[:3] == [7, 8, None]
    assert len(on_page([7, 8], 1)) == ROWS


def test_a_code_is_read_back_and_others_are_none_of_ours():
    code = SheetCode(4294967295, 12)

    assert read_code(str(code)) == code
    for other in ("", "https://tramngay.example/", "2" + str(code)[1:], str(code) + "0", "１" * 13):
        assert read_code(other) is None


def test_the_paper_names_everybody_and_its_code_names_nobody(sheet):
    pdf = paper("Tờ điểm danh", [sheet])

    assert "Trần Thị Lan" in words_of(pdf)
    assert str(SheetCode(sheet.code, 1)).isdecimal()


# Photographed


def test_a_photograph_is_kept_small_and_grey_and_without_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "Hang may anh"
    kept = take_in(jpeg(4000, 3000, exif=exif))

    picture = Image.open(io.BytesIO(kept))
    assert max(picture.size) == LONGEST_SIDE
    assert picture.mode == "L"
    assert not picture.getexif()
    assert len(kept) <= MOST_KEPT


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_photo"),
        (b"%PDF-1.4", "no_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_photo"),
        (jpeg()[:300], "no_photo"),
        (jpeg(300, 400), "small"),
        (b"\xff" * (12 * 1024 * 1024), "too_large"),
    ],
)
def test_what_is_no_photograph_is_refused(content, code):
    with pytest.raises(ValidationError) as refusal:
        take_in(content)
    assert refusal.value.code == code


@pytest.mark.parametrize(("kind", "how"), [("PNG", {}), ("JPEG", {"progressive": True})])
def test_a_small_file_that_unfolds_to_a_giant_picture_is_refused(kind, how):
    file = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", (5000, 5000)).save(file, kind, **how)

    with pytest.raises(ValidationError) as refusal:
        take_in(file.getvalue())
    assert refusal.value.code == "too_large"


def test_a_printed_and_ticked_sheet_is_read_by_a_worker(session, sheet, instructor):
    page = page_picture(paper("", [sheet]))
    draw_tick(page, row=0, column=3)
    draw_tick(page, row=1, column=0)

    scan = hand_in(session, take_in(on_table(page)), by=instructor)
    drain()

    scan.refresh_from_db()
    assert (scan.state, scan.sheet, scan.page) == ("read", sheet, 1)
    assert [(row["status"], row["is_certain"]) for row in scan.rows] == [
        ("absent", True),
        ("present", True),
    ]
    assert Image.open(io.BytesIO(scan.picture)).size == (1260, 1782)
    assert not Mark.objects.exists()


def draw_tick(page, row, column):
    left, top = form.box(row, column)
    corner = [(left + 1.2, top + 3.6), (left + 3, top + 6), (left + 6.2, top + 1)]
    for one, two in itertools.pairwise(corner):
        ends = [tuple(round(place * DOT) for place in point) for point in (one, two)]
        cv2.line(page, *ends, 30, 4)


def test_what_cannot_be_read_is_forgotten_with_the_reason(session, instructor):
    scan = hand_in(session, jpeg(), by=instructor)
    drain()

    scan.refresh_from_db()
    assert (scan.state, scan.problem, scan.picture) == ("unreadable", "corners", None)


def test_the_sheet_of_another_evening_is_not_taken_for_this_one(session, sheet, instructor):
    other = ClassSessionFactory(class_group=session.class_group, starts_at=timezone.now())
    scan = hand_in(other, jpeg(), by=instructor)

    record_reading(scan, SheetCode(sheet.code, 1), jpeg(), lines("present", "present"))

    assert (scan.state, scan.problem) == ("unreadable", "session")


@pytest.mark.parametrize("page", [0, 2, 99])
def test_a_page_that_was_never_printed_is_unknown(session, sheet, instructor, page):
    scan = hand_in(session, jpeg(), by=instructor)

    record_reading(scan, SheetCode(sheet.code, page), jpeg(), lines())

    assert scan.problem == "unknown"


def test_too_many_photographs_wait_for_a_person_first(session, instructor, monkeypatch):
    monkeypatch.setattr("progress.services.papers.MOST_WAITING", 1)
    hand_in(session, jpeg(), by=instructor)

    with pytest.raises(ValidationError) as refusal:
        hand_in(session, jpeg(), by=instructor)
    assert refusal.value.code == "too_many"


def test_no_name_and_no_picture_stands_in_the_job(session, instructor):
    scan = hand_in(session, jpeg(), by=instructor)

    assert Job.objects.get(kind="progress.read_sheet").args == {"scan": str(scan.uuid)}


# Confirmed


def test_nothing_is_marked_before_a_person_says_yes(read):
    read("present", "late")

    assert not Mark.objects.exists()


def test_what_was_confirmed_is_marked_as_from_paper_in_the_evening(
    session, read, enrolment, hoa, instructor
):
    scan = read("present", "late")
    with time_machine.travel(session.ends_at + dt.timedelta(days=2)):
        SheetScan.objects.update(uploaded_at=timezone.now())
        scan.refresh_from_db()
        assert confirm_scan(scan, {1: "present", 2: "late"}, by=instructor) == 2

    marks = {mark.enrolment_id: mark for mark in Mark.objects.all()}
    assert marks[hoa.pk].status == "present"
    assert marks[enrolment.pk].status == "late"
    assert {mark.how for mark in marks.values()} == {Mark.How.PAPER}
    assert {mark.observed_at for mark in marks.values()} == {session.ends_at}


def test_every_line_needs_a_choice(read, instructor):
    scan = read("present", "")

    with pytest.raises(ValidationError) as refusal:
        confirm_scan(scan, {1: "present"}, by=instructor)

    assert refusal.value.code == "undecided"
    assert not Mark.objects.exists()


def test_somebody_may_be_left_as_is(read, enrolment, instructor):
    scan = read("present", "")

    assert confirm_scan(scan, {1: "present", 2: ""}, by=instructor) == 1
    assert not Attendance.objects.filter(enrolment=enrolment).exists()


def test_confirmed_twice_is_confirmed_once(read, instructor):
    scan = read("present", "late")

    assert confirm_scan(scan, {1: "present", 2: "late"}, by=instructor) == 2
    assert confirm_scan(scan, {1: "absent", 2: "absent"}, by=instructor) == 0
    assert Mark.objects.count() == 2


def test_the_picture_is_gone_once_it_is_confirmed(read, instructor):
    scan = read("present", "late")
    confirm_scan(scan, {1: "present", 2: "late"}, by=instructor)

    scan.refresh_from_db()
    assert (scan.state, scan.picture, scan.confirmed_by) == ("confirmed", None, instructor)


def test_a_class_that_changed_since_does_not_shift_the_lines(
    session, campaign, read, enrolment, hoa, instructor, village
):
    newcomer = enrol(
        ResidentFactory(full_name="Bùi Thị An", village=village),
        campaign,
        by=instructor,
        class_group=session.class_group,
    )
    scan = read("absent", "present")

    confirm_scan(scan, {1: "absent", 2: "present"}, by=instructor)

    statuses = dict(Attendance.objects.values_list("enrolment_id", "status"))
    assert statuses == {hoa.pk: "absent", enrolment.pk: "present"}
    assert newcomer.pk not in statuses


def test_who_was_merged_meanwhile_is_followed(session, campaign, read, lan, hoa, leader, village):
    kept = ResidentFactory(full_name="Trần Thị Lan", village=village)
    scan = read("present", "late")
    merge_people(kept, lan, by=leader)

    confirm_scan(scan, {1: "present", 2: "late"}, by=leader)

    assert Attendance.objects.get(enrolment__resident=kept).status == "late"


def test_who_has_left_is_not_asked_about(read, enrolment, instructor):
    scan = read("present", "present")
    enrolment.withdrawn_at = timezone.now()
    enrolment.save()

    assert confirm_scan(scan, {1: "present"}, by=instructor) == 1


def test_what_the_register_says_already_is_not_said_again(session, read, hoa, instructor):
    mark_attendance(session, hoa, "present", by=instructor)
    scan = read("present", "late")

    assert confirm_scan(scan, {1: "present", 2: "late"}, by=instructor) == 1


def test_a_paper_that_contradicts_the_register_decides_nothing_by_itself(
    client, session, read, hoa, instructor
):
    mark_attendance(session, hoa, "absent", by=instructor)
    scan = read("present", "late")
    client.force_login(instructor)

    page = client.get(reverse("progress:paper_scan", args=[scan.uuid])).content.decode()

    assert "Sổ đang ghi khác" in page
    assert 'name="line-1" value="present" checked' not in page
    assert 'name="line-2" value="late" checked' in page


def test_a_person_who_saw_the_other_mark_decides_it(session, read, hoa, leader, instructor):
    mark = mark_attendance(session, hoa, "absent", by=instructor, device="a", seq=1)
    scan = read("present", "late")

    confirm_scan(scan, {1: "present", 2: ""}, bases={1: mark.mark_id}, by=leader)

    attendance = Attendance.objects.get(enrolment=hoa)
    assert (attendance.status, attendance.is_disputed) == ("present", False)


@pytest.mark.parametrize("code", ["closed", "cancelled", "early"])
def test_an_evening_that_takes_no_marks_takes_no_paper(session, read, instructor, code):
    scan = read("present", "late")
    if code == "closed":
        close_register(session, by=instructor, rest_is_absent=True)
    elif code == "cancelled":
        cancel_session(session, by=instructor, because="Bão")
    else:
        type(session).objects.update(starts_at=timezone.now() + dt.timedelta(days=1))
    session.refresh_from_db()

    for act in (
        lambda: hand_in(session, jpeg(), by=instructor),
        lambda: confirm_scan(scan, {1: "present", 2: "late"}, by=instructor),
    ):
        with pytest.raises(ValidationError) as refusal:
            act()
        assert refusal.value.code == code


def test_a_photograph_is_forgotten_after_a_week(read, instructor):
    scan = read("present", "late")
    SheetScan.objects.update(uploaded_at=timezone.now() - dt.timedelta(days=8))

    assert forget_scans() == 1
    scan.refresh_from_db()
    assert (scan.state, scan.picture, scan.rows) == ("discarded", None, [])
    with pytest.raises(ValidationError) as refusal:
        confirm_scan(scan, {1: "present", 2: "late"}, by=instructor)
    assert refusal.value.code == "gone"


def test_what_was_thrown_away_is_not_read_any_more(session, sheet, instructor):
    scan = hand_in(session, jpeg(), by=instructor)
    discard_scan(scan)

    record_problem(scan, "corners")

    assert scan.state == "discarded"


# On the screen


def test_a_photograph_is_handed_in_read_and_confirmed_without_a_script(
    client, session, sheet, enrolment, hoa, instructor
):
    client.force_login(instructor)
    page = page_picture(paper("", [sheet]))
    draw_tick(page, row=0, column=0)
    photo = SimpleUploadedFile("to.jpg", on_table(page), "image/jpeg")

    answer = client.post(reverse("progress:paper", args=[session.pk]), {"photo": photo})
    scan = SheetScan.objects.get()
    assert answer.url == reverse("progress:paper_scan", args=[scan.uuid])
    assert "Máy đang đọc ảnh" in client.get(answer.url).content.decode()

    drain()
    shown = client.get(answer.url).content.decode()
    assert 'name="line-1" value="present" checked' in shown
    assert "Có 1 dòng chưa rõ" in shown
    picture = client.get(reverse("progress:paper_line", args=[scan.uuid, 1]))
    assert picture["Content-Type"] == "image/jpeg"
    assert "no-store" in picture["Cache-Control"]

    refused = client.post(answer.url, {"line-1": "present"})
    assert refused.status_code == 422
    assert "Còn dòng chưa chọn" in refused.content.decode()
    done = client.post(answer.url, {"line-1": "present", "line-2": "excused"})
    assert done.url == reverse("progress:register", args=[session.pk])
    assert dict(Attendance.objects.values_list("enrolment_id", "status")) == {
        hoa.pk: "present",
        enrolment.pk: "excused",
    }


def test_a_handwritten_line_is_shown_and_leads_to_the_newcomers(client, read, instructor):
    scan = read("present", "late", used={3})
    client.force_login(instructor)

    page = client.get(reverse("progress:paper_scan", args=[scan.uuid])).content.decode()

    assert "1 dòng viết tay" in page
    assert reverse("progress:walk_in", args=[scan.session_id]) in page


def test_a_file_that_is_no_photograph_is_refused_in_words(client, session, instructor):
    client.force_login(instructor)
    file = SimpleUploadedFile("virus.exe", b"MZ")

    answer = client.post(reverse("progress:paper", args=[session.pk]), {"photo": file})

    assert answer.status_code == 422
    assert "không phải ảnh" in answer.content.decode()


def test_printing_leads_to_a_file_that_can_be_printed_again(client, session, hoa, instructor):
    client.force_login(instructor)

    answer = client.post(reverse("progress:paper_print", args=[session.pk]))
    first, second = client.get(answer.url), client.get(answer.url)

    assert first["Content-Type"] == "application/pdf"
    assert first.content == second.content
    assert RegisterSheet.objects.count() == 1


def test_the_quiz_has_a_key_on_a_page_of_its_own(client, session, lesson, campaign, instructor):
    client.force_login(instructor)

    answer = client.get(reverse("progress:paper_quiz", args=[session.pk, lesson.pk]))

    assert answer["Content-Type"] == "application/pdf"
    assert len(pikepdf.open(io.BytesIO(answer.content)).pages) >= 2


def test_a_weekend_is_one_file(client, session, lesson, enrolment, leader):
    saturday = timezone.localdate() + dt.timedelta(days=(5 - timezone.localdate().weekday()) % 7)
    for day, hour in ((saturday, 19), (saturday + dt.timedelta(days=1), 19)):
        at = timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))
        ClassSessionFactory(class_group=session.class_group, starts_at=at, lesson=lesson)
    client.force_login(leader)
    team = session.class_group.team

    answer = client.post(
        reverse("progress:paper_weekend", args=[team.pk]), {"saturday": saturday.isoformat()}
    )
    file = client.get(answer.url)

    assert file["Content-Type"] == "application/pdf"
    # Register, quiz and key of each evening.
    assert len(pikepdf.open(io.BytesIO(file.content)).pages) >= 6


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.PROVINCE_ORGANISER])
def test_a_stranger_finds_neither_sheet_nor_photograph(client, read, sheet, role):
    scan = read("present", "late")
    client.force_login(AssignmentFactory(place=PlaceFactory(kind="province"), role=role).user)

    for url in (
        reverse("progress:paper", args=[scan.session_id]),
        reverse("progress:paper_register", args=[sheet.code]),
        reverse("progress:paper_scan", args=[scan.uuid]),
        reverse("progress:paper_line", args=[scan.uuid, 1]),
    ):
        assert client.get(url).status_code == 404


def test_a_full_page_is_shown_with_as_many_queries_as_a_short_one(
    client, session, campaign, sheet, instructor, village, django_assert_max_num_queries
):
    for number in range(20):
        person = ResidentFactory(full_name=f"Lê Thị {number}", village=village)
        enrol(person, campaign, by=instructor, class_group=session.class_group)
    full = print_register(session, by=instructor)
    scan = hand_in(session, jpeg(), by=instructor)
    record_reading(scan, SheetCode(full.code, 1), jpeg(), lines(*["present"] * ROWS))
    client.force_login(instructor)

    with django_assert_max_num_queries(22):
        client.get(reverse("progress:paper_scan", args=[scan.uuid]))
