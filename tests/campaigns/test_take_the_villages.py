"""All villages of a province as one spreadsheet, made in the background and kept private."""

import datetime as dt
import io
import os
import time

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.exports import cells_of
from campaigns.exports.sheets import forget_sheets, sheet_files, sheet_name
from campaigns.reports import coverage
from campaigns.services import set_target
from jobs.models import Job
from jobs.services import drain
from people.models import Assignment
from tests.campaigns.facts import enrol
from tests.factories import PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def two_communes(campaign, province, commune, village, chief):
    other = PlaceFactory(kind="commune", name="=Tam Nông", parent=province)
    hamlet = PlaceFactory(parent=other)
    set_target(campaign, village, "enrolled", 10, 40, source="Kế hoạch 45", by=chief)
    enrol(campaign, ResidentFactory(village=village), day=3)
    enrol(campaign, ResidentFactory(village=hamlet), day=40)
    return commune, other


def asked(client, campaign, **query):
    url = (
        reverse("campaigns:villages", args=[campaign.pk])
        + "?"
        + "&".join(f"{name}={value}" for name, value in query.items())
    )
    answer = client.post(url)
    assert answer.status_code == 302, answer.status_code
    return answer.url


def test_every_village_stands_as_on_the_map_of_its_commune(
    client, campaign, province, two_communes, chief
):
    client.force_login(chief)
    page = asked(client, campaign, indicator="enrolled", day=20)
    assert "hx-get" in client.get(page).text
    drain()
    done = client.get(page, HTTP_HX_REQUEST="true")
    answer = client.get(done.context["over_url"])

    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    expected = [
        [commune.full_name, *cells_of(row)]
        for commune in two_communes
        for row in coverage(campaign, commune, "enrolled", day=20).rows
    ]
    read = [
        [cell.date() if isinstance(cell, dt.datetime) else cell for cell in row]
        for row in rows[1 : 1 + len(expected)]
    ]
    # An empty text is an empty cell.
    assert read == [[None if cell == "" else cell for cell in row] for row in expected]
    assert [row[2] for row in rows[1:3]] == [1, None]
    assert sheet.freeze_panes == "B2"
    assert "ngày thứ 20" in rows[-1][0]
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    job = Job.objects.get(kind="campaigns.villages")
    assert (job.progress_done, job.progress_total) == (2, 2)


def test_the_file_is_only_for_who_asked_and_may_still_look(
    client, campaign, two_communes, chief, observer, organiser, stranger
):
    client.force_login(chief)
    page = asked(client, campaign, indicator="enrolled")
    drain()
    file = client.get(page).context["over_url"]
    for user in (observer, organiser, stranger):
        client.force_login(user)
        assert client.get(page).status_code == 404
        assert client.get(file).status_code == 404
    Assignment.objects.filter(user=chief).delete()
    client.force_login(chief)
    assert client.get(file).status_code == 404


def test_a_file_that_is_not_there_yet_cannot_be_fetched(client, campaign, two_communes, chief):
    client.force_login(chief)
    page = asked(client, campaign, indicator="enrolled")
    file = client.get(page).context["over_url"]

    assert client.get(file).status_code == 404


def test_whoever_asks_again_is_led_to_the_file_that_is_being_made(
    client, campaign, two_communes, chief, observer
):
    client.force_login(chief)
    first = asked(client, campaign, indicator="enrolled")

    assert asked(client, campaign, indicator="enrolled") == first
    assert asked(client, campaign, indicator="enrolled", day=20) != first
    client.force_login(observer)
    assert asked(client, campaign, indicator="enrolled") != first
    assert Job.objects.filter(kind="campaigns.villages").count() == 3

    # Once it is there, a new one can be had.
    drain()
    client.force_login(chief)
    second = asked(client, campaign, indicator="enrolled")
    assert second != first
    assert asked(client, campaign, indicator="enrolled") == second


def test_only_a_province_has_so_many_villages(client, campaign, commune, chief):
    client.force_login(chief)
    url = reverse("campaigns:villages", args=[campaign.pk])

    assert client.post(f"{url}?place={commune.pk}").status_code == 404
    assert client.get(url).status_code == 405


def test_files_are_forgotten_after_a_day(tmp_path):
    for number, hours in ((1, 25), (2, 23)):
        name = sheet_files().save(sheet_name(number), io.BytesIO(b"x"))
        then = time.time() - hours * 3600
        os.utime(sheet_files().path(name), (then, then))

    assert forget_sheets() == 1
    assert not sheet_files().exists(sheet_name(1))
    assert sheet_files().exists(sheet_name(2))
