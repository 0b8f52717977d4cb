"""Reminders by Zalo's notification service (ZNS). Never tried with the real service.

Built from how its users describe it (docs/decisions/0017): one POST for each message, with the
official account's key in a header and an approved template's number and fields in the body; the
answer is JSON whose ``error`` is 0 when the message was taken.
"""

import http.client
import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.models import Membership
from campaigns.services import Letter, Trouble
from people.rules import find_phone

SECONDS = 10
LONGEST_ANSWER = 64 * 1024
# Which numbers mean what, as others have met them; every other one is a refusal of this message.
KEY_REFUSED = (-124, -216)
TAKES_NO_MORE = (-32, -144, -147)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **more):
        """Follow nobody elsewhere: the key and the number are meant for one address."""


class ZaloZNS:
    """A message of an approved template to the Zalo account of a telephone number."""

    name, label, is_untried = "zalo_zns", _("Zalo notification (ZNS)"), True

    def is_on(self) -> bool:
        return bool(settings.ZALO_ZNS["template"] and self._key()) and _is_private(_address())

    def address_of(self, member: Membership) -> str:
        phone = find_phone(member.phone) if member.phone else None
        # As the service writes numbers: the country's code without a sign.
        return phone.removeprefix("+") if phone else ""

    def send(self, letter: Letter, address: str) -> None:
        answer = self._post(
            {
                "phone": address,
                "template_id": settings.ZALO_ZNS["template"],
                "template_data": dict(letter.parts),
                "tracking_id": letter.reference,
            }
        )
        error = answer.get("error") if isinstance(answer, dict) else None
        if not isinstance(error, int) or isinstance(error, bool):
            raise Trouble("malformed", again=True)
        if error == 0:
            return
        if error in KEY_REFUSED:
            raise Trouble("token", for_all=True)
        if error in TAKES_NO_MORE:
            raise Trouble("limit", again=True)
        raise Trouble(f"refused:{error}"[:40])

    def _post(self, body):
        address = _address()
        if not _is_private(address):
            raise Trouble("off", for_all=True)
        request = urllib.request.Request(  # noqa: S310 (the scheme is looked at above)
            address,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "access_token": self._key()},
        )
        try:
            with _OPENER.open(request, timeout=SECONDS) as answer:
                return json.loads(_read(answer))
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise _trouble_of(refusal.code) from None
        except TimeoutError:
            raise Trouble("timeout", again=True) from None
        except urllib.error.URLError as trouble:
            code = "timeout" if isinstance(trouble.reason, TimeoutError) else "unreachable"
            raise Trouble(code, again=True) from None
        except (OSError, http.client.HTTPException):
            raise Trouble("unreachable", again=True) from None
        except (ValueError, RecursionError):
            raise Trouble("malformed", again=True) from None

    def _key(self) -> str:
        """Return the account's key; keys last a day, so another program may renew a file of it."""
        if path := settings.ZALO_ZNS["token_file"]:
            try:
                return Path(path).read_text().strip()
            except OSError:
                return ""
        return settings.ZALO_ZNS["token"]


_OPENER = urllib.request.build_opener(_NoRedirects())


def _address() -> str:
    return f"{settings.ZALO_ZNS['url'].rstrip('/')}/message/template"


def _is_private(address: str) -> bool:
    """Tell whether nobody on the way reads the key and the numbers."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")


def _read(answer) -> bytes:
    """Return a short answer; one that never ends, or comes drop by drop, is none."""
    until = time.monotonic() + SECONDS
    content = b""
    while piece := answer.read1(LONGEST_ANSWER):
        content += piece
        if len(content) > LONGEST_ANSWER:
            raise Trouble("malformed", again=True)
        if time.monotonic() > until:
            raise Trouble("timeout", again=True)
    return content


def _trouble_of(status: int) -> Trouble:
    if status in (401, 403):
        return Trouble("token", for_all=True)
    if status == 429:
        return Trouble("limit", again=True)
    if status >= 500:
        return Trouble("server", again=True)
    return Trouble(f"refused:{status}")
