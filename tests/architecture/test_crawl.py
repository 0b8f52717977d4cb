"""Lists, searches, files and papers show what is one's own, whatever is asked of them.

Everybody asks every list with the numbers of other people's places and people; the rare words of
those places must not stand in any byte of any answer. And everybody finds the own ones, so that we
know that there was something to find.
"""

import io
import logging
import re
import zipfile

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.architecture.doors import ANYWHERE, FENCED
from tests.architecture.world import OURS, contents, found_in
from tests.certificates.papers import words_of

pytestmark = pytest.mark.django_db

# What can be asked of any list, with the things of a side where the reader has no business.
QUERIES = {
    "nothing": lambda s: {},
    "a name": lambda s: {"q": "tran"},
    "another name": lambda s: {"q": "lê", "closed": "1"},
    "a class": lambda s: {"q": "lop", "page": "2"},
    "a place's name": lambda s: {"q": "xuân"},
    "a page": lambda s: {"page": "2", "sort": "-name"},
    "the last page": lambda s: {"page": "999", "sort": "status", "state": "valid"},
    "a village": lambda s: {"village": s.village.pk, "q": "tran"},
    "a commune": lambda s: {"commune": s.commune.pk},
    "a place": lambda s: {"place": s.village.pk, "indicator": "reached", "state": "revoked"},
    "a team": lambda s: {"team": s.team.pk, "place": s.commune.pk},
    "a number": lambda s: {"q": s.certificate.number.replace("-", " ")},
    "nonsense": lambda s: {
        "q": "%_'\"\\",
        "page": "-1",
        "sort": "password",
        "village": 10**30,
        "commune": "x",
        "place": 10**30,
        "indicator": "x",
    },
}

BLUNT = ("nothing", "a village", "nonsense")


def _map(side):
    """What a map can be asked for."""
    return {"place": side.village.pk, "indicator": "reached", "day": "40", "map": "old"}


# Pages about one thing of one's own that can be asked about another thing as well.
ASIDES = {
    "campaigns:coverage": lambda s: _map(s) | {"shape": "lines"},
    "campaigns:coverage_csv": lambda s: _map(s),
    "campaigns:coverage_xlsx": lambda s: _map(s),
    "campaigns:pace": lambda s: _map(s) | {"goal": "500"},
    "campaigns:targets": lambda s: {
        "place": s.village.pk,
        "indicator": "reached",
        "total": "100",
        "total_of": "200",
        "by": "evenly",
    },
    "campaigns:targets_xlsx": lambda s: {"place": s.village.pk, "indicator": "reached"},
    "campaigns:import_targets": lambda s: {"place": s.village.pk, "indicator": "reached"},
    "campaigns:target_history": lambda s: {"place": s.village.pk, "page": "2"},
    "campaigns:outcomes": lambda s: {
        "place": s.village.pk,
        "indicator": "o1",
        "state": "standing",
        "mine": "1",
    },
    "campaigns:outcomes_csv": lambda s: {"place": s.village.pk, "state": "taken_back"},
    "campaigns:note_outcome": lambda s: {
        "place": s.village.pk,
        "q": "tran",
        "class": s.group.pk,
        "resident": s.lan.uuid,
    },
    "campaigns:note_tally": lambda s: {"place": s.village.pk},
    "campaigns:breakdown": lambda s: {
        "place": s.village.pk,
        "indicator": "reached",
        "by": "team",
    },
    "campaigns:breakdown_file": lambda s: {"place": s.village.pk, "by": "team"},
    "campaigns:class_groups": lambda s: {"page": "2"},
    "campaigns:work": lambda s: {
        "place": s.village.pk,
        "owner": f"u{s.instructor.pk}",
        "indicator": "reached",
        "state": "open",
        "late": "1",
        "view": "list",
    },
    "campaigns:new_class": lambda s: {"campaign": s.draft.pk, "village": s.village.pk},
    "progress:missing": lambda s: {
        "place": s.village.pk,
        "kind": "absent",
        "after": s.lan.pk,
    },
    "campaigns:new_work": lambda s: {"place": s.village.pk, "indicator": "reached"},
    "progress:quality": lambda s: {"place": s.village.pk, "sort": "full"},
    "progress:quality_csv": lambda s: {"place": s.village.pk, "sort": "full"},
    "progress:quality_list": lambda s: {"place": s.village.pk, "kind": "late", "page": "2"},
    "campaigns:reports": lambda s: {"place": s.village.pk, "show": "missing"},
    "campaigns:scorecards": lambda s: {"place": s.commune.pk},
    "campaigns:scorecard_file": lambda s: {"place": s.commune.pk},
    "people:edit": lambda s: {"commune": s.commune.pk},
    "progress:register": lambda s: {"q": "tran"},
    "progress:sheets": lambda s: {"named": "on"},
    "progress:likely": lambda s: {
        "full_name": s.lan.full_name,
        "birth_year": s.lan.birth_year,
        "village": s.village.pk,
    },
    "progress:learner": lambda s: {"enrolment": s.binhs.pk},
    "progress:withdraw": lambda s: {"enrolment": s.binhs.pk},
    "progress:enrol": lambda s: {"session": s.tonight.pk},
    "progress:merge": lambda s: {"with": s.binh.uuid},
}

