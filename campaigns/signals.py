"""What this app announces to those above it, and to its own counters."""

from django.dispatch import Signal

# Sent inside the transaction, with ``class_group`` and ``fields`` (names of what changed).
# Whoever counts people by the class they learn in has to count its learners anew.
class_changed = Signal()
