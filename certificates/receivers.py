"""What this app hears from below."""

from django.dispatch import receiver

from certificates.services import forget_person, request_certificate
from people.signals import resident_changed
from progress.signals import completed


@receiver(completed, dispatch_uid="certificates.ask")
def ask_for_a_certificate(sender, enrolment, **_kwargs):
    """Completion was announced: the certificate follows by itself."""
    request_certificate(enrolment)


@receiver(resident_changed, dispatch_uid="certificates.forget")
def forget_whom_the_law_lets_be_forgotten(sender, resident, **_kwargs):
    """A resident was erased: the papers must not tell the name any longer."""
    if resident.erased_at:
        forget_person(resident)
