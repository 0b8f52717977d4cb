"""The paper itself: one A4 sheet, laid out by WeasyPrint, with letters that can be read again."""

import datetime as dt
import io
from dataclasses import dataclass

import segno
from django.template.loader import render_to_string

from certificates.models import Certificate
from certificates.rules import courses_shown, is_crowded, name_size
from certificates.services import (
    draft_facts,
    has_standing,
    record_certificate,
    refuse_same,
    verify_address,
)
from people.models import User
from people.pdf import render
from progress.models import Enrolment


@dataclass(frozen=True)
class Draft:
    """A paper that has been drawn but not issued."""

    facts: dict
    pdf: bytes


def render_certificate(facts: dict, *, address: str) -> bytes:
    """Return the PDF of a certificate; the same facts give the same bytes.

    ``facts`` is what ``draft_facts`` returned; ``address`` is the page on which anybody can
    check the number. The paper is always Vietnamese: it hangs on a wall in the village.
    """
    shown, courses_size = courses_shown(facts["courses"])
    team = f"{facts['team']} · {facts['commune']}, {facts['province']}"
    context = {
        **facts,
        "completed_on": dt.date.fromisoformat(facts["completed_on"]),
        "issued_on": dt.date.fromisoformat(facts["issued_on"]),
        "name_size": name_size(facts["name"]),
        "courses": shown,
        "courses_size": courses_size,
        "more_courses": len(facts["courses"]) - len(shown),
        "crowded": is_crowded(facts["name"], shown, facts["campaign"], team),
        "address": address.removeprefix("https://").removeprefix("http://"),
    }
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="png", scale=8, border=2)
    return render(
        render_to_string("certificates/paper/certificate.html", context),
        css=render_to_string("certificates/paper/certificate.css"),
        files={
            "file:qr.png": ("image/png", code.getvalue()),
            "file:border.svg": (
                "image/svg+xml",
                render_to_string("certificates/paper/border.svg").encode(),
            ),
        },
    )


def draw_certificate(
    enrolment: Enrolment, *, number: str | None = None, at: dt.datetime | None = None
) -> Draft:
    """Draw the paper of a completed enrolment as things are now, without issuing it.

    It takes a while, so it is done outside of any transaction.
    """
    facts = draft_facts(enrolment, number=number, at=at)
    return Draft(facts, render_certificate(facts, address=verify_address(facts["number"])))


def issue_certificate(
    enrolment: Enrolment, *, by: User | None = None, at: dt.datetime | None = None
) -> Certificate:
    """Issue the certificate of a completed enrolment, or return the one that stands.

    ``at`` is when it was handed out, if it is only written down now.
    """
    standing = has_standing(enrolment)
    if standing:
        return standing
    draft = draw_certificate(enrolment, at=at)
    return record_certificate(enrolment, draft.facts, draft.pdf, by=by, at=at)


def reissue(certificate: Certificate, *, by: User) -> Certificate:
    """Issue a corrected certificate from what is true now; the old one says what replaced it.

    It counts from the day of the first one: a mended name is not a new success.
    """
    refuse_same(certificate)
    draft = draw_certificate(certificate.enrolment)
    return record_certificate(
        certificate.enrolment, draft.facts, draft.pdf, by=by, supersedes=certificate
    )
