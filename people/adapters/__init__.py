"""How allauth treats our staff."""

from allauth.account.adapter import DefaultAccountAdapter

from people.adapters.words import WORDS
from people.views.access import close_screen

__all__ = ["WORDS", "StaffAdapter"]


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by organisers; nobody signs up."""

    def is_open_for_signup(self, request):
        return False

    def login(self, request, user):
        """Sign a member of staff in; a learner or a class's screen in this browser ends."""
        if "learner" in request.session or "screen" in request.session:
            close_screen(request)
        super().login(request, user)
