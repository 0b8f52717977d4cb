"""Keep Wagtail's group of authors in step with our assignments."""

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from courses.services import sync_author
from people.models import Assignment


@receiver([post_save, post_delete], sender=Assignment)
def follow_assignment(sender, instance, **kwargs):
    sync_author(instance.user)


@receiver(user_logged_in)
def follow_calendar(sender, user, **kwargs):
    # An assignment may begin or end on a day on which nobody saves it.
    sync_author(user)
