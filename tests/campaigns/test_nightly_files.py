"""Each night's facts go to the warehouse without names, as CSV and as Parquet."""

import csv
import datetime as dt
import hashlib
import io
import re

import duckdb
import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from campaigns.exports.facts import TABLES, night_of
from campaigns.models import Campaign, FactsFile
from campaigns.services import fold, set_target
from campaigns.services.facts import (
    facts_shelf,
    forget_facts,
    keep_facts,
    open_facts,
    want_facts,
    want_nightly_facts,
)
from jobs.models import Job
from jobs.services import drain
from people.roles import Role
from tests.campaigns.facts import came, enrol
from tests.campaigns.test_statistics_api import Asker
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

DOCS = settings.BASE_DIR / "docs" / "statistics.md"


@pytest.fixture
def learners(campaign, village, commune):
    """Six in Cao Xá, two of whom came, and one alone in a hamlet."""
    lonely = PlaceFactory(parent=commune, name="Vắng")
    rows = [
        enrol(campaign, ResidentFactory(full_name="Zuyvang Qonthuy", village=village))
        for _ in range(6)
    ]
    came(rows[0], 4)
    came(rows[1], 4)
    rows.append(enrol(campaign, ResidentFactory(full_name="Jirmoi", village=lonely)))
    return rows


def make(campaign, on=None, **more):
    want_facts(campaign, on, **more)
    drain()
    return {
        (file.table, file.format): file
        for file in FactsFile.objects.filter(on=on or timezone.localdate())
    }


def table(file):
    with open_facts(file) as kept:
        return list(csv.DictReader(io.StringIO(kept.read().decode())))


# The rule


def test_every_table_is_there_in_both_formats_and_says_the_same(campaign, learners, tmp_path):
    files = make(campaign)

    assert set(files) == {(name, kind) for name in TABLES for kind in ("csv", "parquet")}
    for name in TABLES:
        with open_facts(files[name, "parquet"]) as kept:
            (tmp_path / f"{name}.parquet").write_bytes(kept.read())
        with open_facts(files[name, "csv"]) as kept:
            (tmp_path / f"{name}.csv").write_bytes(kept.read())
        types = dict(TABLES[name].columns)
        with duckdb.connect() as engine:
            parquet = engine.sql(f"SELECT * FROM '{tmp_path}/{name}.parquet'")
            found = dict(zip(parquet.columns, map(str, parquet.types), strict=True))
            rows = parquet.fetchall()
            lines = engine.sql(
                f"SELECT * FROM read_csv('{tmp_path}/{name}.csv', header=true, columns={types})"
            ).fetchall()
        assert found == types
        assert rows == lines
        assert len(rows) == files[name, "csv"].rows == files[name, "parquet"].rows


def test_no_spreadsheet_takes_a_text_for_a_formula(campaign, commune, chief, tmp_path):
    sources = ['=HYPERLINK("http://x")', " +1", "Kế hoạch 45"]
    for indicator, source in zip(("reached", "enrolled", "completed"), sources, strict=True):
        set_target(campaign, commune, indicator, 20, 40, source=source, by=chief)
    files = make(campaign)
    (tmp_path / "x.parquet").write_bytes(open_facts(files["targets", "parquet"]).read())
    with duckdb.connect() as engine:
        raw = engine.sql(f"SELECT source FROM '{tmp_path}/x.parquet'").fetchall()
    told = {row["source"] for row in table(files["targets", "csv"])}

    # A source is kept without blanks around it.
    assert told == {'\'=HYPERLINK("http://x")', "'+1", "Kế hoạch 45"}
    assert {source for (source,) in raw} == {source.strip() for source in sources}


def test_the_tables_of_one_night_hang_together(campaign, learners):
    files = make(campaign)
    people = table(files["enrolments", "csv"])
    came_there = table(files["attendance", "csv"])
    sessions = {row["session"] for row in table(files["sessions", "csv"])}

    assert len({row["person"] for row in people}) == 7
    assert {row["person"] for row in came_there} < {row["person"] for row in people}
    assert {row["session"] for row in came_there} <= sessions
    assert sorted(row["evenings"] for row in people) == ["0"] * 5 + ["1"] * 2
    figures = table(files["figures", "csv"])
    assert (
        sum(
            int(row["n"])
            for row in figures
            if (row["place"], row["kind"], row["indicator"])
            == (str(campaign.place_id), "day", "reached")
        )
        == 2
    )


