"""What phones kept without network arrives once, whatever the order, and only for its owner."""

import json
import random
import time
import uuid

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import LessonPage
from people.services import issue_card
from progress.models import Attempt, LessonView, PracticeRun
from progress.services import answer_question, finish_attempt, start_attempt
from progress.services.sync import Person, take_in
from progress.services.sync.learning import MAX_DEVICES
from tests.factories import LessonFactory

pytestmark = pytest.mark.django_db

NOW = 1_790_000_000_000
MINUTE = 60_000
QUESTIONS = ("question-1", "question-2", "question-3")
PRACTICE = uuid.UUID("7b0c3c52-6f0a-4f7e-8f6f-3d8cf1b0a001")


@pytest.fixture(autouse=True)
def no_tries():
    """Nobody has tried too often in another test."""
    cache.clear()


@pytest.fixture
def lan_herself(enrolment):
    return Person(resident=enrolment.resident)


def item(kind, who, *, device=1, seq=1, at=None, off=0, **fields):
    return {
        "id": str(uuid.uuid4()),
        "kind": kind,
        "who": f"learner:{who.uuid}" if hasattr(who, "uuid") else who,
        "device": str(uuid.UUID(int=device)),
        "seq": seq,
        "at": at or round(time.time() * 1000) - MINUTE,
        "off": off,
        **fields,
    }


def attempt_item(who, lesson, given, *, number=1, finished=None, **more):
    version = sum(map(len, given.values()))
    fields = {
        "attempt": str(uuid.UUID(int=number)),
        "lesson": lesson.pk,
        "revision": 0,
        "asked": list(QUESTIONS),
        "version": version,
        "answers": given,
        "started": NOW - 10 * MINUTE,
        "finished": finished,
        "help": "alone",
    }
    return item("attempt", who, **{**fields, **more})


def post(phone, *items, **extra):
    body = json.dumps({"items": items})
    return phone.post(reverse("progress:sync"), body, content_type="application/json", **extra)


def verdicts(answer):
    assert answer.status_code == 200, answer.content
    return [(result["r"], result.get("code", "")) for result in answer.json()["results"]]


# The rule


def test_a_lesson_done_without_network_arrives_whole(learner, lan, lesson, enrolment):
    now = round(time.time() * 1000)
    given = {question: ["a"] for question in QUESTIONS}
    answer = post(
        learner,
        item("view", lan, lesson=lesson.pk, step=2, opened=now - 9 * MINUTE, finished=now - MINUTE),
        attempt_item(
            lan, lesson, given, started=now - MINUTE, finished=now - MINUTE, help="helped"
        ),
    )

    assert verdicts(answer) == [("ok", ""), ("ok", "")]
    view, attempt = LessonView.objects.get(), Attempt.objects.get()
    assert (view.step, bool(view.finished_at)) == (2, True)
    assert (attempt.score, attempt.has_passed, attempt.help) == (3, True, "helped")
    assert [question["id"] for question in attempt.questions] == list(QUESTIONS)
    enrolment.refresh_from_db()
    assert enrolment.lessons_passed == 1


def test_sending_again_changes_nothing(learner, lan, lesson):
    items = [
        item("view", lan, lesson=lesson.pk, step=1),
        attempt_item(lan, lesson, {"question-1": ["b", "a"]}),
    ]
    post(learner, *items)
    before = list(Attempt.objects.values()), list(LessonView.objects.values())

    assert verdicts(post(learner, *items)) == [("dup", ""), ("dup", "")]
    assert (list(Attempt.objects.values()), list(LessonView.objects.values())) == before


def test_an_older_state_takes_nothing_back(learner, lan, lesson):
    newer = {"question-1": ["b", "a"], "question-2": ["a"]}
    for state in (newer, {"question-1": ["b"]}):
        post(learner, attempt_item(lan, lesson, state))

    assert Attempt.objects.get().answers == newer


def test_two_phones_at_one_attempt_lose_no_answer(learner, lan, lesson):
    post(learner, attempt_item(lan, lesson, {"question-1": ["b"]}, device=1))
    post(learner, attempt_item(lan, lesson, {"question-1": ["a"], "question-2": ["c"]}, device=2))

    assert Attempt.objects.get().answers == {"question-1": ["a", "b"], "question-2": ["c"]}


