"""Whatever is made up, cut short, shuffled or sent a thousand times is answered in words."""

import copy
import json
import uuid

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from progress.models import Attempt, HeldItem, Mark, Observation, Remark, SessionNote
from progress.services.sync import Person, take_in
from progress.services.sync.deciding import take_held
from tests.factories import (
    AssignmentFactory,
    ClassGroupFactory,
    EnrolmentFactory,
    PlaceFactory,
    ResidentFactory,
    UserFactory,
)
from tests.progress.phones import Phone, post, said

pytestmark = pytest.mark.django_db

NOTED = (Mark, Remark, SessionNote, Observation, HeldItem)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.just(str(uuid.UUID(int=1))),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@pytest.fixture(autouse=True)
def no_tries():
    cache.clear()


@pytest.fixture
def items(instructor, session, enrolment, village, lesson):
    """One of everything that a volunteer's phone sends."""
    phone = Phone(instructor)
    return [
        phone.arrival(session, village),
        phone.mark(session, enrolment),
        phone.remark(session, enrolment),
        phone.note(session, "Mưa to."),
        phone.skill(session, enrolment, lesson),
        phone.paper(session, enrolment, lesson, 3),
        phone.screen(session, lesson, 1),
        phone.recheck(enrolment),
    ]


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_made_up_is_answered_and_holds_up_nothing(items, instructor, data):
    sent = copy.deepcopy(items)
    for item in sent:
        item["id"] = str(uuid.UUID(int=data.draw(st.integers(1, 2**64))))
    for _change in range(data.draw(st.integers(1, 6))):
        item = data.draw(st.sampled_from(sent))
        field = data.draw(st.sampled_from(sorted(item)))
        if data.draw(st.booleans()):
            item[field] = data.draw(ODD)
        else:
            del item[field]
        if not item:
            break
    sent.insert(data.draw(st.integers(0, len(sent))), data.draw(ODD))
    before = [model.objects.count() for model in NOTED]

    answers = take_in(Person(user=instructor), sent)

    assert len(answers) == len(sent)
    for answer in answers:
        assert answer["r"] in ("ok", "dup", "later", "no")
        # Whatever is not simply taken says why, in words for people.
        assert answer.get("code") != "error", answer
        assert answer["r"] in ("ok", "dup") or (answer["code"] and answer["says"])
    after = [model.objects.count() for model in NOTED]
    grown = sum(after) - sum(before)
    assert grown <= sum(answer["r"] == "ok" for answer in answers)


def test_numbers_too_large_for_a_database_are_refused(items, instructor):
    for field in ("seq", "session", "by", "village", "enrolment", "lesson"):
        sent = [{**item, field: 2**63} for item in items if field in item or field == "by"]
        answers = take_in(Person(user=instructor), sent)
        assert {answer["code"] for answer in answers} == {"bad_number"}, field


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (json.dumps({"items": [{}] * 10_000}), 413, "too_many"),
        (json.dumps({"items": [{"text": "x" * 600_000}]}), 413, "too_large"),
        ('{"items": [{"id": "', 400, "not_a_batch"),
        (json.dumps([1, 2]), 400, "not_a_batch"),
        ("[" * 100_000, 400, "not_a_batch"),
        ("\xff\xfe", 400, "not_a_batch"),
        ("", 400, "not_a_batch"),
    ],
)
def test_a_body_that_is_no_batch_is_told_so(client, instructor, body, status, error):
    client.force_login(instructor)

    answer = client.post(
        reverse("progress:sync"), body.encode("latin-1"), content_type="application/json"
    )

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_batch_cut_short_on_the_way_changes_nothing(client, instructor, items):
    client.force_login(instructor)
    whole = json.dumps({"items": items})

    for length in range(0, len(whole) - 1, 97):
        answer = client.post(
            reverse("progress:sync"), whole[:length], content_type="application/json"
        )
        assert answer.status_code == 400
        cache.clear()
    assert not any(model.objects.exists() for model in NOTED)


def test_a_learner_notes_nothing_of_what_volunteers_note(learner, lan, items):
    sent = [{**item, "who": f"learner:{lan.uuid}"} for item in items]

    answers = post(learner, *sent).json()["results"]

    assert {(answer["r"], answer["code"]) for answer in answers} == {("no", "bad_kind")}
    assert not any(model.objects.exists() for model in NOTED)


def test_nobody_signed_in_is_told_so(client, items):
    assert post(client, *items).status_code == 401


@pytest.fixture
def far(province, campaign):
    """Somebody of another commune who learns there in the same campaign."""
    village = PlaceFactory(parent=PlaceFactory(kind="commune", parent=province))
    group = ClassGroupFactory(place=village, campaign=campaign)
    resident = ResidentFactory(village=village)
    return EnrolmentFactory(campaign=campaign, resident=resident, class_group=group)


def test_whoever_learns_elsewhere_is_no_concern_of_this_class(instructor, session, far, lesson):
    """Not even of the same campaign, and by somebody who knows the number."""
    phone = Phone(instructor)

    answers = take_in(
        Person(user=instructor),
        [
            phone.remark(session, far),
            phone.skill(session, far, lesson),
            phone.paper(session, far, lesson, 3),
        ],
    )

    assert said(answers) == [("later", "not_enrolled")] * 3
    assert not any(model.objects.exists() for model in (*NOTED, Attempt))


def test_a_guest_on_the_register_may_be_observed(instructor, session, far, lesson, lan):
    type(far).objects.filter(pk=far.pk).update(village=lan.village)
    type(far.resident).objects.filter(pk=far.resident_id).update(village=lan.village)
    phone = Phone(instructor)
    items = [phone.mark(session, far), phone.skill(session, far, lesson)]

    assert said(take_in(Person(user=instructor), items)) == [("ok", "")] * 2


def test_a_leader_lets_nobody_in_from_where_he_has_no_task(instructor, session, far, leader):
    type(session).objects.update(register_closed_at=timezone.now())
    item = Phone(instructor).mark(session, far)
    assert said(take_in(Person(user=instructor), [item])) == [("ok", "held")]

    with pytest.raises(ValidationError) as refusal:
        take_held(HeldItem.objects.get(), by=leader)

    assert refusal.value.code == "forbidden"
    assert not Mark.objects.exists()


def test_nobody_speaks_for_whoever_may_do_everything(instructor, session, enrolment):
    chief = UserFactory(is_superuser=True)
    phone = Phone(instructor)
    answers = said(take_in(Person(user=instructor), [phone.mark(session, enrolment, by=chief.pk)]))
    assert answers == [("no", "forbidden")]

    own = Phone(chief)
    assert said(take_in(Person(user=chief), [own.mark(session, enrolment)])) == [("ok", "")]
    # With a task in the class he is an author like any other.
    AssignmentFactory(user=chief, place=session.place)
    marks = [phone.mark(session, enrolment, by=chief.pk)]
    assert said(take_in(Person(user=instructor), marks)) == [("ok", "")]


def test_nobody_fills_a_leaders_list_without_end(monkeypatch, instructor, session, enrolment):
    """What finds no room stays on the phone."""
    monkeypatch.setattr("progress.services.sync.batch.MOST_HELD", 2)
    type(session).objects.update(register_closed_at=timezone.now())
    phone = Phone(instructor)
    items = [phone.mark(session, enrolment) for _number in range(3)]

    for last in ("first", "again"):
        answers = said(take_in(Person(user=instructor), items))
        assert [answer[1] for answer in answers] == ["held", "held", "too_many_held"], last
    assert HeldItem.objects.count() == 2
