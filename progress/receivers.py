"""What is announced from below, and what follows for learning."""

from django.dispatch import receiver

from campaigns.signals import class_changed
from people.signals import resident_changed
from progress.services import resync_class, resync_resident
from progress.services.remarks import forget_remarks

# What the counters know a person by.
_COUNTED = {"village", "birth_year", "sex", "learning_language"}


@receiver(resident_changed)
def count_anew(sender, resident, fields, **kwargs):
    """Count a person where he lives now, in the transaction in which he moved."""
    if _COUNTED & set(fields):
        resync_resident(resident)


@receiver(class_changed)
def count_class_anew(sender, class_group, fields, **kwargs):
    """Count learners with the team and the audience of their class."""
    if {"team", "audience"} & set(fields):
        resync_class(class_group)


@receiver(resident_changed)
def forget_words(sender, resident, **kwargs):
    """Wipe out what volunteers wrote about a person whose data are erased."""
    if resident.erased_at:
        forget_remarks(resident)
