"""The screens of reports: one's own first, nothing typed is lost, and nobody decides twice."""

import io

import pytest
from django.urls import reverse
from docx import Document

from campaigns.models import Report
from campaigns.reports.reporting import Unit, periods_of
from campaigns.services import reporting
from jobs.models import Job
from jobs.services import drain
from people.roles import Role
from tests.campaigns.reported import (
    after,
    at_noon,
    brought_to,
    target,
    two_weeks_of_class,
)
from tests.certificates.papers import words_of
from tests.factories import AssignmentFactory, PlaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def weeks(campaign, village, team):
    two_weeks_of_class(campaign, village, team)
    return periods_of(campaign)


@pytest.fixture
def people(leader, organiser, chief):
    return {"writer": leader, "head": organiser, "above": chief}


@pytest.fixture
def draft(campaign, commune, weeks, people):
    return brought_to("draft", campaign, Unit(commune), weeks[0], **people)


def page_of(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(f"campaigns:{name}", args=args), query)


def test_a_leader_begins_with_the_oldest_report_of_the_team_and_sends_it_up(
    client, campaign, team, weeks, leader
):
    client.force_login(leader)
    with after(weeks[1]):
        page = client.get(reverse("campaigns:reports", args=[campaign.pk]))
        assert f'name="team" value="{team.pk}"' in page.text
        assert "Tuần 1" in page.text
        answer = client.post(
            reverse("campaigns:begin_report", args=[campaign.pk]),
            {"team": team.pk, "period": "week", "first_day": weeks[0].first_day.isoformat()},
        )
        report = Report.objects.get()
        assert answer.url == reverse("campaigns:write_report", args=[report.pk])
        answer = client.post(answer.url, {"narrative": "Hai buổi học.", "verb": "send"})

    report.refresh_from_db()
    assert answer.url == reverse("campaigns:report", args=[report.pk])
    assert (report.team, report.state) == (team, "approved")
    assert [event.verb for event in report.events.all()] == ["begun", "submitted", "approved"]


def test_a_draft_is_saved_with_whatever_is_there(client, draft, leader):
    client.force_login(leader)
    answer = client.post(
        reverse("campaigns:write_report", args=[draft.pk]),
        {"narrative": "", "difficulties": "Mất điện.\n\nMưa.", "d-reached": "7", "verb": "save"},
    )

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.state, draft.difficulties) == ("draft", "Mất điện.\n\nMưa.")
    assert draft.declared == {"reached": 7}


@pytest.mark.parametrize("wrong", [{"d-reached": "bảy"}, {"d-reached": "7"}, {"narrative": ""}])
def test_nothing_that_was_typed_is_lost_on_an_error(client, draft, organiser, weeks, wrong):
    client.force_login(organiser)
    typed = {"narrative": "Mở lớp ở thôn.", "proposals": "Thêm máy.", "number": "7/BC-UBND"}
    with after(weeks[0]):
        answer = client.post(
            reverse("campaigns:write_report", args=[draft.pk]),
            {**typed, "verb": "send", **wrong},
        )

    assert answer.status_code == 422
    for words in {**typed, **wrong}.values():
        assert words in answer.text
    draft.refresh_from_db()
    assert (draft.state, draft.proposals) == ("draft", "")


def test_what_the_teams_wrote_can_be_taken_over_without_losing_ones_own_words(
    client, campaign, village, team, draft, weeks, people
):
    below = brought_to("draft", campaign, Unit(village, team), weeks[0], **people)
    Report.objects.filter(pk=below.pk).update(difficulties="Thiếu máy.\nMưa.")
    client.force_login(people["head"])
    data = {"narrative": "Đang viết", "difficulties": "Sóng yếu.", "verb": "quote"}

    answer = client.post(reverse("campaigns:write_report", args=[draft.pk]), data)

    assert answer.status_code == 200
    assert f"Sóng yếu.\n{team.name}: Thiếu máy. Mưa." in answer.text
    assert "Đang viết" in answer.text
    draft.refresh_from_db()
    assert draft.difficulties == ""


def test_a_report_is_sent_back_with_a_reason_that_its_writer_reads(
    client, campaign, commune, weeks, people
):
    report = brought_to("approved", campaign, Unit(commune), weeks[0], **people)
    url = reverse("campaigns:step_report", args=[report.pk, "return"])
    client.force_login(people["above"])

    assert client.post(url, {"because": ""}).status_code == 422
    assert client.post(url, {"because": "Thiếu thôn 3"}).status_code == 302

    page = page_of(client, people["writer"], "write_report", report.pk)
    assert "Thiếu thôn 3" in page.text