def test_another_night_draws_other_numbers(campaign, learners):
    today = timezone.localdate()
    one = table(make(campaign, today)["enrolments", "csv"])
    other = table(make(campaign, today + dt.timedelta(days=1))["enrolments", "csv"])

    assert {row["person"] for row in one} & {row["person"] for row in other} == set()
    night = night_of(campaign, today)
    assert {int(row["person"]) for row in one} == {night.person(row.pk) for row in learners}
    # Their order is that of the numbers, and so tells nothing.
    assert [int(row["person"]) for row in one] == sorted(int(row["person"]) for row in one)


def test_a_village_of_one_is_not_named(campaign, commune, village, learners):
    people = table(make(campaign)["enrolments", "csv"])

    assert sorted(row["village"] for row in people) == [""] + [str(village.pk)] * 6
    assert {row["commune"] for row in people} == {str(commune.pk)}


def test_no_other_table_names_it(campaign, commune, village, learners):
    lonely = learners[-1].village
    came(learners[-1], 9)
    while fold():
        pass
    files = make(campaign)
    meets = {row["place"] for row in table(files["sessions", "csv"])}
    figures = table(files["figures", "csv"])

    assert meets == {str(village.pk), str(commune.pk)}
    counted = {row["place"] for row in figures}
    assert counted == {str(pk) for pk in (village.pk, commune.pk, campaign.place_id)}
    # The commune's own figures are whole.
    assert (
        sum(
            int(row["n"])
            for row in figures
            if (row["place"], row["kind"], row["indicator"]) == (str(commune.pk), "day", "reached")
        )
        == 3
    )
    assert str(lonely.pk) in {row["place"] for row in table(files["places", "csv"])}


def test_no_name_and_no_key_of_a_person_is_in_any_file(campaign, learners):
    resident = learners[0].resident
    for file in make(campaign).values():
        with open_facts(file) as kept:
            content = kept.read()
        for word in ("Zuyvang", "Qonthuy", "Jirmoi", str(resident.uuid), str(resident.uuid.hex)):
            assert word.encode() not in content
        header = set(dict(TABLES[file.table].columns))
        assert header & {"name", "resident", "enrolment", "uuid", "phone", "birth_year"} <= (
            {"name"} if file.table == "places" else set()
        )


def test_the_documentation_names_every_column_with_its_type():
    text = DOCS.read_text()
    documented = {
        name: tuple(re.findall(r"^\| `(\w+)` \| (\w+) \|", body, re.M))
        for name, body in re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", text, re.M | re.S)
    }

    assert documented == {name: facts.columns for name, facts in TABLES.items()}


# Killed, and done again


def test_what_is_made_is_not_made_again(campaign, learners):
    first = {key: file.made_at for key, file in make(campaign).items()}
    Job.objects.all().delete()

    again = {key: file.made_at for key, file in make(campaign).items()}

    assert again == first


def test_a_killed_job_goes_on_with_the_next_table(campaign, learners, monkeypatch):
    calls = []

    def dies(campaign, name, *more):
        calls.append(name)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return keep_facts(campaign, name, *more)

    monkeypatch.setattr("campaigns.tasks.keep_facts", dies)
    want_facts(campaign)
    with pytest.raises(KeyboardInterrupt):
        drain()
    # The second table was cut in the middle: none of its files is there.
    assert FactsFile.objects.count() == 2
    monkeypatch.setattr("campaigns.tasks.keep_facts", keep_facts)
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    drain()

    assert Job.objects.get().state == Job.State.DONE
    assert FactsFile.objects.count() == 2 * len(TABLES)


