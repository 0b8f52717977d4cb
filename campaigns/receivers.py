"""What is announced from below, and what follows for campaigns and their counters."""

from django.dispatch import receiver

from campaigns.services.registered import count_heads
from people.signals import heads_changed


@receiver(heads_changed)
def count_residents(sender, before, after, **kwargs):
    """Count how many people are registered, in the transaction that wrote them down."""
    count_heads(before, after)
