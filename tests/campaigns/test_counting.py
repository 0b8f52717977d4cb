"""Figures are counted as things happen, and equal the facts at every moment."""

from collections import Counter
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns.models import MEASURES, Cell, CountKind, Journal
from campaigns.rules import (
    LANGUAGES,
    AgeBand,
    age_band,
    contrib,
    group_slot,
    language_slot,
    pack_days,
    sex_slot,
    unpack_days,
)
from campaigns.services import count_new, counting, figures, fold, total, totals
from people.models import Resident
from progress.models import Enrolment
from tests.campaigns.facts import came, enrol, facts_of, went
from tests.factories import CampaignFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(campaign, lan):
    return enrol(campaign, lan)


# The rule


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, AgeBand.UNKNOWN),
        (2026, AgeBand.CHILD),
        (2009, AgeBand.CHILD),
        (2008, AgeBand.YOUNG),
        (1991, AgeBand.MIDDLE),
        (1967, AgeBand.MIDDLE),
        (1966, AgeBand.OLDER),
        (1956, AgeBand.OLDEST),
    ],
)
def test_a_year_of_birth_falls_into_one_band(born, band):
    assert age_band(born, 2026) == band


def test_one_enrolment_counts_once_in_every_kind():
    row = _row(
        enrolled_day=3,
        first_day=5,
        completed_day=40,
        kept_day=70,
        age_band=AgeBand.OLDER,
        sex_slot=1,
        language_slot=2,
        team_id=7,
        audience=4,
        lesson_days="12 12 19",
        skill_days="19",
    )

    counted = contrib(row, {5: 1, 12: 2})

    days = {(slot, measure): n for (kind, slot, measure), n in counted.items() if kind == 0}
    assert days == {
        (3, "enrolled"): 1,
        (5, "reached"): 1,
        (40, "completed"): 1,
        (70, "kept"): 1,
        (5, "visits"): 1,
        (12, "visits"): 2,
        (12, "lessons"): 2,
        (19, "lessons"): 1,
        (19, "skills"): 1,
    }
    for kind, slot in (
        (CountKind.GROUP, group_slot(AgeBand.OLDER, 1)),
        (CountKind.LANGUAGE, 2),
        (CountKind.TEAM, 7),
        (CountKind.AUDIENCE, 4),
    ):
        of_kind = {key[1:]: n for key, n in counted.items() if key[0] == kind}
        assert of_kind == {
            (slot, "enrolled"): 1,
            (slot, "reached"): 1,
            (slot, "completed"): 1,
            (slot, "kept"): 1,
            (slot, "visits"): 3,
            (slot, "lessons"): 3,
            (slot, "skills"): 1,
        }


def test_who_is_in_no_class_counts_for_no_team():
    assert contrib(_row())[CountKind.TEAM, 0, "enrolled"] == 1


@pytest.mark.parametrize("days", [[], [3], [12, 12, 100]])
def test_days_are_kept_as_one_word(days):
    assert unpack_days(pack_days(reversed(days))) == days


def test_every_learning_language_has_a_slot_of_its_own():
    slots = [language_slot(language) for language in Resident.LearningLanguage.values]
    assert sorted(slots) == list(range(len(LANGUAGES)))


def test_who_has_withdrawn_counts_for_nothing():
    assert contrib(_row(withdrawn_at=timezone.now(), first_day=5), {5: 1}) == {}


def test_a_new_enrolment_is_counted_in_its_village_commune_and_province(
    campaign, enrolment, province, commune, village
):
    for place in (province, commune, village):
        assert total(campaign, place)["enrolled"] == 1
    assert figures(campaign, province)[commune.pk]["enrolled"] == 1
    assert figures(campaign, commune)[village.pk]["enrolled"] == 1


def test_an_evening_is_a_visit_and_the_first_one_reaches_the_person(campaign, enrolment, village):
    came(enrolment, 5)
    came(enrolment, 12)

    assert _learnt(campaign, village) | {"enrolled": 1} == _measures(1, reached=1, visits=2)
    assert totals(campaign, village)[5] == _measures(0, reached=1, visits=1)


def test_an_evening_taken_back_is_no_visit(campaign, enrolment, village):
    came(enrolment, 5)
    went(enrolment, 5)

    assert _learnt(campaign, village) == _measures(1)
    assert 5 not in totals(campaign, village)


def test_repeating_a_change_writes_nothing(enrolment, django_assert_num_queries):
    came(enrolment, 5)
    written = Journal.objects.count()

    # Savepoint, lock, release: no update and no journal.
    with django_assert_num_queries(3), counting([enrolment.pk]) as rows:
        rows[enrolment.pk].first_day = 5

    assert Journal.objects.count() == written


def test_moving_to_another_village_takes_the_evenings_along(campaign, enrolment, village, commune):
    came(enrolment, 5)
    elsewhere = PlaceFactory(kind="village", parent=commune)
    with counting([enrolment.pk]) as rows:
        rows[enrolment.pk].village_id = elsewhere.pk

    assert _learnt(campaign, village) == _measures(0)
    assert _learnt(campaign, elsewhere) == _measures(1, reached=1, visits=1)
    assert totals(campaign, elsewhere)[5]["visits"] == 1
    assert total(campaign, commune)["visits"] == 1


