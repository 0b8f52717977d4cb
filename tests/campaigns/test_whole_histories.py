"""A campaign lives through anything at all, by the services themselves; the recount finds nothing.

People are registered, move, are merged and erased; marks, lessons, skills, certificates, re-checks
and outcomes come and are taken back; classes change their team. What is refused is refused.
"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Outcome, OwnIndicator
from campaigns.services import (
    add_indicator,
    change_class,
    fold,
    note_outcomes,
    note_tally,
    take_back_outcome,
    total,
)
from certificates.models import Certificate
from certificates.services import make_number, record_certificate, revoke_certificate
from lms.management.commands.recount import differences_of
from people.models import Resident
from people.services import change_resident, erase_resident, register_resident
from progress.models import Enrolment, Recheck
from progress.services import (
    enrol,
    mark_attendance,
    merge_people,
    move_to_class,
    observe,
    record_lesson,
    record_recheck,
    withdraw,
)
from tests.factories import (
    CampaignFactory,
    ClassGroupFactory,
    ClassSessionFactory,
    CourseFactory,
    PlaceFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NAMES = ("Hoa", "Lan", "Mai", "Cúc")
PEOPLE = len(NAMES)
# How many days ago evenings were held, and lessons learnt.
DAYS_AGO = (38, 31, 2)

VERBS = {}


def verb(does):
    VERBS[does.__name__] = does
    return does


@verb
def registered(world, who, n):
    """Somebody new takes the place of whoever stood there."""
    person = register_resident(
        full_name="Trần Thị " + NAMES[who],
        village=world.villages[n % 3],
        birth_year=(None, 1950, 1990)[n % 3],
        sex=("", "f", "m")[n % 3],
        by=world.user,
        at=_ago(n * 20),
    )
    world.people[who] = person


@verb
def enrolled(world, who, n):
    group = (None, *world.classes)[n % 3]
    enrol(world.people[who], world.campaign, by=world.user, class_group=group, at=_ago(40))


@verb
def marked(world, who, n):
    status = ("present", "late", "absent", "")[n % 4]
    session = world.sessions[n % 3]
    mark_attendance(
        session, world.row(who), status, by=world.user, observed_at=_ago(DAYS_AGO[n % 3])
    )


@verb
def passed(world, who, n):
    lesson = world.lessons[n % 2]
    record_lesson(world.row(who), lesson, "alone", by=world.user, at=_ago(DAYS_AGO[n % 3]))


@verb
def observed(world, who, n):
    level = ("alone", "done", "helped", "")[n % 4]
    at = _ago(DAYS_AGO[n % 3])
    observe(world.row(who), world.lessons[n % 2], level, by=world.user, observed_at=at)


@verb
def asked_again(world, who, n):
    outcome = ("kept", "kept", "lost", "away")[n % 4]
    record_recheck(world.row(who), Recheck.ROUNDS[n % 5 != 0], outcome, by=world.user)


@verb
def certified(world, who, n):
    facts = {"number": make_number(), "issued_on": timezone.localdate().isoformat()}
    record_certificate(world.row(who), facts, b"%PDF-1.7", by=world.user)


@verb
def revoked(world, who, n):
    for certificate in Certificate.objects.filter(enrolment=world.row(who)):
        revoke_certificate(certificate, by=world.user, because="Nhầm người")


@verb
def corrected(world, who, n):
    values = (
        {"birth_year": 1930 + n},
        {"sex": "fm"[n % 2]},
        {"learning_language": Resident.LearningLanguage.values[n % 3]},
        {"village": world.villages[n % 3]},
        {"birth_year": None},
    )[n % 5]
    change_resident(world.people[who], by=world.user, **values)


@verb
def left(world, who, n):
    withdraw(world.row(who), by=world.user)


@verb
def went_to_another_class(world, who, n):
    move_to_class(world.row(who), (None, *world.classes)[n % 3], by=world.user)


@verb
def class_changed(world, who, n):
    change_class(world.classes[n % 2], by=world.user, team=world.teams[n % 3 % 2], audience=n % 4)


@verb
def merged(world, who, n):
    merge_people(world.people[who], world.people[n % PEOPLE], by=world.user)


@verb
def erased(world, who, n):
    erase_resident(world.people[who], by=world.user)


@verb
def happened(world, who, n):
    if n % 3:
        note_outcomes(world.app, [world.people[who]], by=world.user, happened_on=_ago(n).date())
    else:
        place = (world.villages[0], world.villages[0].commune)[n % 2]
        note_tally(world.views, place, n + 1, by=world.user, happened_on=_ago(n).date())


@verb
def did_not_happen(world, who, n):
    outcome = Outcome.objects.standing().order_by("pk").first()
    if outcome:
        take_back_outcome(outcome, by=world.user, because="Nhầm")


@verb
def folded(world, who, n):
    fold(limit=n + 1)


steps = st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, PEOPLE - 1), st.integers(0, 11))


@pytest.fixture
def world(province):
    """Two communes, three villages, four people of whom three learn, two classes, two lessons."""
    campaign = CampaignFactory(place=province, evenings_required=1)
    campaign.required_courses.add(course := CourseFactory(lessons=2))
    communes = [PlaceFactory(kind="commune", parent=province) for _ in range(2)]
    villages = [PlaceFactory(parent=communes[n % 2]) for n in range(3)]
    teams = [TeamFactory(place=village) for village in villages[:2]]
    classes = [
        ClassGroupFactory(campaign=campaign, place=villages[n], team=teams[n]) for n in range(2)
    ]
    user = UserFactory()
    world = SimpleNamespace(
        campaign=campaign,
        villages=villages,
        teams=teams,
        classes=classes,
        lessons=list(course.lessons()),
        sessions=[ClassSessionFactory(class_group=classes[0], starts_at=_ago(n)) for n in DAYS_AGO],
        user=user,
        people=[None] * PEOPLE,
        app=add_indicator(campaign, "Cài ứng dụng", "người", by=user),
        views=add_indicator(campaign, "Lượt xem", "lượt", by=user, per=OwnIndicator.Per.TALLY),
    )
    world.row = lambda who: Enrolment.objects.get(resident=world.people[who], campaign=campaign)
    for who in range(PEOPLE):
        registered(world, who, who)
    for who in range(PEOPLE - 1):
        enrolled(world, who, who)
    # Two have learnt everything, so that later steps find something to act upon.
    for who in range(2):
        marked(world, who, 0)
        passed(world, who, 0)
        passed(world, who, 1)
    return world


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(steps, min_size=4, max_size=12))
def test_after_any_history_the_recount_finds_nothing(world, history):
    # One world for all examples: each history goes on where the one before it ended.
    for what, who, n in history:
        _do(world, what, who, n)

    assert differences_of(world.campaign) == ([], [])


@pytest.mark.parametrize("what", sorted(VERBS))
def test_each_thing_that_may_happen_does_happen(world, what):
    """No verb is refused every time: otherwise the histories would prove nothing of it."""
    certified(world, 0, 0)
    happened(world, 0, 1)
    done = [_do(world, what, who, n) for n in range(12) for who in range(PEOPLE)]

    assert any(done)
    assert differences_of(world.campaign) == ([], [])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lesson_days", "1"),
        ("skill_days", "7 7"),
        ("kept_day", 9),
        ("language_slot", 1),
        ("team_id", None),
        ("audience", 5),
        ("completed_day", 3),
        ("village_id", "another"),
    ],
)
def test_whatever_is_written_behind_the_counters_back_is_found(world, column, value):
    enrolled(world, 1, 1)
    value = world.villages[2].pk if value == "another" else value
    rows = Enrolment.objects.filter(campaign=world.campaign, resident=world.people[1])
    assert rows.update(**{column: value}) == 1

    assert differences_of(world.campaign) != ([], [])


def test_residents_and_outcomes_behind_the_counters_back_are_found(world):
    happened(world, 0, 1)
    assert differences_of(world.campaign) == ([], [])

    Resident.objects.filter(pk=world.people[3].pk).update(sex="f")
    _rows, counters = differences_of(world.campaign)
    assert {difference.measure for difference in counters} == {"registered"}

    Outcome.objects.update(taken_back_at=timezone.now())
    _rows, counters = differences_of(world.campaign)
    assert {difference.measure for difference in counters} == {"registered", "amount"}


def test_everything_adds_up_on_every_level(world):
    for number, what in enumerate(sorted(VERBS)):
        _do(world, what, number % PEOPLE, number)

    inside = [total(world.campaign, village) for village in world.villages]
    assert total(world.campaign, world.campaign.place) == {
        measure: sum(counted[measure] for counted in inside) for measure in inside[0]
    }


def _do(world, what, who, n) -> bool:
    """Do it, unless it is refused; return whether it was done."""
    try:
        with transaction.atomic():
            VERBS[what](world, who, n)
    except (ValidationError, Enrolment.DoesNotExist):
        return False
    return True


def _ago(days):
    return timezone.now() - dt.timedelta(days=days)
