"""Who is at the screen: a learner with a card, or a member of staff with a second factor."""

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY


def learner_of(request):
    """Return the resident who signed in with a card or on a class's screen, or ``None``."""
    return None


def shows_second_factor(request) -> bool:
    """Tell whether this very session was opened with a second factor."""
    return any(
        method.get("method") == "mfa"
        for method in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    )