def test_a_corrected_year_of_birth_moves_the_person_to_another_group(campaign, enrolment, village):
    came(enrolment, 5)
    with counting([enrolment.pk]) as rows:
        rows[enrolment.pk].age_band = AgeBand.YOUNG

    counted = totals(campaign, village, by="group")
    assert {slot: values for slot, values in counted.items() if values["enrolled"]} == {
        group_slot(AgeBand.YOUNG, sex_slot("")): _measures(1, reached=1, visits=1)
    }


def test_withdrawing_and_coming_back_leaves_the_figures_as_they_were(campaign, enrolment, village):
    came(enrolment, 5)
    before = _learnt(campaign, village)
    _set(enrolment, withdrawn_at=timezone.now())
    assert _learnt(campaign, village) == _measures(0)

    # A mark that arrives late, while the person is out, is not lost.
    came(enrolment, 7)
    assert _learnt(campaign, village) == _measures(0)

    _set(enrolment, withdrawn_at=None)
    assert _learnt(campaign, village) == before | {"visits": 2}


def test_a_change_that_fails_leaves_nothing_behind(campaign, enrolment, village):
    def fail():
        with counting([enrolment.pk]) as rows:
            rows[enrolment.pk].first_day = 5
            raise ValidationError("refused")

    with pytest.raises(ValidationError):
        fail()

    assert _learnt(campaign, village) == _measures(1)
    assert Enrolment.objects.get().first_day is None
    # And the row is free again.
    _set(enrolment, first_day=6)


def test_a_row_is_not_counted_twice_at_once(enrolment):
    with (
        pytest.raises(RuntimeError),
        counting([enrolment.pk]),
        counting([enrolment.pk]),
    ):
        pass


def test_a_learner_belongs_to_a_village(campaign, commune):
    resident = ResidentFactory(village=commune)
    with pytest.raises(ValidationError) as refusal:
        enrol(campaign, resident)

    assert refusal.value.code == "not_a_village"


def test_a_fold_changes_no_figure(campaign, enrolment, province, commune, village):
    came(enrolment, 5)
    before = [total(campaign, place) for place in (province, commune, village)]
    days = totals(campaign, commune)

    assert fold() > 0
    assert fold() == 0

    assert [total(campaign, place) for place in (province, commune, village)] == before
    assert totals(campaign, commune) == days
    assert not Journal.objects.exists()
    assert Cell.objects.exists()


def test_a_fold_takes_a_bounded_bite(campaign, enrolment, village):
    came(enrolment, 5)
    before, rows = total(campaign, village), Journal.objects.count()

    assert fold(limit=1) == 1
    assert Journal.objects.count() == rows - 1
    assert total(campaign, village) == before


def test_only_whoever_makes_a_row_in_a_transaction_may_count_it(campaign, lan):
    if not transaction.get_connection().in_atomic_block:
        pytest.fail("tests run in a transaction")
    row = enrol(campaign, lan, count=False)
    count_new(row)
    assert total(campaign, lan.village)["enrolled"] == 1


def test_campaigns_do_not_mix(campaign, enrolment, lan, village):
    other = CampaignFactory(place=campaign.place)
    enrol(other, lan)
    came(enrolment, 5)

    assert _learnt(other, village) == _measures(1)
    assert _learnt(campaign, village) == _measures(1, reached=1, visits=1)


# What it costs


@pytest.mark.parametrize("learners", [1, 3])
def test_a_register_costs_the_same_however_many_came(
    campaign, village, learners, django_assert_num_queries
):
    rows = [enrol(campaign, ResidentFactory(village=village)) for _ in range(learners)]
    ids = [row.pk for row in rows]

    # Savepoint, lock, update, villages, journal, release.
    with django_assert_num_queries(6), counting(ids) as locked:
        for row in locked.values():
            row.first_day, row.evenings = 5, 1
            locked.visit(row, 5)


@pytest.mark.parametrize("communes", [1, 3])
def test_the_figures_of_a_province_are_one_statement(
    campaign, province, communes, django_assert_num_queries
):
    for _ in range(communes):
        parent = PlaceFactory(kind="commune", parent=province)
        enrol(campaign, ResidentFactory(village=PlaceFactory(parent=parent)))
    fold(limit=communes)

    with django_assert_num_queries(1):
        assert len(figures(campaign, province)) == communes


def test_the_facts_helper_agrees_with_the_counters(campaign, enrolment):
    came(enrolment, 5)
    assert Counter({key: row["enrolled"] for key, row in facts_of(campaign).items()})


def _set(enrolment, **values):
    with counting([enrolment.pk]) as rows:
        for name, value in values.items():
            setattr(rows[enrolment.pk], name, value)


def _measures(enrolled, **others):
    return dict.fromkeys(MEASURES, 0) | {"enrolled": enrolled} | others


def _learnt(campaign, place):
    """What was counted of learners; that people live there is another story."""
    return total(campaign, place) | {"registered": 0}


def _row(**values):
    return SimpleNamespace(
        **{
            "withdrawn_at": None,
            "age_band": 0,
            "sex_slot": 0,
            "enrolled_day": 1,
            "first_day": None,
            "completed_day": None,
            "certified_day": None,
            "kept_day": None,
            "language_slot": 0,
            "team_id": None,
            "audience": 0,
            "lesson_days": "",
            "skill_days": "",
        }
        | values
    )
