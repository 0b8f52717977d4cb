"""What this app announces to those above it."""

from django.dispatch import Signal

# Sent inside the transaction, with ``resident``, ``fields`` (names of what changed) and ``by``.
# Whoever counts people by village, age or sex has to count this person anew.
resident_changed = Signal()
