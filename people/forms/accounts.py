from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.rules import find_phone


class SignInForm(LoginForm):
    """One field for the user name, the telephone number or the e-mail address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("User name, telephone number or e-mail"),
            max_length=254,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Remember me on this device for 30 days")
        self.order_fields(["login", "password", "remember"])

    def clean_login(self):
        """Turn a telephone number, however it is written, into the user name behind it.

        A user name that looks like a number is still a user name first.
        """
        login = super().clean_login()
        phone = find_phone(login)
        if phone and not User.objects.filter(username__iexact=login).exists():
            owner = User.objects.filter(phone=phone).values_list("username", flat=True).first()
            # Also when nobody has it: wrong tries are counted per number, not per spelling.
            return owner or phone
        return login
