"""Reminders by e-mail, for the few volunteers whose account has an address."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from campaigns.models import Membership
from campaigns.services import Letter, Trouble

# These send nothing, or write addresses and names where logs are kept.
_NO_MAIL = ("dummy", "console")


class Mail:
    """A plain letter through the mail server that the site is set up with."""

    name, label, is_untried = "email", _("E-mail"), False

    def is_on(self) -> bool:
        return not any(f".{kind}." in settings.EMAIL_BACKEND for kind in _NO_MAIL)

    def address_of(self, member: Membership) -> str:
        user = member.user
        return user.email if user and user.is_active else ""

    def send(self, letter: Letter, address: str) -> None:
        mail = EmailMessage(
            letter.subject,
            letter.text,
            to=[address],
            headers={"X-Entity-Ref-ID": letter.reference, "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
            raise Trouble("refused") from None
        except smtplib.SMTPAuthenticationError:
            raise Trouble("token", for_all=True) from None
        except TimeoutError:
            raise Trouble("timeout", again=True) from None
        except (OSError, smtplib.SMTPException):
            raise Trouble("unreachable", again=True) from None
