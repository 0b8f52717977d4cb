"""What a phone is given for the time without network: nobody's, small, and of one version."""

import gzip
import json
import re

import pytest
from django.urls import reverse

from lms import offline
from people.services import issue_card

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


def test_all_scripts_together_weigh_no_more_than_25_kb(client):
    folder = offline.OUTBOX.parent
    weights = {
        name: len(gzip.compress((folder / f"{name}.js").read_bytes()))
        for name in ("outbox", "player", "judge", "practice")
    }
    weights["sw"] = len(gzip.compress(client.get("/sw.js").content))

    assert sum(weights.values()) <= 25 * 1024, weights