def test_what_was_begun_on_the_servers_pages_goes_on_without_network(
    learner, lan, lesson, enrolment
):
    attempt = start_attempt(enrolment, lesson)
    answer_question(attempt, "question-1", "b")
    given = {"question-1": ["b", "a"], "question-2": ["a"], "question-3": ["a"]}
    answer = post(
        learner,
        attempt_item(
            lan, lesson, given, attempt=str(attempt.uuid), finished=round(time.time() * 1000)
        ),
    )

    assert verdicts(answer) == [("ok", "")]
    attempt.refresh_from_db()
    assert (attempt.answers, attempt.score, attempt.has_passed) == (given, 2, True)


def test_finished_stays_finished(learner, lan, lesson, enrolment):
    attempt = start_attempt(enrolment, lesson)
    for question in QUESTIONS:
        answer_question(attempt, question, "a")
    finished = finish_attempt(attempt)
    late = attempt_item(
        lan, lesson, {"question-1": ["b"]}, attempt=str(attempt.uuid), device=2, help="helped"
    )
    post(learner, late)

    attempt.refresh_from_db()
    assert (attempt.finished_at, attempt.score) == (finished.finished_at, 3)
    assert attempt.answers["question-1"] == ["a", "b"]


def test_the_questions_are_those_that_the_phone_had(learner, lan, lesson):
    revision = lesson.save_revision()
    revision.publish()
    lesson.refresh_from_db()
    lesson.questions = lesson.questions[:0]
    lesson.save_revision().publish()
    given = {question: ["a"] for question in QUESTIONS}
    now = round(time.time() * 1000)
    answer = post(learner, attempt_item(lan, lesson, given, revision=revision.pk, finished=now))

    assert verdicts(answer) == [("ok", "")]
    assert Attempt.objects.get().score == 3


def test_questions_that_were_never_published_are_refused(learner, lan, lesson, course):
    draft = lesson.save_revision()
    of_another = course.lessons().last().save_revision()
    of_another.publish()
    items = [
        attempt_item(lan, lesson, {"question-1": ["a"]}, revision=pk, number=number)
        for number, pk in enumerate((draft.pk, of_another.pk, 10**9), start=1)
    ]
    items.append(attempt_item(lan, lesson, {}, number=9, version=1, asked=["question-1"]))

    assert verdicts(post(learner, *items)) == [("no", "unknown_questions")] * 4
    assert not Attempt.objects.exists()


def test_a_phone_whose_clock_is_wrong_is_set_right_by_what_it_learnt(learner, lan, lesson):
    now = round(time.time() * 1000)
    ahead = 3 * 60 * MINUTE
    post(
        learner,
        item(
            "view", lan, lesson=lesson.pk, step=1, at=now + ahead, off=-ahead,
            opened=now + ahead - MINUTE, finished=now + ahead,
        ),
    )  # fmt: skip

    view = LessonView.objects.get()
    assert abs(view.opened_at.timestamp() * 1000 - (now - MINUTE)) < 5
    assert abs(view.finished_at.timestamp() * 1000 - now) < 5


def test_nothing_happened_in_the_future_or_last_year(learner, lan, lesson):
    year = 365 * 24 * 60 * MINUTE
    now = round(time.time() * 1000)
    fields = {"lesson": lesson.pk, "step": 1, "opened": now - year, "finished": now + year}
    post(learner, item("view", lan, at=now + year, **fields))

    view = LessonView.objects.get()
    assert (view.finished_at - view.opened_at).days == 45


devices = st.integers(1, 2)
answer_lists = st.lists(st.sampled_from(["a", "b", "c", "unsure"]), min_size=1, max_size=3)
histories = st.lists(
    st.tuples(
        devices,
        st.sampled_from(["view", "attempt", "attempt", "practice"]),
        st.integers(1, 4),
        st.sampled_from(QUESTIONS),
        answer_lists,
        st.booleans(),
    ),
    max_size=10,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories, seed=st.integers(0, 2**32))
