"""Make the tables and write the jobs down: ``python -m tests.jobs.killing.prepare ones 120``."""

import sys

import django
from django.db import connection, transaction

django.setup()

from jobs.models import Job  # noqa: E402 - needs the set-up
from jobs.services import enqueue  # noqa: E402 - needs the set-up
from tests.jobs.killing.models import Effect  # noqa: E402

kind, count = sys.argv[1], int(sys.argv[2])
with connection.schema_editor() as editor:
    editor.create_model(Job)
    editor.create_model(Effect)
if kind == "ones":
    for number in range(count):
        with transaction.atomic():
            enqueue("killing.one", key=f"killing:{number}", number=number)
else:
    for first in range(0, count, 40):
        enqueue("killing.batch", first=first, last=first + 40)
