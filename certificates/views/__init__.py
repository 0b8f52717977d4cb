"""Certificates on the screens of staff, of learners, and of whoever wants to check one."""

from certificates.views.checking import verify, verify_form
from certificates.views.learners import file, mine
from certificates.views.staff import (
    certificates,
    correct,
    detail,
    issue,
    of_resident,
    revoke,
    waiting,
)

__all__ = [
    "certificates",
    "correct",
    "detail",
    "file",
    "issue",
    "mine",
    "of_resident",
    "revoke",
    "verify",
    "verify_form",
    "waiting",
]
