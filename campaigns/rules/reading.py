"""What people write for a number of people. Pure."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from places.rules import nfc

_PLAIN = re.compile(r"(\d+)(?:[.,]0{1,2})?")
_GROUPED = re.compile(r"(\d{1,3}(?:([.,' ])\d{3})(?:\2\d{3})*)(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"\d+[.,]\d+")


def whole_number(text: str) -> int:
    """Return the number that ``text`` is: "1.200", "1,200", "1 200" and "1200" are the same.

    Whoever writes a part of something (1,5), a percentage or less than nothing is told so.
    """
    text = nfc(text).strip("'")
    if found := _GROUPED.fullmatch(text) or _PLAIN.fullmatch(text):
        digits = re.sub(r"\D", "", found[1])
        if len(digits) > 9:
            raise ValidationError(_("This number is too large."), code="too_large")
        return int(digits)
    shown = {"text": text[:20]}
    if text.endswith("%"):
        raise ValidationError(
            _("“%(text)s” is a percentage. Write how many.") % shown, code="percent"
        )
    if text.startswith(("-", "\u2212")) and any(sign.isdigit() for sign in text):
        raise ValidationError(_("“%(text)s” is less than nothing.") % shown, code="negative")
    if _DECIMAL.fullmatch(text):
        raise ValidationError(_("“%(text)s” is not a whole number.") % shown, code="not_whole")
    raise ValidationError(_("“%(text)s” is not a number.") % shown, code="not_a_number")
