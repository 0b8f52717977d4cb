"""How allauth treats our staff."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter

from people.adapters.words import WORDS
from people.views.access import close_screen, leave_word_of_loss

__all__ = ["WORDS", "DevicesAdapter", "StaffAdapter"]


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by organisers; nobody signs up."""

    def is_open_for_signup(self, request):
        return False

    def login(self, request, user):
        """Sign a member of staff in; a learner or a class's screen in this browser ends."""
        if "learner" in request.session or "screen" in request.session:
            close_screen(request)
        super().login(request, user)


class DevicesAdapter(DefaultUserSessionsAdapter):
    """Whoever signs out everywhere else may have lost a phone, with people's names on it."""

    def end_sessions(self, sessions):
        keys = [session.session_key for session in sessions]
        super().end_sessions(sessions)
        for key in keys:
            leave_word_of_loss(key)
