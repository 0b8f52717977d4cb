"""The skills of a framework from a CSV file with the columns framework, code and title."""

import csv
import io

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Skill
from places.rules import nfc

COLUMNS = ("framework", "code", "title")


@transaction.atomic
def import_skills(text: str) -> int:
    """Take in a framework's skills; a code that is there already gets the new title."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        message = _("The first line must name the columns framework, code and title.")
        raise ValidationError(message, code="columns")
    count = 0
    for line, row in enumerate(rows, start=2):
        framework, code, title = (nfc(row[name] or "") for name in COLUMNS)
        if not code or len(code) > 20 or len(framework) > 40 or len(title) > 200:
            raise ValidationError(
                _("Line %(line)d: the code is missing, or something is too long."),
                code="bad_line",
                params={"line": line},
            )
        Skill.objects.update_or_create(framework=framework, code=code, defaults={"title": title})
        count += 1
    return count