def test_any_order_of_any_batches_of_two_phones_ends_the_same(
    lan_herself, lan, lesson, rehearsed, history, seed
):
    with time_machine.travel(NOW / 1000, tick=False):
        items = _kept_by_two_phones(history, lan, lesson, rehearsed)
        dice = random.Random(seed)
        straight = _ends(lan_herself, [items])
        doubled = items + dice.choices(items, k=len(items)) if items else []
        dice.shuffle(doubled)
        batches = []
        while doubled:
            size = dice.randint(1, 5)
            batches.append(doubled[:size])
            doubled = doubled[size:]
        assert _ends(lan_herself, batches) == straight


def _kept_by_two_phones(history, lan, lesson, rehearsed):
    """Each phone's newer state of an attempt contains its older one."""
    given = {1: {}, 2: {}}
    items = []
    for seq, (device, kind, number, question, answers, is_finished) in enumerate(history, 1):
        at = NOW - (20 - seq) * MINUTE
        where = {"device": device, "seq": seq, "at": at}
        if kind == "view":
            end = at if is_finished else None
            items.append(
                item("view", lan, lesson=lesson.pk, step=number, opened=at, finished=end, **where)
            )
        elif kind == "practice":
            items.append(practice_item(lan, rehearsed, number=number, **where))
        else:
            mine = given[device] = {
                **given[device],
                question: [*given[device].get(question, []), *answers],
            }
            end = at if is_finished else None
            items.append(attempt_item(lan, lesson, mine, finished=end, started=NOW - seq, **where))
    return items


def practice_item(who, lesson, *, number=1, **more):
    fields = {
        "run": str(uuid.UUID(int=number)),
        "lesson": lesson.pk,
        "block": str(PRACTICE),
        "steps": [
            {"screen": "dau", "wrong": 1, "hints": 0, "seconds": 4},
            {"screen": "xong", "wrong": 0, "hints": 0, "seconds": 1},
        ],
        "seconds": 5,
        "help": "alone",
    }
    return item("practice", who, **{**fields, **more})


@pytest.fixture
def rehearsed(course):
    """A lesson with a practice of two screens."""
    lesson = LessonFactory(course=course, title="Tập gọi")
    zone = {
        "label": "Gọi", "left": "10", "top": "10", "width": "40", "height": "40", "to": "xong",
        "says": "",
    }  # fmt: skip
    screens = [
        {"name": "dau", "outcome": "", "picture": {}, "words": "Bấm.", "hint": "", "zones": [zone]},
        {
            "name": "xong",
            "outcome": "done",
            "picture": {},
            "words": "Xong!",
            "hint": "",
            "zones": [],
        },
    ]
    value = {"heading": "Gọi cho con", "screens": screens}
    lesson.body = json.dumps([{"type": "practice", "id": str(PRACTICE), "value": value}])
    lesson.save()
    return lesson


def _ends(person, batches):
    """Return what is in the database after these batches, and undo it."""
    with transaction.atomic():
        for batch in batches:
            for result in take_in(person, batch):
                assert result["r"] in ("ok", "dup"), result
        ends = (
            sorted(Attempt.objects.values_list(
                "uuid", "answers", "by_device", "version", "score", "has_passed", "help",
                "started_at", "finished_at",
            ), key=str),
            sorted(LessonView.objects.values_list("lesson", "step", "opened_at", "finished_at")),
            sorted(PracticeRun.objects.values_list("uuid", "wrong", "seconds"), key=str),
        )  # fmt: skip
        person.enrolment.refresh_from_db()
        ends += ((person.enrolment.lessons_passed,),)
        transaction.set_rollback(True)
    return ends


def test_a_rehearsal_arrives_once(learner, lan, rehearsed):
    sent = practice_item(lan, rehearsed)
    for _ in range(2):
        assert verdicts(post(learner, sent))[0][0] in ("ok", "dup")

    run = PracticeRun.objects.get()
    assert (run.wrong, run.seconds) == (1, 5)


# Who may


