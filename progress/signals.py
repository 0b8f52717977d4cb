"""The one announcement that goes up the house."""

from django.dispatch import Signal

# Sent once per enrolment, inside the transaction in which its completion rule first held.
# Arguments: ``enrolment``.
completed = Signal()
