"""A report's life: who may take which step, and that nothing else moves what was accepted."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from campaigns.models import Report, ReportEvent
from campaigns.reports.reporting import Unit, periods_of, whole_of
from campaigns.rules.reporting import STEPS, VERBS
from campaigns.services import reporting
from people.models import User
from people.roles import Role
from tests.campaigns.reported import (
    WORDS,
    after,
    at_noon,
    begun,
    brought_to,
    first_week,
    target,
    two_weeks_of_class,
)
from tests.factories import AssignmentFactory, ClassGroupFactory, PlaceFactory, TeamFactory

pytestmark = pytest.mark.django_db

STATES = ("draft", "submitted", "returned", "approved", "accepted")
# What each role is to a team's report and to a commune's, said by hand: the other side of the
# table. (writer, head, above)
ROLES = {
    "stranger": {"team": "", "commune": ""},
    "observer": {"team": "", "commune": ""},
    "instructor": {"team": "", "commune": ""},
    "leader": {"team": "writer head", "commune": "writer"},
    "organiser": {"team": "writer head above", "commune": "writer head"},
    "chief": {"team": "writer head above", "commune": "writer head above"},
}


@pytest.fixture
def weeks(campaign, village, team):
    two_weeks_of_class(campaign, village, team)
    return periods_of(campaign)


@pytest.fixture
def cast(leader, organiser, chief, observer, instructor, stranger):
    return {
        "stranger": stranger,
        "observer": observer,
        "instructor": instructor,
        "leader": leader,
        "organiser": organiser,
        "chief": chief,
    }


def take(verb, report, by):
    if verb == "write":
        return reporting.write_report(report, by=by, narrative="Khác hẳn.")
    if verb in ("return", "reopen"):
        return getattr(reporting, f"{verb}_report")(report, "Thiếu thôn 3", by=by)
    return getattr(reporting, f"{verb}_report")(report, by=by)


@pytest.mark.parametrize("tier", ["team", "commune"])
@pytest.mark.parametrize("state", STATES)
def test_every_step_is_allowed_or_refused_as_the_table_says(
    tier, state, campaign, commune, team, weeks, cast
):
    unit = Unit(team.place, team) if tier == "team" else Unit(commune)
    report = brought_to(
        state,
        campaign,
        unit,
        weeks[0],
        writer=cast["leader"],
        head=cast["organiser"],
        above=cast["chief"],
    )
    fields = {f.attname: getattr(report, f.attname) for f in Report._meta.concrete_fields}
    steps = report.events.count()

    for verb in VERBS:
        parties = {who for (s, v, who) in STEPS if (s, v) == (state, verb)}
        for role, user in cast.items():
            allowed = parties & set(ROLES[role][tier].split())
            with after(weeks[0], 2):
                if allowed:
                    take(verb, report, user)
                    (new,) = {new for (s, v, _w), new in STEPS.items() if (s, v) == (state, verb)}
                    assert Report.objects.get(pk=report.pk).state == new
                    # As it was, for the next one.
                    Report.objects.filter(pk=report.pk).update(**fields)
                    steps += verb != "write"
                else:
                    with pytest.raises(ValidationError) as refusal:
                        take(verb, report, user)
                    wrong = "locked" if state == "accepted" else "wrong_state"
                    assert refusal.value.code == ("not_yours" if parties else wrong)
            now = Report.objects.get(pk=report.pk)
            assert {f: getattr(now, f) for f in fields} == fields, (verb, role)
            assert report.events.count() == steps, (verb, role)


def test_what_was_accepted_changes_in_no_way_without_being_opened_again(
    campaign, commune, weeks, leader, organiser, chief
):
    draft = brought_to(
        "draft", campaign, Unit(commune), weeks[0], writer=leader, head=organiser, above=chief
    )
    stale = Report.objects.get(pk=draft.pk)
    report = brought_to(
        "accepted", campaign, Unit(commune), weeks[0], writer=leader, head=organiser, above=chief
    )
    before = Report.objects.filter(pk=report.pk).values().get()

    # Somebody still has the draft open, or pressed twice.
    assert stale.state == "draft"
    for attempt in (
        lambda: reporting.write_report(stale, by=leader, declared={"reached": 9}, narrative="?"),
        lambda: reporting.submit_report(stale, by=leader),
        lambda: reporting.withdraw_report(stale, by=leader),
        lambda: reporting.return_report(stale, "?", by=chief),
        lambda: reporting.accept_report(stale, by=chief),
    ):
        with pytest.raises(ValidationError) as refusal:
            attempt()
        assert refusal.value.code == "locked"
    # And to begin it anew is to find it.
    with after(weeks[0], 3):
        assert reporting.begin_report(campaign, Unit(commune), weeks[0], by=leader) == report
    assert Report.objects.filter(pk=report.pk).values().get() == before

    reporting.reopen_report(report, "Xã báo nhầm thôn", by=chief)
    event = report.events.last()
    assert (event.verb, event.by, event.because) == ("reopened", chief, "Xã báo nhầm thôn")
    # The trace keeps what had been accepted.
    assert event.said["figures"] == before["figures"]
    reporting.write_report(report, by=leader, narrative="Đã sửa.")


def test_every_step_leaves_who_and_what_was_said(
    campaign, commune, weeks, leader, organiser, chief
):
    report = brought_to(
        "accepted", campaign, Unit(commune), weeks[0], writer=leader, head=organiser, above=chief
    )

    verbs = list(report.events.values_list("verb", "by__username"))
    assert verbs == [
        ("begun", "ha"),
        ("submitted", "ha"),
        ("approved", "ly"),
        ("accepted", "tinh"),
    ]
    assert all(e.said["narrative"] == WORDS for e in report.events.exclude(verb="begun"))


def test_a_reason_is_asked_for(campaign, commune, weeks, leader, organiser, chief):
    def report(state, period):
        return brought_to(
            state, campaign, Unit(commune), period, writer=leader, head=organiser, above=chief
        )

    for service, by, found in (
        (reporting.return_report, organiser, report("submitted", weeks[0])),
        (reporting.return_report, chief, report("approved", weeks[1])),
        (reporting.reopen_report, chief, report("accepted", weeks[2])),
    ):
        with pytest.raises(ValidationError) as refusal:
            service(found, "  ", by=by)
        assert refusal.value.code == "no_reason"


def test_the_figures_stand_as_they_were_counted_when_it_was_handed_in(
    campaign, commune, village, weeks, leader, organiser, chief
):
    target(campaign, village)
    report = brought_to(
        "accepted", campaign, Unit(commune), weeks[1], writer=leader, head=organiser, above=chief
    )

    rows = {row["key"]: row for row in report.figures["rows"]}
    assert (rows["enrolled"]["period"], rows["enrolled"]["total"]) == (0, 3)
    assert (rows["reached"]["period"], rows["reached"]["total"]) == (1, 3)
    assert (rows["visits"]["period"], rows["visits"]["total"]) == (2, 4)
    # 50 to reach in 100 days: 7 by day 14; 3 are 6 % of 50.
    assert (rows["reached"]["goal"], rows["reached"]["pace"]) == (50, 7)
    assert (rows["reached"]["share"], rows["reached"]["status"]) == (6, "bad")
    assert report.figures["days"] == [8, 14]


def test_a_figure_of_ones_own_must_be_explained_where_it_differs(campaign, commune, weeks, leader):
    report = begun(campaign, Unit(commune), weeks[0], leader)
    reporting.write_report(report, by=leader, declared={"reached": 5}, narrative=WORDS)

    with after(weeks[0]):
        with pytest.raises(ValidationError) as refusal:
            reporting.submit_report(report, by=leader)
        assert refusal.value.code == "unexplained"
        reporting.write_report(
            report,
            by=leader,
            declared={"reached": 5, "enrolled": 3},
            explanations={"reached": "Ba bác chưa có trong sổ", "lessons": "thừa"},
            narrative=WORDS,
        )
        report = reporting.submit_report(report, by=leader)

    assert report.explanations == {"reached": "Ba bác chưa có trong sổ"}
    assert {row["key"]: row["period"] for row in report.figures["rows"]}["reached"] == 2


@pytest.mark.parametrize("declared", [{"reached": -1}, {"reached": "5"}, {"nonsense": 1}])
def test_a_declared_figure_is_a_whole_number_of_something_counted(
    declared, campaign, commune, weeks, leader
):
    report = begun(campaign, Unit(commune), weeks[0], leader)

    with pytest.raises(ValidationError) as refusal:
        reporting.write_report(report, by=leader, declared=declared)
    assert refusal.value.code == "declared"


def test_nothing_is_handed_in_without_words_or_before_the_period_is_over(
    campaign, commune, weeks, leader
):
    with at_noon(weeks[0].last_day):
        report = reporting.begin_report(campaign, Unit(commune), weeks[0], by=leader)
        with pytest.raises(ValidationError) as early:
            reporting.submit_report(report, by=leader)
    with after(weeks[0]), pytest.raises(ValidationError) as wordless:
        reporting.submit_report(report, by=leader)

    assert (early.value.code, wordless.value.code) == ("not_over", "no_words")


def test_a_report_of_a_wrong_unit_or_period_is_refused(
    campaign, commune, village, team, weeks, leader, chief, organiser, stranger
):
    elsewhere = PlaceFactory(kind="commune", parent=stranger.assignments.get().place)
    idle = TeamFactory(place=village)
    closed = first_week(campaign)
    refusals = [
        (Unit(elsewhere), weeks[0], leader, "elsewhere"),
        (Unit(village, idle), weeks[0], leader, "elsewhere"),
        (Unit(village), weeks[0], leader, "no_unit"),
        (Unit(commune), weeks[0], stranger, "not_yours"),
        (Unit(village, team), weeks[-1], leader, "not_begun"),
        (
            Unit(commune),
            whole_of(type(campaign)(first_day=closed.last_day)),
            leader,
            "no_such_period",
        ),
    ]
    for unit, period, by, code in refusals:
        with pytest.raises(ValidationError) as refusal:
            reporting.begin_report(campaign, unit, period, by=by)
        assert refusal.value.code == code

    assert Report.objects.count() == ReportEvent.objects.count() == 0


def test_a_period_is_closed_once_the_tier_above_has_its_report_accepted(
    campaign, commune, village, team, weeks, leader, organiser, chief
):
    of_team, of_commune = Unit(village, team), Unit(commune)
    people = {"writer": leader, "head": organiser, "above": chief}
    late = brought_to("draft", campaign, of_team, weeks[1], **people)
    done = brought_to("accepted", campaign, of_team, weeks[2], **people)
    for week in weeks[:3]:
        upper = brought_to("accepted", campaign, of_commune, week, **people)

    with after(weeks[2], 2):
        for attempt in (
            lambda: reporting.begin_report(campaign, of_team, weeks[0], by=leader),
            lambda: reporting.submit_report(late, by=leader),
            lambda: reporting.reopen_report(done, "Sửa", by=organiser),
        ):
            with pytest.raises(ValidationError) as refusal:
                attempt()
            assert refusal.value.code == "closed_above"
            assert commune.full_name in refusal.value.messages[0]
        reporting.reopen_report(upper, "Cho tổ sửa", by=chief)
        assert reporting.reopen_report(done, "Sửa", by=organiser).state == "returned"


def test_a_closed_campaign_takes_only_its_closing_report(campaign, commune, weeks, leader):
    campaign.state = "closed"
    campaign.save()

    with pytest.raises(ValidationError) as refusal:
        reporting.begin_report(campaign, Unit(commune), weeks[0], by=leader)
    assert refusal.value.code == "closed"
    assert reporting.begin_report(campaign, Unit(commune), whole_of(campaign), by=leader)


def test_a_campaign_that_is_being_prepared_takes_none(campaign, commune, weeks, leader):
    campaign.state = "draft"
    campaign.save()

    with pytest.raises(ValidationError) as refusal:
        reporting.begin_report(campaign, Unit(commune), weeks[0], by=leader)
    assert refusal.value.code == "not_running"


def test_who_mends_a_report_does_not_become_late_by_it(
    campaign, commune, weeks, leader, organiser, chief
):
    report = brought_to(
        "approved", campaign, Unit(commune), weeks[0], writer=leader, head=organiser, above=chief
    )
    sent = report.sent_at
    with after(weeks[0], 9):
        reporting.return_report(report, "Thiếu", by=chief)
        reporting.submit_report(report, by=leader)
        report = reporting.approve_report(report, by=organiser)

    assert report.sent_at == sent
    assert not report.is_late


def test_a_leader_of_one_village_writes_for_its_team_alone(campaign, commune, village, team, weeks):
    near = PlaceFactory(parent=commune)
    other = TeamFactory(place=near)
    ClassGroupFactory(campaign=campaign, place=near, team=other)
    user = AssignmentFactory(place=near, role=Role.TEAM_LEADER).user

    assert reporting.begin_report(campaign, Unit(near, other), weeks[0], by=user)
    for unit in (Unit(village, team), Unit(commune)):
        with pytest.raises(ValidationError) as refusal:
            reporting.begin_report(campaign, unit, weeks[0], by=user)
        assert refusal.value.code == "not_yours"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_one_is_told_no(
    campaign, commune, weeks, leader, organiser, chief
):
    report = brought_to(
        "approved", campaign, Unit(commune), weeks[0], writer=leader, head=organiser, above=chief
    )
    both = Barrier(2)

    def decide(service, *reason):
        found, by = Report.objects.get(pk=report.pk), User.objects.get(pk=chief.pk)
        both.wait(timeout=20)
        try:
            return service(found, *reason, by=by).state
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = {
            threads.submit(decide, reporting.accept_report),
            threads.submit(decide, reporting.return_report, "Thiếu thôn 3"),
        }
    results = {answer.result() for answer in answers}

    assert results in ({"accepted", "locked"}, {"returned", "wrong_state"})
    report.refresh_from_db()
    assert report.state in results
    assert report.events.filter(verb__in=["accepted", "returned"]).count() == 1
