"""Where allauth's pages are not quite ours."""

from allauth.account.views import password_reset as allauth_password_reset
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render

_SENDS_NOTHING = ("console", "dummy", "filebased")


@login_not_required
def password_reset(request, *args, **kwargs):
    """Send a link by e-mail where e-mail is set up; elsewhere say who can help."""
    if not sends_mail():
        return render(request, "account/password_reset_by_organiser.html", {})
    return allauth_password_reset(request, *args, **kwargs)


@login_not_required
def not_here(request, *args, **kwargs):
    """Nobody signs up, confirms an e-mail or asks for a code here; organisers make accounts."""
    raise Http404


def sends_mail() -> bool:
    """Tell whether a message would leave this machine."""
    return not any(name in settings.EMAIL_BACKEND for name in _SENDS_NOTHING)