def test_who_comes_second_is_told_and_nothing_happens(client, campaign, commune, weeks, people):
    report = brought_to("accepted", campaign, Unit(commune), weeks[0], **people)
    client.force_login(people["above"])
    before = report.events.count()

    answer = client.post(reverse("campaigns:step_report", args=[report.pk, "accept"]), follow=True)

    assert "đã chấp nhận" in answer.text
    assert report.events.count() == before


def test_a_locked_report_opens_no_form(client, campaign, commune, weeks, people):
    report = brought_to("accepted", campaign, Unit(commune), weeks[0], **people)
    url = reverse("campaigns:write_report", args=[report.pk])
    client.force_login(people["writer"])

    for answer in (client.get(url), client.post(url, {"narrative": "Khác", "verb": "save"})):
        assert answer.url == reverse("campaigns:report", args=[report.pk])
    report.refresh_from_db()
    assert report.narrative != "Khác"


def test_the_page_says_what_was_entered_late(client, campaign, commune, weeks, people):
    report = brought_to("accepted", campaign, Unit(commune), weeks[0], **people)
    rows = report.figures["rows"]
    for row in rows:
        row["period"] += row["key"] == "reached"
    Report.objects.filter(pk=report.pk).update(figures=report.figures)

    page = page_of(client, people["writer"], "report", report.pk)

    assert "đã báo cáo 3, nay đếm được 2" in page.text


def test_an_observer_reads_communes_reports_and_learns_nothing_of_teams(
    client, campaign, commune, village, team, weeks, people, observer
):
    of_commune = brought_to("accepted", campaign, Unit(commune), weeks[0], **people)
    of_team = brought_to("accepted", campaign, Unit(village, team), weeks[1], **people)

    table = page_of(client, observer, "reports", campaign.pk, place=commune.pk)
    page = page_of(client, observer, "report", of_commune.pk)

    assert (table.status_code, page.status_code) == (200, 200)
    for text in (table.text, page.text):
        assert team.name not in text
        assert people["writer"].full_name not in text
    assert page_of(client, observer, "report", of_team.pk).status_code == 403
    assert page_of(client, observer, "write_report", of_commune.pk).status_code == 403


def test_a_report_says_that_its_own_writer_accepted_it(
    client, campaign, commune, village, team, weeks, people, observer
):
    """One person may hold all three parts; then nobody else has looked, and that is said."""
    organiser, chief = people["head"], people["above"]
    alone = {"writer": organiser, "head": organiser, "above": organiser}
    unit = Unit(village, team)
    by_one = brought_to("accepted", campaign, unit, weeks[0], **alone)
    by_two = brought_to("accepted", campaign, unit, weeks[1], **(people | {"above": organiser}))
    by_chief = brought_to(
        "accepted", campaign, Unit(commune), weeks[0], writer=chief, head=chief, above=chief
    )
    words = "chấp nhận bởi chính người viết"

    assert page_of(client, organiser, "report", by_one.pk).text.count(words) == 1
    assert words not in page_of(client, organiser, "report", by_two.pk).text
    table = page_of(client, organiser, "reports", campaign.pk, place=commune.pk)
    assert table.context["accepted_by_writer"] == {by_one.pk, by_chief.pk}
    assert table.text.count(words) == 2
    # Whoever only looks does not learn who took which step.
    for page in ("report", by_chief.pk), ("reports", campaign.pk):
        assert words not in page_of(client, observer, *page).text


def test_a_report_mended_by_somebody_else_was_not_accepted_by_its_writer(
    client, campaign, commune, weeks, people
):
    chief = people["above"]
    alone = {"writer": chief, "head": chief, "above": chief}
    report = brought_to("accepted", campaign, Unit(commune), weeks[0], **alone)
    with after(weeks[0], 2):
        reporting.reopen_report(report, "Thiếu thôn 3", by=chief)
        reporting.submit_report(report, by=people["writer"])
        reporting.approve_report(report, by=people["head"])
        reporting.accept_report(report, by=chief)

    assert not Report.objects.accepted_by_writer()
    page = page_of(client, chief, "report", report.pk)
    first, _last = (event for event in page.context["events"] if event.verb == "accepted")
    assert page.context["accepted_by_writer"] == {first.pk}


