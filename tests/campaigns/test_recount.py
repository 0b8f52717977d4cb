"""`manage.py recount` holds every counter to the facts, and mends what differs."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Cell, Journal
from campaigns.services import fold, total
from jobs.models import Job
from jobs.services import drain, enqueue
from lms.management.commands import recount
from lms.tasks import nightly_recount
from progress.models import Enrolment
from progress.services import enrol, mark_attendance, observe, record_lesson
from tests.factories import (
    ClassGroupFactory,
    ClassSessionFactory,
    LessonFactory,
    PlaceFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(campaign, lan, village, instructor):
    """Lan, enrolled and marked present an hour ago."""
    group = ClassGroupFactory(campaign=campaign, place=village)
    session = ClassSessionFactory(class_group=group)
    row = enrol(lan, campaign, by=instructor, class_group=group)
    mark_attendance(session, row, "present", by=instructor)
    return row


def test_after_marks_and_folds_nothing_differs(enrolment, campaign):
    assert total(campaign, campaign.place)["visits"] == 1
    assert _recount() == (0, "0 differences in 1 campaigns\n")
    fold()
    assert _recount() == (0, "0 differences in 1 campaigns\n")


def test_a_planted_difference_is_told_line_by_line_and_mended(enrolment, campaign, village):
    fold()
    Cell.objects.filter(place=village, kind=0, visits=1).update(visits=5)

    status, told = _recount()
    assert status == 1
    assert "thôn Cao Xá" in told
    assert "visits: counted 5, in fact 1" in told
    assert "1 differences in 1 campaigns" in told

    status, told = _recount("--repair")
    assert status == 0
    assert "repaired, 0 differences left" in told
    assert _recount()[0] == 0


def test_a_row_changed_behind_the_services_back_is_found_and_mended(enrolment, campaign):
    Enrolment.objects.filter(pk=enrolment.pk).update(first_day=7, evenings=4)

    status, told = _recount()
    assert status == 1
    assert f"enrolment {enrolment.pk}, evenings: stored 4, in fact 1" in told

    assert _recount("--repair")[0] == 0
    assert _recount()[0] == 0


def test_many_rows_are_mended_at_a_time(campaign, village, instructor, monkeypatch):
    """Whatever an upgrade or an accident did to a province does not take a night to mend."""
    monkeypatch.setattr(recount, "BATCH", 8)

    def broken(many):
        group = ClassGroupFactory(campaign=campaign, place=village)
        session = ClassSessionFactory(class_group=group)
        for _ in range(many):
            row = enrol(
                ResidentFactory(village=village), campaign, by=instructor, class_group=group
            )
            mark_attendance(session, row, "present", by=instructor)
        fold()
        group.enrolments.update(first_day=7, evenings=4, sex_slot=1, village=commune_away)
        with CaptureQueriesContext(connection) as queries:
            told = _recount("--repair")
        assert told[0] == 0
        assert "0 differences left" in told[1]
        assert _recount() == (0, "0 differences in 1 campaigns\n")
        assert set(group.enrolments.values_list("evenings", "village")) == {(1, village.pk)}
        return len(queries)

    commune_away = PlaceFactory(parent=PlaceFactory(kind="commune", parent=campaign.place))
    broken(1)
    few, many, twice = broken(2), broken(8), broken(16)

    assert many <= few + 2
    assert twice > many


def test_a_lost_journal_is_mended_from_the_facts(enrolment, campaign):
    before = total(campaign, campaign.place)
    Journal.objects.all().delete()
    assert total(campaign, campaign.place)["enrolled"] == 0

    _recount("--repair")

    assert total(campaign, campaign.place) == before


def test_one_campaign_can_be_asked_for(enrolment, campaign):
    assert _recount("--campaign", str(campaign.pk))[0] == 0
    with pytest.raises(CommandError):
        _recount("--campaign", "0")


def test_the_nightly_look_fails_where_somebody_sees_it(enrolment, campaign, time_machine, caplog):
    time_machine.move_to(timezone.localtime().replace(hour=12))
    nightly_recount()
    nightly_recount()
    drain()
    assert Job.objects.get(kind="lms.recount").state == Job.State.DONE

    Journal.objects.all().delete()
    Job.objects.all().delete()
    nightly_recount()
    drain()

    job = Job.objects.get(kind="lms.recount")
    assert job.state != Job.State.DONE
    assert "lms/tasks.py" in job.error
    assert f"counters differ from the facts: {{campaign: differences}} {{{campaign.pk}: " in (
        caplog.text
    )


def _recount(*args):
    out, status = io.StringIO(), 0
    try:
        call_command("recount", *args, stdout=out)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue()


def test_after_an_upgrade_a_job_fills_what_was_not_kept_and_counts_it(
    enrolment, campaign, instructor
):
    lesson = LessonFactory()
    record_lesson(enrolment, lesson, "alone", by=instructor)
    observe(enrolment, lesson, "alone", by=instructor)
    before = total(campaign, campaign.place)
    # As an older version left it.
    Enrolment.objects.update(lesson_days="", skill_days="", team=None)
    Cell.objects.all().delete()
    Journal.objects.all().delete()
    assert _recount()[0] == 1

    for _ in range(2):
        enqueue("lms.settle_after_upgrade", campaign=campaign.pk)
        drain()
        assert _recount()[0] == 0

    assert total(campaign, campaign.place) == before
    assert before["lessons"] == before["skills"] == before["registered"] == 1
    assert Job.objects.exclude(state=Job.State.DONE).count() == 0


def test_the_job_of_a_campaign_that_is_gone_ends(db):
    enqueue("lms.settle_after_upgrade", campaign=0)
    assert drain() == 1
