"""A file of questions from another system, whichever of the two kinds it is."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from courses.imports.encodings import LettersRefused, read_letters
from courses.imports.found import MAX_BYTES, FileRefused, Findings, raw_block
from courses.imports.gift import read_gift
from courses.imports.moodle import read_moodle
from courses.models import LessonPage

_SALT = "courses.questions"
# Seconds in which a preview can be confirmed: until the end of the working day.
_LASTS = 12 * 3600


def read_questions(raw: bytes) -> Findings:
    """Return every question in ``raw``, accepted or refused; or refuse the file."""
    if len(raw) > MAX_BYTES:
        what = _("The file has %(size)d KB; at most %(most)d KB are allowed.")
        raise FileRefused(what % {"size": len(raw) // 1024, "most": MAX_BYTES // 1024})
    try:
        findings = read_moodle(raw) if _is_xml(raw) else read_gift(read_letters(raw))
    except LettersRefused as refusal:
        raise FileRefused(str(refusal)) from None
    if not findings.found:
        raise FileRefused(_("There is no question in the file."))
    return findings


def _is_xml(raw: bytes) -> bool:
    start = raw[:400].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf")
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    return start.startswith((b"<?xml", b"<quiz"))


def pack_findings(findings: Findings, user: AbstractBaseUser, page: LessonPage) -> str:
    """Return the accepted questions as a signed text for a hidden field."""
    questions = [one.question for one in findings.accepted]
    return signing.dumps([user.pk, page.pk, questions], salt=_SALT, compress=True)


@transaction.atomic
def add_questions(packed: str, page: LessonPage, *, by: AbstractBaseUser) -> int:
    """Add the questions that `pack_findings` packed to the lesson's draft; return how many."""
    try:
        owner, page_id, questions = signing.loads(packed, salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        owner = page_id = None
    if (owner, page_id) != (by.pk, page.pk):
        message = _("This preview is too old or incomplete. Choose the file again.")
        raise ValidationError(message, code="stale")
    draft = page.get_latest_revision_as_object()
    draft.questions = StreamValue(
        draft.questions.stream_block,
        [*draft.questions.get_prep_value(), *map(raw_block, questions)],
        is_lazy=True,
    )
    draft.save_revision(user=by, log_action=True)
    return len(questions)
