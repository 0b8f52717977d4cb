"""`make test` runs every test: what one round leaves out, another one has."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from scripts import suite

pytestmark = pytest.mark.laptop

FOLDERS = ["tests/jobs", "tests/journeys"]


def collected(*arguments):
    """Return the tests that pytest would run."""
    answer = subprocess.run(
        [sys.executable, *"-m pytest --collect-only -q".split(), *arguments, *FOLDERS],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return {line for line in answer.stdout.splitlines() if "::" in line}


@pytest.fixture(scope="module")
def everything():
    return collected()


def test_no_test_is_left_out_of_every_round(everything):
    expressions = (suite.ON_SQLITE, suite.IN_BROWSER, suite.ON_POSTGRESQL)
    rounds = set().union(*(collected("-m", expression) for expression in expressions))

    assert everything
    assert rounds == everything


def test_the_round_with_redis_kills_celery_workers():
    names = collected("-m", suite.ON_POSTGRESQL)

    assert {name for name in names if "test_killed_celery_workers" in name}
    assert {name for name in names if "test_killed_loops" in name}


def test_the_round_on_the_laptops_database_kills_its_loop():
    names = collected("-m", suite.ON_SQLITE)

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
