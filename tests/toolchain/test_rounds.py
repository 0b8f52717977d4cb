"""`make test` runs every test: what one round leaves out, another one has."""

import json
import re
import subprocess
import sys

import pytest
from _pytest.mark.expression import Expression
from django.conf import settings

from scripts import suite

pytestmark = pytest.mark.laptop

FOLDERS = ["tests/jobs", "tests/journeys"]
TELL = """
import json, sys, pytest
class Teller:
    def pytest_collection_finish(self, session):
        for item in session.items:
            print(json.dumps([item.nodeid, [mark.name for mark in item.iter_markers()]]))
sys.exit(pytest.main(["--collect-only", "-qq", *sys.argv[1:]], plugins=[Teller()]))
"""


@pytest.fixture(scope="module")
def everything():
    """All tests of the folders, each with the names of its marks."""
    answer = subprocess.run(
        [sys.executable, "-c", TELL, *FOLDERS],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return dict(json.loads(line) for line in answer.stdout.splitlines() if line.startswith("["))


def chosen(everything, expression):
    """Return the tests that pytest would run with ``-m expression``."""
    whole = Expression.compile(expression)
    return {name for name, marks in everything.items() if whole.evaluate(_matcher(marks))}


def _matcher(marks):
    return lambda name, **_: name in marks


def test_no_test_is_left_out_of_every_round(everything):
    expressions = (suite.ON_SQLITE, suite.IN_BROWSER, suite.ON_POSTGRESQL)
    rounds = set().union(*(chosen(everything, expression) for expression in expressions))

    assert everything
    assert rounds == set(everything)


def test_the_journeys_on_postgresql_are_some_of_all_journeys(everything):
    some = chosen(everything, suite.IN_BROWSER_ON_POSTGRESQL)

    assert {name.partition("[")[0].rpartition("::")[2] for name in some} >= {
        "test_a_walk_in_learns_and_is_certified",
        "test_what_the_menu_offers_works",
        "test_a_lesson_done_without_network_arrives_once",
    }
    assert some < chosen(everything, suite.IN_BROWSER)


def test_the_round_with_redis_kills_celery_workers(everything):
    names = chosen(everything, suite.ON_POSTGRESQL)

    assert {name for name in names if "test_killed_celery_workers" in name}
    assert {name for name in names if "test_killed_loops" in name}


def test_the_round_on_the_laptops_database_kills_its_loop(everything):
    names = chosen(everything, suite.ON_SQLITE)

    assert {name for name in names if "test_killed_loops" in name}
    assert not {name for name in names if "celery" in name}


def test_ci_runs_what_the_reader_runs():
    assert "exec make test" in (settings.BASE_DIR / ".ci" / "run").read_text()


# Lock files


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_versions_and_hashes_but_no_address(name):
    text = (settings.BASE_DIR / name).read_text()
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]

    assert len(packages) > 60
    assert [one for one in packages if "==" not in one or "--hash=sha256:" not in one] == []
    assert "://" not in text


def test_the_developers_lock_contains_the_products():
    ours, theirs = (
        set(re.findall(r"^\S+==\S+", (settings.BASE_DIR / name).read_text(), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )

    assert ours <= theirs
