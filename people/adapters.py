"""How allauth treats our staff."""

from allauth.account.adapter import DefaultAccountAdapter


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by organisers; nobody signs up."""

    def is_open_for_signup(self, request):
        return False
