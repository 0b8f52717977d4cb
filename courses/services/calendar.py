"""Lessons that appear or go on a day that an author has set."""

from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Revision


def publish_due() -> None:
    """Publish what is due, and take off what has had its day; two small queries when nothing is."""
    now = timezone.now()
    if (
        Revision.objects.filter(approved_go_live_at__lt=now).exists()
        or Page.objects.filter(live=True, expire_at__lt=now).exists()
    ):
        call_command("publish_scheduled", verbosity=0)
