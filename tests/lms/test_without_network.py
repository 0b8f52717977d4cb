"""What a phone is given for the time without network: nobody's, small, and of one version."""

import gzip
import json
import os.path
import re

import pytest
from django.urls import reverse

from lms import offline
from people.roles import Role
from people.services import issue_card
from progress.services import enrol, mark_attendance
from tests.factories import AssignmentFactory, ResidentFactory

pytestmark = pytest.mark.django_db


def config(script):
    return json.loads(re.match(r"const CONFIG = (.*);\n", script)[1])


def test_the_worker_lives_at_the_root_and_is_asked_for_anew(client):
    answer = client.get("/sw.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == offline.POLICY
    assert not answer.cookies


def test_the_worker_carries_the_outbox_and_no_module(client):
    script = client.get("/sw.js").text

    assert "async function flush()" in script
    assert not re.search(r"^(export|import) ", script, re.MULTILINE)


def test_everything_that_the_worker_keeps_is_there(client):
    known = config(client.get("/sw.js").text)

    for address in known["shell"]:
        if not address.startswith("/static/"):
            assert client.get(address).status_code == 200
    for name in offline.SCRIPTS:
        assert any(f"/{name}." in address for address in known["shell"])
    assert known["version"] == offline.version()


def test_the_page_without_network_is_nobodys(client, lan, instructor):
    page = client.get(reverse("offline"))
    _card, token = issue_card(lan, by=instructor)
    client.post(reverse("people:card_open"), {"token": token})

    assert client.get(reverse("offline")).content == page.content
    assert "csrf" not in page.text
    assert f'data-version="{offline.version()}"' in page.text
    assert '<html lang="en"' in client.get(reverse("offline"), {"lang": "en"}).text
    assert client.get(reverse("offline"), {"lang": "xx"}).status_code == 404


def test_only_a_learners_own_phone_keeps_something(client, lan, instructor):
    def marks():
        page = client.get(reverse("people:card_entry"), follow=True).text
        return "data-learner" in page, "data-shared" in page

    assert marks() == (False, False)
    _card, token = issue_card(lan, by=instructor)
    client.post(reverse("people:card_open"), {"token": token})
    assert marks() == (True, False)


def weight(content):
    return len(gzip.compress(content if isinstance(content, bytes) else content.encode()))


def test_all_of_a_learners_scripts_together_weigh_no_more_than_26_kb(client):
    folder = offline.OUTBOX.parent
    weights = {
        name: weight((folder / f"{name}.js").read_bytes())
        for name in ("outbox", "player", "judge", "practice")
    }
    weights["sw"] = weight(client.get("/sw.js").content)

    # One worker and one outbox serve volunteers, too: since then it is 25.3.
    assert sum(weights.values()) <= 26 * 1024, weights


# --- an evening on a volunteer's phone ------------------------------------------------------


def test_the_evenings_page_is_nobodys(client, instructor):
    page = client.get(reverse("evening"))
    client.force_login(instructor)

    assert client.get(reverse("evening")).content == page.content
    assert "csrfmiddlewaretoken" not in page.text
    assert f'data-version="{offline.version()}"' in page.text
    assert client.get(reverse("evening"), {"lang": "xx"}).status_code == 404


def test_the_page_names_every_file_that_an_evening_loads_later(client):
    page = client.get(reverse("evening")).text
    folder = offline.FILES / "lms" / "js" / "evening"

    for path in folder.glob("*.js"):
        assert re.search(rf"/evening/{path.stem}\.(\w+\.)?js", page), path
    for path in (offline.FILES / "vendor").rglob("*.js"):
        assert f"/{path.stem}." in page, path


def test_only_who_takes_registers_has_evenings_on_the_phone(client, instructor, village):
    def keeps():
        return "evening/phone" in client.get("/").text

    assert not keeps()
    client.force_login(instructor)
    assert keeps()
    client.force_login(AssignmentFactory(place=village, role=Role.OBSERVER).user)
    assert not keeps()


def test_a_register_of_forty_weighs_no_more_than_60_kb(client, session, instructor):
    session.class_group.instructors.add(instructor)
    for name in names(40):
        person = ResidentFactory(full_name=name, village=session.place)
        row = enrol(person, session.campaign, by=instructor, class_group=session.class_group)
        issue_card(person, by=instructor)
        mark_attendance(session, row, "present", by=instructor)
    client.force_login(instructor)
    page = client.get(reverse("evening")).text
    files = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page))
    files |= {"lms/js/evening/register.js"}
    weights = {name: weight(content) for name, content in with_imports(files).items()}
    weights["page"] = weight(page)
    weights["bundle"] = weight(client.get(reverse("progress:evenings")).content)

    assert weights["bundle"] > 1000
    assert sum(weights.values()) <= 60 * 1024, weights


def names(number):
    family, middle = ("Nguyễn", "Trần", "Lê", "Hà", "Đỗ"), ("Thị", "Văn", "Quang", "Thu")
    given = ("Lan", "Hoa", "Bưởi", "Hùng", "Đức", "Mây", "Nhàn")
    return [f"{family[n % 5]} {middle[n % 4]} {given[n % 7]}" for n in range(number)]


def with_imports(files):
    """Return {file: its content} of these files and of all that they import at once."""
    found = {}
    waiting = list(files)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        content = (offline.FILES / name).read_text()
        found[name] = content
        for other in re.findall(r'^import .*?from "(\.[^"]+)";', content, re.MULTILINE):
            waiting.append(os.path.normpath(os.path.join(os.path.dirname(name), other)))
    return found
