"""Volunteers are reminded: words to paste, letters, and a service that may refuse."""

import datetime as dt
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.adapters import zns
from campaigns.models import Reminder, Turn
from campaigns.services import (
    answer_turn,
    cancel_shift,
    message_for,
    notice_for,
    offer_turns,
    remind,
    sending_channels,
)
from campaigns.views import reminders
from jobs.models import Job
from jobs.services import drain
from people.rules import shown_phone
from tests.factories import MembershipFactory, ShiftFactory

pytestmark = pytest.mark.django_db

PHONE = "0912 345 678"


@pytest.fixture
def shift(team, campaign):
    starts_at = timezone.localtime() + dt.timedelta(days=3)
    return ShiftFactory(
        team=team, campaign=campaign, starts_at=starts_at.replace(hour=7, minute=30)
    )


@pytest.fixture
def mai(team):
    """A volunteer with a telephone."""
    return MembershipFactory(team=team, name="Phạm Thị Mai", phone=PHONE)


@pytest.fixture
def minh(team, instructor):
    """A volunteer with an account and an address."""
    instructor.email = "minh@lamthao.example"
    instructor.save()
    return MembershipFactory(team=team, name="Lê Văn Minh", user=instructor)


class Service:
    """A stand-in for Zalo's service on this machine; it answers what it is told to."""

    def __init__(self):
        self.heard = []
        self.answers = []
        service = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.heard.append((self.path, self.headers, json.loads(body)))
                answer = service.answers.pop(0) if service.answers else TAKEN
                answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def says(content, status=200, **headers):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()

    def answer(door):
        door.send_response(status)
        for name, value in headers.items():
            door.send_header(name, value)
        door.end_headers()
        door.wfile.write(content)

    return answer


def says_nothing(door):
    threading.Event().wait(0.6)


TAKEN = says({"error": 0, "message": "Success", "data": {"msg_id": "m1"}})
KEY_REFUSED = says({"error": -124, "message": f"Access token invalid for {PHONE}"})
NO_MORE = says({"error": -147, "message": "quota"})
NO_ZALO = says({"error": -118, "message": "84912345678 has no account"})