# Parameters that name nobody and no place.
HARMLESS = {
    *("number", "again", "marked_at", "step", "lang", "run", "tap", "show", "course", "reason"),
    *("lesson", "print", "paper", "have", "shift"),
    *("from", "span", "since", "until"),
}

# Who reads: (who, the words that he must not find, one that he must).
READERS = {
    "visitor": (None, lambda w: [*w.home.words, *w.near.words], None),
    "nobody": (lambda w: w.nobody, lambda w: [*w.home.words, *w.near.words], None),
    "another province": (
        lambda w: w.away.province_organiser,
        lambda w: [*w.home.words, *w.near.words],
        lambda w: w.away.word,
    ),
    "another commune": (
        lambda w: w.near.organiser,
        lambda w: [*w.home.words, *w.away.words],
        lambda w: w.near.word,
    ),
    "two hats": (
        lambda w: w.two_hats,
        lambda w: [w.home.word, w.home.other, w.home.crew, *w.away.words],
        lambda w: w.near.word,
    ),
    "instructor": (
        lambda w: w.home.instructor,
        lambda w: [*w.near.words, *w.away.words],
        lambda w: w.home.word,
    ),
    "observer": (
        lambda w: w.home.observer,
        lambda w: [w.home.word, w.home.other, w.home.crew, *w.near.words],
        lambda w: w.home.ground,
    ),
    "author": (
        lambda w: w.home.author,
        lambda w: [w.home.word, w.home.other, w.home.crew, *w.near.words],
        lambda w: w.home.ground,
    ),
    "leader of one village": (
        lambda w: w.home.village_leader,
        lambda w: [w.home.word, w.home.other, *w.near.words],
        lambda w: w.home.ground,
    ),
}

# Where in Wagtail's admin people might be found.
ADMIN = """
    wagtailadmin_home wagtailadmin_explore_root wagtailadmin_account wagtailadmin_pages:search
    wagtailadmin_reports:site_history wagtailadmin_reports:locked_pages
    wagtailadmin_reports:aging_pages wagtailadmin_reports:workflow
    wagtailadmin_reports:page_types_usage wagtailusers_users:index wagtailusers_groups:index
    wagtailimages:index wagtaildocs:index wagtailsnippets:index wagtailadmin_collections:index
    wagtailsites:index wagtaillocales:index
""".split()


@pytest.fixture(autouse=True)
def two_on_a_page(monkeypatch):
    """Let every list have a second page."""
    begin = Paginator.__init__

    def short(self, object_list, per_page, **more):
        begin(self, object_list, 2, **more)

    monkeypatch.setattr(Paginator, "__init__", short)


def browser_of(world, who):
    browser = Client()
    reader = READERS[who][0]
    if reader:
        browser.force_login(reader(world))
    return browser


def test_every_parameter_of_an_address_is_asked_here(world):
    said = re.compile(
        r'request\.GET(?:\.get(?:list)?\(|\[)\s*"(\w+)"|"(\w+)" (?:not )?in request\.GET'
    )
    files = [file for app in OURS for file in (settings.BASE_DIR / app).rglob("*.py")]
    read = {n for file in files for pair in said.findall(file.read_text()) for n in pair if n}
    asked = {n for query in (*QUERIES.values(), *ASIDES.values()) for n in query(world.home)}

    assert read - HARMLESS <= asked


@pytest.mark.parametrize(
    ("query", "who"),
    # Whoever has no list needs not be asked in twelve ways.
    [(q, who) for q in QUERIES for who in READERS if READERS[who][2] or q in BLUNT],
)
def test_a_list_shows_only_ones_own(world, caplog, query, who):
    _reader, hidden, own = READERS[who]
    elsewhere = world.home if who not in ("instructor", "observer", "author") else world.near
    browser = browser_of(world, who)
    caplog.set_level(logging.DEBUG)
    leaks, seen = [], set()

    for name in ["home", *ANYWHERE]:
        url = ANYWHERE[name].url(name, world.home) if name in ANYWHERE else reverse(name)
        answer = browser.get(url, QUERIES[query](elsewhere))
        assert answer.status_code in (200, 302, 403, 404, 405, 422), name
        leaks += [(name, word) for word in found_in(answer, *hidden(world))]
        seen |= set(found_in(answer, own(world))) if own else set()

    assert leaks == []
    if own and query == "nothing":
        assert seen == {own(world)}
    # What people are called is in no line of any log.
    every_word = [word for side in (world.home, world.near, world.away) for word in side.words]
    assert [word for word in every_word if word in caplog.text] == []


