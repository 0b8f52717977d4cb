"""Who has reported, and when; what waits for whom; reminders; the scorecard."""

import datetime as dt

import pytest
from django.utils import timezone

from campaigns.models import Report, ReportEvent, WorkItem
from campaigns.pdf import scorecards_pdf
from campaigns.reports.punctual import (
    message_about_missing,
    report_duties,
    report_table,
    to_write,
    units_of,
    waiting_for,
)
from campaigns.reports.reporting import Unit, periods_of
from campaigns.reports.scorecard import scorecards
from campaigns.rules.reporting import OnTime
from campaigns.services import reporting
from people.models import QualityCount
from people.roles import Role
from tests.campaigns.reported import (
    after,
    at_noon,
    brought_to,
    target,
    two_weeks_of_class,
)
from tests.certificates.papers import tool, words_of
from tests.factories import AssignmentFactory, ClassGroupFactory, PlaceFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def weeks(campaign, village, team):
    two_weeks_of_class(campaign, village, team)
    return periods_of(campaign)


@pytest.fixture
def people(leader, organiser, chief):
    return {"writer": leader, "head": organiser, "above": chief}


@pytest.fixture
def silent(province):
    """A commune that never reports."""
    return PlaceFactory(kind="commune", name="Vân Sơn", parent=province)


def statuses(table):
    return {row.unit.name: [cell.status for cell in row.cells] for row in table.rows}


def test_on_time_late_and_missing_equal_a_hand_count(
    campaign, province, commune, silent, weeks, people
):
    target(campaign, silent)
    for week, days in ((0, 1), (1, 2), (2, 3), (4, 10)):
        brought_to("approved", campaign, Unit(commune), weeks[week], days=days, **people)
    # Handed in, but it has not left the unit.
    brought_to("submitted", campaign, Unit(commune), weeks[5], **people)

    # Day 43 of the campaign: the first of week 7. Week 6 ended yesterday.
    with at_noon(weeks[6].first_day):
        table = report_table(campaign, province)

    assert statuses(table) == {
        "xã Lâm Thao": ["on_time", "on_time", "late", "missing", "late", "open", "running"],
        "xã Vân Sơn": ["missing", "missing", "missing", "missing", "missing", "open", "running"],
    }
    by_name = {row.unit.name: row.on_time for row in table.rows}
    assert by_name["xã Lâm Thao"] == OnTime(on_time=2, late=2, missing=1)
    assert by_name["xã Lâm Thao"].rate == 40
    assert table.on_time == OnTime(on_time=2, late=2, missing=6)
    assert [row.unit.name for row in table.shown("late")] == ["xã Lâm Thao"]
    assert [row.unit.name for row in table.shown("waiting")] == ["xã Lâm Thao"]
    assert len(table.shown("missing")) == len(table.shown("all")) == 2


def test_nobody_reports_about_what_was_before_the_first_class(campaign, commune, weeks):
    later = PlaceFactory(parent=commune)
    team = TeamFactory(place=later, name="Tổ mới")
    group = ClassGroupFactory(campaign=campaign, place=later, team=team)
    group.sessions.create(
        campaign=campaign,
        starts_at=timezone.make_aware(dt.datetime.combine(weeks[3].first_day, dt.time(19))),
    )

    with at_noon(weeks[5].first_day):
        found = statuses(report_table(campaign, commune))["Tổ mới"]

    assert found == ["none", "none", "none", "missing", "open", "running"]


def test_a_commune_that_ends_is_not_asked_about_what_comes_after(campaign, province, silent, weeks):
    target(campaign, silent)
    silent.valid_to = weeks[1].last_day
    silent.save()

    with at_noon(weeks[3].first_day):
        found = statuses(report_table(campaign, province))["xã Vân Sơn"]

    assert found == ["missing", "missing", "none", "none"]


def test_each_writes_for_the_own_unit_the_oldest_period_first(
    campaign, province, commune, village, team, weeks, people, observer
):
    leader, organiser, chief = people.values()
    near = AssignmentFactory(place=PlaceFactory(parent=commune), role=Role.TEAM_LEADER).user
    brought_to("approved", campaign, Unit(village, team), weeks[0], **people)
    with at_noon(weeks[2].first_day):
        (cell,) = to_write(campaign, units_of(leader, campaign, commune))
        assert (cell.unit.team, cell.period) == (team, weeks[1])
        (cell,) = to_write(campaign, units_of(organiser, campaign, commune))
        assert (cell.unit.place, cell.unit.team, cell.period) == (commune, None, weeks[0])
        (cell,) = to_write(campaign, units_of(chief, campaign, province))
        assert cell.unit.place == province
        assert units_of(near, campaign, commune) == []
        assert units_of(observer, campaign, province) == []


def test_what_waits_lies_with_whoever_decides_next(
    campaign, commune, village, team, weeks, people, observer, stranger
):
    leader, organiser, chief = people.values()
    of_team = brought_to("approved", campaign, Unit(village, team), weeks[0], **people)
    handed_in = brought_to("submitted", campaign, Unit(commune), weeks[0], **people)
    sent = brought_to("approved", campaign, Unit(commune), weeks[1], **people)
    brought_to("draft", campaign, Unit(commune), weeks[2], **people)
    brought_to("accepted", campaign, Unit(village, team), weeks[3], **people)

    def waits(user):
        return set(waiting_for(user, campaign))

    assert waits(leader) == set()
    assert waits(organiser) == {of_team, handed_in}
    assert waits(chief) == {of_team, handed_in, sent}
    assert waits(observer) == waits(stranger) == set()