@pytest.fixture
def service(settings, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(zns, "SECONDS", 0.3)
    made = Service()
    settings.ZALO_ZNS = {"url": made.url, "template": "4711", "token": "key-1", "token_file": ""}
    yield made
    made.close()


def again():
    """Let what failed be due at once, and do it."""
    Job.objects.update(run_after=timezone.now() - dt.timedelta(seconds=1))
    return drain()


def states():
    return list(Reminder.objects.order_by("pk").values_list("state", "failed_because"))


# The words


def test_the_words_say_who_when_where_and_what_to_bring(shift, mai, minh, team, leader):
    MembershipFactory(team=team, name="Lê Thị Hà", phone="+84987654321", leads=True)
    offer_turns(shift, [mai], by=leader, agreed=True)
    offer_turns(shift, [minh], by=leader)

    words = message_for(shift)

    begins = timezone.localtime(shift.starts_at)
    assert "07:30–10:30" in words
    assert f"{begins:%d/%m/%Y}" in words
    assert "Lâm Thao" in words
    assert "Người đến: Phạm Thị Mai" in words
    assert "Xin trả lời giúp: Lê Văn Minh" in words
    assert "Còn thiếu 2 người" in words
    assert "mang theo" in words
    assert f"Lê Thị Hà ({shown_phone('+84987654321')})" in words
    assert PHONE not in words
    assert "<" not in words


def test_what_hangs_on_a_wall_names_nobody(client, monkeypatch, shift, mai, team, leader):
    drawn = []
    monkeypatch.setattr(reminders, "_qr", drawn.append)
    MembershipFactory(team=team, name="Lê Thị Hà", phone="+84987654321", leads=True)
    offer_turns(shift, [mai], by=leader, agreed=True)
    client.force_login(leader)

    notice = notice_for(shift)
    page = client.get(reverse("campaigns:remind_shift", args=[shift.pk]))

    assert "07:30–10:30" in notice
    assert "Lâm Thao" in notice
    assert not any(word in notice for word in ("Mai", "Hà", shown_phone("+84987654321")))
    assert drawn == [notice]
    on_paper = page.text.split('class="message-paper"')[1].split("</div>")[0]
    assert "Mai" not in on_paper


def test_the_words_are_vietnamese_whatever_the_screen_speaks(client, shift, leader):
    client.force_login(leader)
    client.cookies["django_language"] = "en"

    page = client.get(reverse("campaigns:remind_shift", args=[shift.pk])).content.decode()

    assert "Nhắc lịch: trực tại trung tâm phục vụ" in page


def test_a_name_is_no_markup(client, shift, mai, leader):
    mai.name = "<b>Mai</b>"
    mai.save()
    offer_turns(shift, [mai], by=leader)
    client.force_login(leader)

    page = client.get(reverse("campaigns:remind_shift", args=[shift.pk])).content.decode()

    assert "<b>Mai" not in page
    assert "<svg" in page


# By e-mail


def test_whoever_has_an_address_gets_one_letter(shift, mai, minh, leader, caplog):
    caplog.set_level(logging.DEBUG)
    offer_turns(shift, [mai, minh], by=leader, agreed=True)

    asked = remind(shift, "email", by=leader)
    assert mail.outbox == []
    drain()
    second = remind(shift, "email", by=leader)
    drain()

    assert (asked.queued, asked.without_address) == (1, 1)
    assert (second.queued, second.already) == (0, 1)
    (letter,) = mail.outbox
    assert letter.to == ["minh@lamthao.example"]
    assert "Kính gửi Lê Văn Minh" in letter.body
    assert states() == [("sent", "")]
    assert "minh@" not in caplog.text + str(list(Job.objects.values()))
    assert "Minh" not in caplog.text


def test_without_a_mail_server_there_is_no_mail(settings, shift, minh, leader):
    offer_turns(shift, [minh], by=leader)
    for kind in ("console", "dummy"):
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{kind}.EmailBackend"
        with pytest.raises(ValidationError) as refusal:
            remind(shift, "email", by=leader)
        assert refusal.value.code == "off"


def test_what_has_lost_its_sense_is_not_sent(shift, minh, leader):
    turn = offer_turns(shift, [minh], by=leader)[0]
    remind(shift, "email", by=leader)
    answer_turn(turn, False, by=leader)
    drain()
    assert states() == [("failed", "late")]

    answer_turn(turn, True, by=leader)
    remind(shift, "email", by=leader)
    cancel_shift(shift, "mưa to", by=leader)
    drain()

    assert states() == [("failed", "late")]
    assert mail.outbox == []


def test_nobody_is_reminded_of_what_has_begun(shift, minh, leader):
    offer_turns(shift, [minh], by=leader)
    shift.starts_at = timezone.now() - dt.timedelta(minutes=1)
    shift.save()

    with pytest.raises(ValidationError) as refusal:
        remind(shift, "email", by=leader)

    assert refusal.value.code == "late"


# By Zalo's service


def test_the_service_is_off_until_it_is_set_up(settings, shift, mai, leader):
    assert not any(way.is_on() for way in sending_channels() if way.name == "zalo_zns")
    settings.ZALO_ZNS = {"url": "x", "template": "4711", "token": "", "token_file": "/nowhere"}
    with pytest.raises(ValidationError):
        remind(shift, "zalo_zns", by=leader)


@pytest.mark.parametrize(
    ("url", "is_on"),
    [
        ("https://zns.example", True),
        ("http://zns.example", False),
        ("http://127.0.0.1.example", False),
        ("ftp://127.0.0.1", False),
        ("http://[", False),
        ("http://localhost:8099", True),
    ],
)
def test_the_key_goes_nowhere_unsealed(settings, url, is_on):
    settings.ZALO_ZNS = {"url": url, "template": "4711", "token": "key-1", "token_file": ""}
    assert zns.ZaloZNS().is_on() is is_on


def test_a_message_is_taken(service, shift, mai, leader):
    offer_turns(shift, [mai], by=leader, agreed=True)
    remind(shift, "zalo_zns", by=leader)
    drain()

    ((path, headers, body),) = service.heard
    reminder = Reminder.objects.get()
    assert path == "/message/template"
    assert headers["access_token"] == "key-1"
    assert body["phone"] == "84912345678"
    assert (body["template_id"], body["tracking_id"]) == ("4711", f"nhac-{reminder.pk}")
    assert set(body["template_data"]) == {"name", "what", "when", "where"}
    assert (reminder.state, reminder.failed_because) == ("sent", "")


def test_the_key_is_read_anew_from_its_file(service, settings, tmp_path, shift, mai, leader):
    key = tmp_path / "key"
    key.write_text("key-of-today\n")
    settings.ZALO_ZNS["token_file"] = str(key)
    offer_turns(shift, [mai], by=leader)
    remind(shift, "zalo_zns", by=leader)
    key.write_text("key-of-tomorrow\n")
    drain()

    assert service.heard[0][1]["access_token"] == "key-of-tomorrow"


def test_a_refused_key_ends_the_batch(service, shift, team, mai, leader, caplog):
    caplog.set_level(logging.DEBUG)
    other = MembershipFactory(team=team, phone="0987654321")
    offer_turns(shift, [mai, other], by=leader)
    service.answers = [KEY_REFUSED]
    remind(shift, "zalo_zns", by=leader)
    drain()

    assert len(service.heard) == 1
    assert states() == [("failed", "token")] * 2
    _nobody_is_named(caplog)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (NO_MORE, "limit"),
        (says({}, 429), "limit"),
        (says({}, 503), "server"),
        (says_nothing, "timeout"),
        (says(b"<html>Xin chao 0912345678"), "malformed"),
        (says(b"[" * 60_000), "malformed"),
        (says(["error", 0]), "malformed"),
        (says({"error": "0"}), "malformed"),
        (says(b"x" * 200_000), "malformed"),
    ],
)
def test_trouble_is_tried_again_later_and_nobody_gets_it_twice(
    service, shift, team, mai, leader, caplog, answer, code
):
    caplog.set_level(logging.DEBUG)
    other = MembershipFactory(team=team, phone="0987654321")
    offer_turns(shift, [mai, other], by=leader)
    service.answers = [TAKEN, answer]
    remind(shift, "zalo_zns", by=leader)

    drain()
    assert states() == [("sent", ""), ("queued", "")]
    assert Job.objects.get().attempts == 1
    again()

    assert states() == [("sent", "")] * 2
    heard = [body["tracking_id"] for _path, _headers, body in service.heard]
    first, second = Reminder.objects.order_by("pk").values_list("pk", flat=True)
    assert heard == [f"nhac-{first}", f"nhac-{second}", f"nhac-{second}"]
    _nobody_is_named(caplog)