def test_the_papers_that_an_observer_takes_home_name_no_team(
    client, campaign, commune, village, team, weeks, people, observer
):
    report = brought_to("approved", campaign, Unit(commune), weeks[0], **people)

    def papers(user):
        pdf = page_of(client, user, "report_file", report.pk, "pdf").content
        docx = Document(io.BytesIO(page_of(client, user, "report_file", report.pk, "docx").content))
        cells = [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
        return words_of(pdf), "\n".join([*(p.text for p in docx.paragraphs), *cells])

    for words in papers(people["writer"]):
        assert team.name in words
    for words in papers(observer):
        assert team.name not in words
        assert village.full_name in words


def test_a_neighbour_and_a_stranger_find_no_report(
    client, campaign, province, commune, draft, stranger
):
    near = AssignmentFactory(
        place=PlaceFactory(kind="commune", parent=province), role=Role.COMMUNE_ORGANISER
    ).user
    for user in (near, stranger):
        assert page_of(client, user, "report", draft.pk).status_code == 404
        assert page_of(client, user, "report_file", draft.pk, "pdf").status_code == 404
    assert page_of(client, near, "reports", campaign.pk, place=commune.pk).status_code == 404


def test_the_files_are_named_for_place_and_day(client, draft, leader):
    pdf = page_of(client, leader, "report_file", draft.pk, "pdf")
    docx = page_of(client, leader, "report_file", draft.pk, "docx")

    name = f"bao-cao-xa-lam-thao-{draft.first_day:%Y%m%d}"
    assert pdf["Content-Type"] == "application/pdf"
    assert f"{name}.pdf" in pdf["Content-Disposition"]
    assert f"{name}.docx" in docx["Content-Disposition"]
    assert Document(io.BytesIO(docx.content)).tables
    assert page_of(client, leader, "report_file", draft.pk, "exe").status_code == 404


def test_the_home_page_leads_to_what_waits(client, campaign, village, team, weeks, people):
    for week in weeks[:2]:
        brought_to("approved", campaign, Unit(village, team), week, **people)

    client.force_login(people["head"])
    page = client.get("/")

    assert "2 báo cáo chờ bạn" in page.text
    assert reverse("campaigns:reports", args=[campaign.pk]) in page.text


@pytest.mark.parametrize("show", ["", "missing", "late", "waiting", "nonsense"])
def test_the_cost_of_the_page_does_not_grow_with_the_communes(
    client, campaign, province, weeks, chief, show, django_assert_num_queries
):
    for number in range(6):
        target(campaign, PlaceFactory(kind="commune", parent=province, name=f"Số {number}"))
    client.force_login(chief)
    url = reverse("campaigns:reports", args=[campaign.pk])

    # Four of them find out who asks, and about which campaign.
    with django_assert_num_queries(10), at_noon(weeks[3].first_day):
        assert client.get(url, {"show": show}).status_code == 200


def test_many_scorecards_are_drawn_in_the_background(
    client, campaign, province, commune, chief, monkeypatch, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("campaigns.views.scorecards.MOST_AT_ONCE", 1)
    target(campaign, commune)
    target(campaign, PlaceFactory(kind="commune", parent=province, name="Vân Sơn"))
    client.force_login(chief)

    assert page_of(client, chief, "scorecard_file", campaign.pk).status_code == 404
    answer = client.post(reverse("campaigns:scorecards", args=[campaign.pk]))
    # Asked for again, they are drawn once all the same.
    assert client.post(reverse("campaigns:scorecards", args=[campaign.pk])).url == answer.url
    job = Job.objects.get(kind="campaigns.scorecards")
    assert answer.url == reverse("campaigns:scorecards_job", args=[campaign.pk, job.pk])
    assert client.get(answer.url).status_code == 200
    file = reverse("campaigns:scorecards_file", args=[campaign.pk, job.pk])
    assert client.get(file).status_code == 404
    drain()

    words = words_of(b"".join(client.get(file).streaming_content))
    assert "Xã Lâm Thao" in words
    assert "Xã Vân Sơn" in words


def test_one_commune_gets_its_card_at_once(client, campaign, commune, organiser):
    target(campaign, commune)

    answer = page_of(client, organiser, "scorecard_file", campaign.pk, place=commune.pk)

    assert answer["Content-Type"] == "application/pdf"
    assert page_of(client, organiser, "scorecards", campaign.pk).status_code == 200
