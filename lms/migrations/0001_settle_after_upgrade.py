"""Campaigns that began before lessons, skills and registered residents were counted.

Their figures are made by a job for each, which may take long, and be killed, and begins anew: see
``lms.tasks.settle_after_upgrade``.
"""

from django.db import migrations
from django.utils import timezone


def write_jobs(apps, schema_editor):
    jobs = apps.get_model("jobs", "Job").objects
    for pk in apps.get_model("campaigns", "Campaign").objects.values_list("pk", flat=True):
        jobs.get_or_create(
            key=f"lms.settle_after_upgrade:{pk}",
            defaults={
                "kind": "lms.settle_after_upgrade",
                "args": {"campaign": pk},
                "run_after": timezone.now(),
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_shifts_and_turns"),
        ("jobs", "0001_initial"),
    ]
    operations = [migrations.RunPython(write_jobs, migrations.RunPython.noop)]
