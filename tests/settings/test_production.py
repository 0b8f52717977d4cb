"""Production starts only with all that it needs, and says what is missing."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from people.roles import NEEDS_SECOND_FACTOR

# Nothing here depends on the database that the tests run on.
pytestmark = pytest.mark.laptop

ENVIRONMENT = {
    "TRAMNGAY_ADDRESS": "https://tramngay.example.vn",
    "TRAMNGAY_HOSTS": "tramngay.example.vn, www.tramngay.example.vn",
    "TRAMNGAY_SECRET_KEY": "Zk3vGq8yPw1xRt6uSb9nMc4hJd7fLe2aXo5iTg0rYp8zQw3eVu",
    "TRAMNGAY_DATABASE": "postgresql://tramngay:m%40t@database:5433/lms",
    "TRAMNGAY_REDIS": "redis://broker:6379/0",
}
SHOW = """
import django, json, sys
from django.conf import settings
from django.utils.functional import Promise
django.setup()
names = sys.argv[1:]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


@pytest.fixture
def start(tmp_path):
    """Start a process with production's settings; changes of ``None`` leave a variable out."""

    def run(*command, **changes):
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TRAMNGAY_", "DJANGO_", "PG", "COV_"))
        }
        given = {**ENVIRONMENT, "TRAMNGAY_DATA": str(tmp_path), **changes}
        return subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env={
                **ours,
                **{name: value for name, value in given.items() if value is not None},
                "DJANGO_SETTINGS_MODULE": "lms.settings.production",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def ask(start):
    """Return some of production's settings."""

    def ask(*names, **changes):
        answer = start("-c", SHOW, *names, **changes)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return ask


# The rule


def test_djangos_own_check_for_production_finds_nothing(start):
    answer = start("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


@pytest.mark.parametrize("name", [*ENVIRONMENT, "TRAMNGAY_DATA"])
def test_what_is_missing_is_named(start, name):
    answer = start("manage.py", "check", **{name: None})

    assert answer.returncode != 0
    assert f"missing in the environment: {name} (or {name}_FILE)" in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRAMNGAY_ADDRESS", "http://tramngay.example.vn"),
        ("TRAMNGAY_DATABASE", "mysql://u:secret-word@h/n"),
        ("TRAMNGAY_REDIS", "secret-word"),
        ("TRAMNGAY_PROXIES", "two"),
        ("TRAMNGAY_SECRET_KEY_FILE", "/nowhere/secret-word"),
        ("TRAMNGAY_MAIL", "imap://u:secret-word@h"),
    ],
)
def test_what_is_wrong_is_named_and_no_password_repeated(start, name, value):
    answer = start("manage.py", "check", **{name: value})

    assert answer.returncode != 0
    assert f"{name}:" in answer.stderr
    assert "secret-word" not in answer.stderr


def test_a_secret_may_stand_in_a_file(ask, tmp_path):
    file = tmp_path / "key"
    file.write_text("from a file\n")

    answer = ask("SECRET_KEY", TRAMNGAY_SECRET_KEY=None, TRAMNGAY_SECRET_KEY_FILE=str(file))

    assert answer == {"SECRET_KEY": "from a file"}


def test_addresses_are_taken_apart(ask):
    answer = ask("DATABASES", "ALLOWED_HOSTS", "CELERY_BROKER_URL")

    database = answer["DATABASES"]["default"]
    assert [database[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")] == [
        "database",
        "5433",
        "lms",
        "tramngay",
        "m@t",
    ]
    assert answer["ALLOWED_HOSTS"] == ["tramngay.example.vn", "www.tramngay.example.vn"]
    assert answer["CELERY_BROKER_URL"] == "redis://broker:6379/0"


# Who may


def test_the_roles_that_see_many_people_show_a_second_factor(ask):
    answer = ask("SECOND_FACTOR_ROLES")

    assert answer["SECOND_FACTOR_ROLES"] == [str(role) for role in NEEDS_SECOND_FACTOR]


def test_the_demo_world_is_refused(start):
    answer = start("manage.py", "seed_demo")

    assert answer.returncode != 0
    assert "refused" in answer.stderr


def test_the_laptops_way_to_run_is_not_productions(ask):
    answer = ask("DEBUG", "DEMO_ALLOWED", "JOBS_WAKE", "SESSION_COOKIE_SECURE")

    assert answer == {
        "DEBUG": False,
        "DEMO_ALLOWED": False,
        "JOBS_WAKE": "lms.celery.wake",
        "SESSION_COOKIE_SECURE": True,
    }


def test_celery_starts_with_these_settings_and_knows_the_chores(start):
    answer = start("-c", "import lms.celery as c; print(*sorted(c.app.conf.beat_schedule))")

    assert answer.returncode == 0, answer.stderr
    assert {"sweep", "jobs.tasks.forget"} <= set(answer.stdout.split())