def test_signed_out_is_said_in_json_and_never_by_leading_away(client, lan, lesson):
    answer = post(client, item("view", lan, lesson=lesson.pk, step=1))

    assert answer.status_code == 401
    assert answer.json()["app"] == "tramngay"
    assert not LessonView.objects.exists()


@pytest.mark.parametrize(("name", "how"), [("sync", "post"), ("whoami", "get"), ("mine", "get")])
def test_an_organiser_who_owes_the_second_step_is_told_so_in_json(
    client, organiser, settings, name, how
):
    settings.SECOND_FACTOR_ROLES = ["commune_organiser"]
    organiser.set_password("mat-khau-dai-9")
    organiser.save()
    client.force_login(organiser)

    answer = getattr(client, how)(
        reverse(f"progress:{name}"), headers={"accept": "application/json"}
    )

    assert answer.status_code == 401
    said = answer.json()
    assert (said["app"], said["error"]) == ("tramngay", "second_factor")
    assert "person" not in said


def test_an_account_without_a_password_that_never_signed_in_is_signed_out_in_json(
    client, organiser, settings
):
    settings.SECOND_FACTOR_ROLES = ["commune_organiser"]
    organiser.set_unusable_password()
    organiser.save()
    client.force_login(organiser)

    answer = client.get(reverse("progress:whoami"), headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")
    assert client.get(reverse("progress:whoami")).json()["person"] is None


@pytest.mark.parametrize("accept", [None, "*/*", "text/html,application/xml;q=0.9,*/*;q=0.8"])
def test_whoever_asks_for_a_page_is_still_led_to_the_second_step(
    client, organiser, settings, accept
):
    settings.SECOND_FACTOR_ROLES = ["commune_organiser"]
    organiser.set_password("mat-khau-dai-9")
    organiser.save()
    client.force_login(organiser)

    headers = {"accept": accept} if accept else {}
    answer = client.get(reverse("people:residents"), headers=headers)

    assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))


def test_who_is_there_is_told_with_the_time_and_a_token(learner, lan, instructor, client):
    known = learner.get(reverse("progress:whoami")).json()
    assert known["person"] == {"kind": "learner", "id": str(lan.uuid), "also": []}
    assert abs(known["now"] - time.time() * 1000) < 5000
    assert known["csrf"]

    staff = Client()
    staff.force_login(instructor)
    assert staff.get(reverse("progress:whoami")).json()["person"]["kind"] == "staff"
    assert Client().get(reverse("progress:whoami")).json()["person"] is None


def test_asking_who_one_is_never_spoils_the_card_that_is_being_opened(lan, instructor):
    phone = Client(enforce_csrf_checks=True)
    _card, secret = issue_card(lan, by=instructor)
    csrf = phone.get(reverse("people:card_open")).context["csrf_token"]
    # The worker asked before that page's cookie was there, and is answered after it.
    asked = Client().get(reverse("progress:whoami"))
    phone.cookies.update(asked.cookies)

    answer = phone.post(reverse("people:card_open"), {"token": secret, "csrfmiddlewaretoken": csrf})

    assert answer.status_code == 302
    assert (asked.json()["csrf"], dict(asked.cookies)) == ("", {})


def test_without_the_token_nothing_is_taken(lan, lesson, enrolment, instructor):
    phone = Client(enforce_csrf_checks=True)
    _card, secret = issue_card(lan, by=instructor)
    csrf = phone.get(reverse("people:card_open")).context["csrf_token"]
    phone.post(reverse("people:card_open"), {"token": secret, "csrfmiddlewaretoken": csrf})
    sent = item("view", lan, lesson=lesson.pk, step=1)

    assert post(phone, sent).status_code == 403
    csrf = phone.get(reverse("progress:whoami")).json()["csrf"]
    assert verdicts(post(phone, sent, headers={"x-csrftoken": csrf})) == [("ok", "")]