@pytest.mark.parametrize("name", ASIDES)
@pytest.mark.parametrize("who", ["another province", "another commune", "two hats"])
def test_a_page_of_ones_own_shows_nothing_of_others(world, who, name):
    own = world.away if who == "another province" else world.near
    browser = browser_of(world, who)

    for query in (ASIDES[name](world.home), QUERIES["nonsense"](world.home)):
        ask = browser.get if FENCED[name].shows else browser.post
        answer = ask(FENCED[name].url(name, own), query)

        # Only who looks at the other place anyway may hear that it is there.
        assert answer.status_code in ((200, 403, 404, 422) if who == "two hats" else (200, 404))
        # His own question is repeated to him.
        hidden = [word for word in READERS[who][1](world) if word not in str(query)]
        if who == "two hats" and name.startswith(
            ("campaigns:coverage", "campaigns:pace", "campaigns:targets")
        ):
            hidden.remove(world.home.word)
        assert found_in(answer, *hidden) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("query", QUERIES)
def test_a_file_holds_only_ones_own(world, kind, query):
    browser = browser_of(world, "two hats")

    answer = browser.get(reverse("people:export", args=[kind]), QUERIES[query](world.home))
    content = _unzipped(answer.content) if kind == "xlsx" else answer.content

    assert answer.status_code == 200
    hidden = [*world.home.words, *world.away.words]
    assert [word for word in hidden if word.encode() in content] == []
    if query == "nothing":
        assert world.near.word.encode() in content


def test_a_sheet_of_cards_is_printed_only_for_ones_own(world):
    browser = browser_of(world, "two hats")
    people = [world.home.lan.uuid, world.home.binh.uuid, world.away.lan.uuid, world.near.lan.uuid]

    answer = browser.post(reverse("people:cards_sheet"), {"resident": people})
    text = words_of(answer.content)

    words = (*world.home.words, *world.away.words, *world.near.words)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert [word for word in words if word in text] == [world.near.word, world.near.ground]


def test_a_calendar_tells_where_and_when_and_no_learner(world):
    home = world.home
    feed = Client().get(reverse("campaigns:calendar", args=[home.team.calendar_key]))
    wrong = Client().get(reverse("campaigns:calendar", args=["0" * 31 + "x"]))

    everything = [*home.words, *world.near.words, *world.away.words]
    assert found_in(feed, *everything) == [home.word, home.ground]
    assert found_in(feed, home.lan.full_name, home.member.phone, "Điện yếu") == []
    assert wrong.status_code == 404


def test_a_public_page_tells_where_and_when_and_nobody(world):
    home = world.home
    pages = [
        Client().get(reverse(f"public_{name}", args=[home.campaign.pk]), query)
        for name in ("campaign", "places", "card", "code")
        for query in (
            {},
            {"commune": home.commune.pk, "q": home.village.name},
            {"commune": "x", "q": "%_"},
        )
    ]

    assert {page.status_code for page in pages} == {200}
    for page in pages:
        assert found_in(page, home.word, home.other, home.crew, world.near.word) == []
        assert found_in(page, *world.away.words, home.team.name, home.tonight.note) == []
    # Where the next evening is stands there; so there was something that could leak.
    assert found_in(pages[1], home.ground, world.near.ground) == [home.ground]


def test_the_admin_for_lessons_knows_nobody(world, as_staff):
    browser = as_staff(world.home.author)
    everything = [word for side in (world.home, world.near, world.away) for word in side.words]
    opened = []

    for name in ADMIN:
        try:
            answer = browser.get(reverse(name), {"q": "tran"})
        except NoReverseMatch:
            continue
        assert found_in(answer, *everything) == [], name
        opened += [name] if answer.status_code == 200 else []

    assert "wagtailadmin_home" in opened
    assert not {"wagtailusers_users:index", "wagtailusers_groups:index"} & set(opened)


@pytest.mark.parametrize("who", ["another province", "instructor", "observer", "nobody"])
def test_whoever_does_not_write_has_no_business_in_the_admin(world, who):
    answer = browser_of(world, who).get(reverse("wagtailadmin_home"), follow=True)

    assert answer.status_code == 403


def test_a_job_carries_no_names(world, as_staff):
    home = world.home
    as_staff(home.organiser).post(reverse("certificates:issue", args=[home.mais.pk]))

    jobs = str(contents()[connection.ops.quote_name("jobs_job")])

    assert "certificates.issue" in jobs
    assert [word for word in home.words if word in jobs] == []


def _unzipped(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())