def test_who_cannot_be_reached_for_good_is_said_to_be_so(service, shift, mai, leader, caplog):
    caplog.set_level(logging.DEBUG)
    service.close()
    offer_turns(shift, [mai], by=leader)
    remind(shift, "zalo_zns", by=leader)
    for _ in range(9):
        again()

    assert states() == [("failed", "unreachable")]
    assert Job.objects.get().state == Job.State.DONE
    _nobody_is_named(caplog)


def test_a_refused_number_holds_up_nobody_else(service, shift, team, mai, leader, caplog):
    caplog.set_level(logging.DEBUG)
    other = MembershipFactory(team=team, phone="0987654321")
    offer_turns(shift, [mai, other], by=leader)
    service.answers = [NO_ZALO, TAKEN]
    remind(shift, "zalo_zns", by=leader)
    drain()

    assert states() == [("failed", "refused:-118"), ("sent", "")]
    _nobody_is_named(caplog)


def test_whom_it_did_not_reach_may_be_tried_again_under_the_same_reference(
    service, shift, mai, leader
):
    offer_turns(shift, [mai], by=leader)
    service.answers = [NO_ZALO, TAKEN]
    for _ in range(2):
        remind(shift, "zalo_zns", by=leader)
        drain()

    assert states() == [("sent", "")]
    assert len({body["tracking_id"] for _path, _headers, body in service.heard}) == 1


def test_nobody_is_sent_elsewhere_with_the_key(service, shift, mai, leader):
    offer_turns(shift, [mai], by=leader)
    service.answers = [says({}, 302, Location=f"{service.url}/elsewhere")]
    remind(shift, "zalo_zns", by=leader)
    drain()

    assert [path for path, _headers, _body in service.heard] == ["/message/template"]
    assert states() == [("failed", "refused:302")]


def test_a_number_that_is_none_is_not_reached(service, shift, team, leader):
    offer_turns(shift, [MembershipFactory(team=team, phone="12345")], by=leader)

    asked = remind(shift, "zalo_zns", by=leader)

    assert (asked.queued, asked.without_address) == (0, 1)


# The screen


def test_the_screen_says_what_was_never_tried(client, service, shift, mai, leader):
    offer_turns(shift, [mai], by=leader)
    client.force_login(leader)
    url = reverse("campaigns:remind_shift", args=[shift.pk])

    page = client.get(url).content.decode()
    sent = client.post(url, {"channel": "zalo_zns"})
    drain()
    after = client.get(url).content.decode()
    nonsense = client.post(url, {"channel": "copy"})

    assert "chưa thử với dịch vụ thật" in page
    assert "gửi được cho 1 trên 1 người" in page
    assert sent.status_code == 302
    assert "Đã gửi" in after
    assert nonsense.status_code == 404
    assert Turn.objects.get().state == "offered"


def _nobody_is_named(caplog):
    kept = caplog.text + str(list(Job.objects.values())) + str(list(Reminder.objects.values()))
    for word in ("912345678", "912 345 678", "987654321", "Mai", "key-1"):
        assert word not in kept