def test_a_phone_is_told_which_lessons_are_its_owners_and_how_far(
    learner, lan, lesson, course, enrolment, django_assert_max_num_queries
):
    attempt = start_attempt(enrolment, lesson)
    answer_question(attempt, "question-1", "b")
    with django_assert_max_num_queries(20):
        known = learner.get(reverse("progress:mine")).json()

    assert (known["who"], known["place"]) == (str(lan.uuid), lan.village_id)
    assert [row["id"] for row in known["lessons"]] == [page.pk for page in course.lessons()]
    assert known["lessons"][0]["attempt"]["answers"] == {"question-1": ["b"]}
    assert known["lessons"][0]["languages"]["vi"][0] == lesson.title
    assert lan.full_name not in json.dumps(known, ensure_ascii=False)


def test_staff_and_strangers_are_told_of_no_lessons(client, instructor):
    assert client.get(reverse("progress:mine")).status_code == 401
    client.force_login(instructor)
    assert client.get(reverse("progress:mine")).status_code == 401


def test_a_classs_screen_keeps_nothing_of_whoever_learns_at_it(
    client, lan, enrolment, session, instructor
):
    client.force_login(instructor)
    client.post(reverse("progress:screen", args=[session.pk]))
    client.post(reverse("progress:tap_name"), {"resident": lan.uuid})

    page = client.get(reverse("progress:learn"))

    assert page.status_code == 200
    assert "data-shared" in page.text
    assert "data-learner" not in page.text
    assert client.get(reverse("progress:mine")).status_code == 401


def test_a_lesson_that_nobody_has_seen_yet_was_read_by_nobody(learner, lan, course):
    draft = LessonFactory(course, title="Còn đang viết")
    LessonPage.objects.filter(pk=draft.pk).update(live=False, first_published_at=None)
    sent = item("view", lan, lesson=draft.pk, step=1)

    assert verdicts(post(learner, sent)) == [("no", "unknown_lesson")]
    assert not LessonView.objects.exists()


def test_somebody_elses_items_wait_for_their_owner(learner, lan, hoa, lesson):
    answer = post(learner, item("view", hoa.resident, lesson=lesson.pk, step=1))

    assert verdicts(answer) == [("later", "other_person")]
    assert not LessonView.objects.exists()


def test_somebody_elses_attempt_cannot_be_written_to(learner, lan, hoa, lesson):
    theirs = start_attempt(hoa, lesson)
    sent = attempt_item(lan, lesson, {"question-1": ["a"]}, attempt=str(theirs.uuid))

    assert verdicts(post(learner, sent)) == [("no", "id_reused")]
    theirs.refresh_from_db()
    assert theirs.answers == {}


def test_what_a_volunteer_wrote_down_is_not_written_to(learner, lan, lesson, instructor):
    sent = attempt_item(lan, lesson, {"question-1": ["b"]})
    post(learner, sent)
    Attempt.objects.update(recorded_by=instructor)

    later = attempt_item(lan, lesson, {"question-1": ["b"], "question-2": ["c"]})

    assert verdicts(post(learner, later)) == [("no", "id_reused")]


def test_nobody_answers_on_ever_so_many_phones(learner, lan, lesson):
    sent = [
        attempt_item(lan, lesson, {"question-1": ["b"]}, device=number)
        for number in range(1, MAX_DEVICES + 2)
    ]

    answers = post(learner, *sent).json()["results"]

    assert [answer["r"] for answer in answers] == ["ok"] * MAX_DEVICES + ["no"]
    assert answers[-1]["code"] == "too_many_devices"
    assert len(Attempt.objects.get().by_device) == MAX_DEVICES
    # The first ones go on all the same.
    assert verdicts(post(learner, sent[0])) == [("dup", "")]


def test_who_was_merged_still_brings_what_was_done_under_the_old_record(learner, lan, hoa, lesson):
    hoa.resident.merged_into = lan
    hoa.resident.save()
    sent = item("view", hoa.resident, lesson=lesson.pk, step=2)

    assert verdicts(post(learner, sent)) == [("ok", "")]
    assert learner.get(reverse("progress:whoami")).json()["person"]["also"] == [
        str(hoa.resident.uuid)
    ]


