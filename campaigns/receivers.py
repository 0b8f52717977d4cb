"""What is announced from below, and what follows for campaigns and their counters."""

from django.dispatch import receiver

from campaigns.services import forget_evidence
from campaigns.services.registered import count_heads
from people.signals import heads_changed, resident_changed


@receiver(heads_changed)
def count_residents(sender, before, after, **kwargs):
    """Count how many people are registered, in the transaction that wrote them down."""
    count_heads(before, after)


@receiver(resident_changed)
def forget_what_was_shown(sender, resident, **kwargs):
    """Wipe out what volunteers wrote down about a person whose data are erased."""
    if resident.erased_at:
        forget_evidence(resident)