def test_the_home_counts_what_waits_and_what_is_overdue(
    campaign, commune, village, team, weeks, people, stranger
):
    leader, organiser, _chief = people.values()
    brought_to("approved", campaign, Unit(village, team), weeks[0], **people)
    brought_to("returned", campaign, Unit(village, team), weeks[1], **people)
    with after(weeks[2], 3):
        reporting.remind_of_missing()
        (duty,) = report_duties(leader)
        # Sent back: week 2; reminded of: week 3. Week 2 was begun, so it is not begun again.
        assert (duty.campaign, duty.to_decide, duty.to_write) == (campaign, 0, 2)
        (duty,) = report_duties(organiser)
        assert (duty.to_decide, duty.to_write) == (1, 1)
        assert report_duties(stranger) == []


def test_a_reminder_comes_once_on_the_day_after_and_begins_the_report(
    campaign, commune, village, team, weeks, people
):
    with at_noon(weeks[0].due):
        assert reporting.remind_of_missing() == 0
    for _again in range(2):
        with at_noon(weeks[0].due + dt.timedelta(days=1)):
            reporting.remind_of_missing()
    with at_noon(weeks[0].due + dt.timedelta(days=3)):
        assert reporting.remind_of_missing() == 0

    assert list(
        ReportEvent.objects.filter(verb="reminded").values_list("report__team", "report__first_day")
    ) == [(None, weeks[0].first_day), (team.pk, weeks[0].first_day)]
    # The unit finds its report begun, and goes on as always.
    report = Report.objects.get(team=team)
    assert report.state == "draft"
    with after(weeks[0], 5):
        reporting.write_report(report, by=people["writer"], narrative="Muộn, xin lỗi.")
        assert reporting.submit_report(report, by=people["writer"]).state == "submitted"


def test_nobody_is_reminded_of_what_came_or_of_what_is_long_past(
    campaign, commune, village, team, weeks, people
):
    brought_to("approved", campaign, Unit(village, team), weeks[1], **people)
    brought_to("submitted", campaign, Unit(commune), weeks[1], **people)

    with at_noon(weeks[1].due + dt.timedelta(days=1)):
        assert reporting.remind_of_missing() == 0
    with at_noon(weeks[-1].due + dt.timedelta(days=30)):
        assert reporting.remind_of_missing() == 0


def test_the_words_to_copy_name_who_is_missing(campaign, province, silent, weeks):
    target(campaign, silent)
    with at_noon(weeks[2].first_day):
        text = message_about_missing(campaign, report_table(campaign, province))

    assert "xã Vân Sơn" in text
    assert f"{weeks[0].due:%d/%m/%Y}" in text
    assert len(text.splitlines()) == 3


def test_the_cost_of_the_table_does_not_grow_with_units_and_reports(
    campaign, province, commune, weeks, people, django_assert_num_queries
):
    def grow(number):
        place = PlaceFactory(kind="commune", parent=province, name=f"Số {number}")
        target(campaign, place)
        Report.objects.create(
            campaign=campaign,
            place=place,
            period="week",
            first_day=weeks[0].first_day,
            last_day=weeks[0].last_day,
            due=weeks[0].due,
        )

    for times in (1, 5):
        for number in range(times):
            grow(f"{times}-{number}")
        with django_assert_num_queries(4), at_noon(weeks[3].first_day):
            report_table(campaign, province)


def test_a_scorecard_says_targets_reports_work_and_data(
    campaign, province, commune, silent, village, weeks, people, django_assert_max_num_queries
):
    target(campaign, commune, goal=3)
    target(campaign, commune, "completed", goal=40)
    target(campaign, silent)
    brought_to("approved", campaign, Unit(commune), weeks[0], **people)
    brought_to("approved", campaign, Unit(commune), weeks[1], days=5, **people)
    today = timezone.localdate()

    def work(state, due, finished=None):
        WorkItem.objects.create(
            campaign=campaign,
            place=village,
            person=people["writer"],
            responsible=people["head"],
            title="Mở lớp",
            expected="Một lớp",
            state=state,
            due=due,
            finished_at=finished,
        )

    day = dt.timedelta(days=1)
    work("done", today, timezone.now() - day)
    work("done", today - 3 * day, timezone.now())
    work("doing", today - day)
    work("planned", today + day)
    work("dropped", today - day)
    QualityCount.objects.create(place=village, residents=1200, incomplete=30, doubles=4)

    with django_assert_max_num_queries(25):
        cards = scorecards(campaign, province)
    card = next(card for card in cards if card.place == commune)

    shares = {row.info.key: (row.total, row.goal, row.share) for row in card.rows}
    assert shares["reached"] == (3, 3, 100)
    assert shares["completed"] == (0, 40, 0)
    assert (card.reached_goals, card.goals) == (1, 2)
    # Day 63 is the last of week 9: seven weeks were due, besides the two that were reported.
    assert (card.reports.on_time, card.reports.late) == (1, 1)
    assert card.reports.missing == sum(week.due < today for week in weeks) - 2
    assert (card.work.done_in_time, card.work.done_late, card.work.overdue) == (1, 1, 1)
    assert (card.work.open, card.work.rate) == (1, 33)
    assert (card.quality.residents, card.quality.incomplete) == (1200, 30)
    empty = next(card for card in cards if card.place == silent)
    assert (empty.quality, empty.work.rate) == (None, None)

    pdf = scorecards_pdf(cards)
    words = words_of(pdf)
    assert "Pages:           2" in tool("pdfinfo", "-", pdf=pdf)
    assert "1.200" in words
    assert "Đã đạt 1 trên 2 chỉ tiêu." in words
    assert "33 %" in words