def test_made_anew_a_file_replaces_the_old_one(
    campaign, village, learners, django_capture_on_commit_callbacks
):
    before = make(campaign)["enrolments", "csv"]
    enrol(campaign, ResidentFactory(village=village))
    with (
        time_machine.travel(timezone.now() + dt.timedelta(minutes=2)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        after = make(campaign, again=True)["enrolments", "csv"]

    assert (before.rows, after.rows) == (7, 8)
    assert not facts_shelf().exists(before.file)
    with open_facts(after) as kept:
        assert hashlib.sha256(kept.read()).hexdigest() == after.sha256


@pytest.mark.parametrize(("hour", "wanted"), [(0, 0), (2, 1), (4, 1), (12, 0)])
def test_files_are_wanted_once_a_night(campaign, hour, wanted):
    night = timezone.localtime().replace(hour=hour, minute=10)
    with time_machine.travel(night):
        want_nightly_facts()
        want_nightly_facts()

    assert Job.objects.filter(kind="campaigns.facts").count() == wanted


def test_drafts_and_what_is_long_over_make_no_files(campaign):
    night = timezone.localtime().replace(hour=2)
    Campaign.objects.update(state=Campaign.State.DRAFT)
    with time_machine.travel(night):
        assert want_nightly_facts() == 0
    Campaign.objects.update(state=Campaign.State.CLOSED)
    with time_machine.travel(night + dt.timedelta(days=100)):
        assert want_nightly_facts() == 0


def test_files_are_kept_for_thirty_nights(campaign, django_capture_on_commit_callbacks):
    today = timezone.localdate()
    for days in (30, 31):
        name = facts_shelf().save(f"x{days}.csv", ContentFile(b"a"))
        FactsFile.objects.create(
            campaign=campaign,
            on=today - dt.timedelta(days=days),
            table="places",
            format="csv",
            file=name,
            rows=1,
            size=1,
            sha256="",
        )
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_facts() == 1

    assert [facts_shelf().exists(f"x{days}.csv") for days in (30, 31)] == [True, False]


# Who may


def test_the_unit_itself_finds_them_on_its_shelf(client, campaign, chief, learners):
    files = make(campaign)
    client.force_login(chief)
    page = client.get(reverse("campaigns:facts", args=[campaign.pk]))
    file = files["enrolments", "csv"]
    answer = client.get(reverse("campaigns:facts_file", args=[file.pk]))

    ((_night, tables),) = page.context["nights"]
    assert {name for name, _files in tables} == set(TABLES)
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert "no-store" in answer["Cache-Control"]


def test_a_commune_does_not_take_the_whole_provinces_files(client, campaign, commune, learners):
    file = make(campaign)["enrolments", "csv"]
    user = AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER, user__username="xa").user
    client.force_login(user)

    assert client.get(reverse("campaigns:facts", args=[campaign.pk])).status_code == 403
    assert client.get(reverse("campaigns:facts_file", args=[file.pk])).status_code == 403


def test_a_program_gets_them_only_for_the_whole_place_and_exactly(
    campaign, province, commune, chief, learners
):
    file = make(campaign)["enrolments", "csv"]
    path = f"/campaigns/{campaign.pk}/files"
    warehouse = Asker(province, chief, sees_exact=True)
    listed = {item["table"] for item in warehouse.json(path)["items"]}
    answer = warehouse.get(f"/files/{file.pk}")

    assert listed == set(TABLES)
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == file.sha256
    for place, exact in ((province, False), (commune, True)):
        other = Asker(place, chief, sees_exact=exact)
        assert other.get(path).status_code == 403
        assert other.get(f"/files/{file.pk}").status_code == 403


def test_another_provinces_files_are_not_there(campaign, learners):
    file = make(campaign)["enrolments", "csv"]
    away = PlaceFactory(kind="province", name="Cà Mau")
    by = AssignmentFactory(place=away, role=Role.PROVINCE_ORGANISER, user__username="cm").user
    asker = Asker(away, by, sees_exact=True)

    assert asker.get(f"/campaigns/{campaign.pk}/files").status_code == 404
    assert asker.get(f"/files/{file.pk}").status_code == 404
    assert asker.get(f"/files/{file.pk}").content == asker.get(f"/files/{10**9}").content


# The cost


@pytest.mark.parametrize("n", [1, 5])
def test_a_table_is_read_in_one_go(campaign, village, django_assert_max_num_queries, n):
    for _ in range(n):
        came(enrol(campaign, ResidentFactory(village=village)), 3)
    night = night_of(campaign, timezone.localdate())
    for facts in TABLES.values():
        with django_assert_max_num_queries(4):
            list(facts.rows(night))