def test_staff_cannot_bring_a_learners_items(client, instructor, lan, lesson):
    client.force_login(instructor)
    sent = item("view", f"staff:{instructor.pk}", lesson=lesson.pk, step=1)

    assert verdicts(post(client, sent)) == [("no", "bad_kind")]


def test_a_phone_that_never_stops_is_asked_to_wait(learner, lan, lesson, one_minute):
    sent = item("view", lan, lesson=lesson.pk, step=1)
    answers = {post(learner, sent).status_code for _ in range(121)}

    assert answers == {200, 429}


# Bad input


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"[]", b"{}", b'{"items": 3}', b'{"items": {"id": 1}}', b"\xff\xfe",
        b'{"items": [NaN]}', b"[" * 100_000, b'{"items": [' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused(learner, body):
    answer = learner.post(reverse("progress:sync"), body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"] == "not_a_batch"


def test_too_much_at_once_is_refused_whole(learner, lan, lesson):
    sent = item("view", lan, lesson=lesson.pk, step=1)

    assert post(learner, *[sent] * 101).status_code == 413
    assert post(learner, {**sent, "more": "x" * 600_000}).status_code == 413
    assert not LessonView.objects.exists()


def test_one_bad_item_holds_up_nobody(learner, lan, lesson):
    good = item("view", lan, lesson=lesson.pk, step=1)
    bad = [{**good, "step": "2"}, {**good, "lesson": 10**12}, 7, {**good, "kind": "mark"}]

    answer = verdicts(post(learner, *bad, good))

    assert [code for _r, code in answer] == [
        "bad_number", "unknown_lesson", "bad_shape", "bad_kind", ""
    ]  # fmt: skip
    assert LessonView.objects.count() == 1


def test_a_handler_that_breaks_holds_up_nobody_either(learner, lan, lesson, monkeypatch):
    def breaks(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("progress.services.sync.learning._lay_in", breaks)
    answer = post(
        learner,
        attempt_item(lan, lesson, {"question-1": ["a"]}),
        item("view", lan, lesson=lesson.pk, step=1),
    )

    assert verdicts(answer) == [("later", "error"), ("ok", "")]
    assert not Attempt.objects.exists()


nasty = st.deferred(
    lambda: (
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=8)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.sampled_from(["a", "unsure", "question-1", "\ud800", "\0", "view", "attempt", "-1"])
        | st.lists(nasty, max_size=3)
        | st.dictionaries(st.text(max_size=6), nasty, max_size=3)
    )
)
fields = st.sampled_from(
    "id kind who device seq at off lesson step opened finished attempt revision asked version "
    "answers started help run block steps seconds".split()
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    spoilt=st.lists(
        st.tuples(st.integers(0, 2), st.dictionaries(fields, nasty, max_size=3)), max_size=6
    )
)
def test_hostile_batches_are_answered_and_write_nothing_of_others(
    learner, lan, hoa, lesson, rehearsed, spoilt
):
    cache.clear()
    good = [
        item("view", lan, lesson=lesson.pk, step=1),
        attempt_item(lan, lesson, {"question-1": ["a"]}),
        practice_item(lan, rehearsed),
    ]
    sent = [{**good[which], **fields} for which, fields in spoilt]
    body = json.dumps({"items": sent})
    with transaction.atomic():
        answer = learner.post(reverse("progress:sync"), body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        results = answer.json()["results"]
        assert len(results) == len(sent)
        assert "error" not in {result.get("code") for result in results}
        for model in (LessonView, Attempt, PracticeRun):
            assert not model.objects.exclude(enrolment__resident=lan).exists()
        transaction.set_rollback(True)


# The cost


@pytest.mark.parametrize("count", [1, 12])
def test_a_long_batch_costs_no_more_than_a_short_one(
    learner, lan, lesson, count, django_assert_max_num_queries
):
    views = [item("view", lan, lesson=lesson.pk, step=n + 1) for n in range(count)]
    answers = [
        attempt_item(lan, lesson, {"question-1": ["a"]}, number=n + 1, started=NOW - n)
        for n in range(count)
    ]
    with django_assert_max_num_queries(36):
        assert {r for r, _code in verdicts(post(learner, *views, *answers))} <= {"ok", "dup"}
