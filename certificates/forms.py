"""The shape of what people type about certificates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.rules import normal_number


class SearchForm(forms.Form):
    """What is looked for in the list; whatever makes no sense is left out, not complained about."""

    q = forms.CharField(label=_("Name or number"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("valid", _("Valid")),
            ("superseded", _("Replaced by a corrected one")),
            ("revoked", _("Revoked")),
        ],
    )
    place = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class RevokeForm(forms.Form):
    because = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Whoever checks the certificate sees that it was revoked, not why."),
    )


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the certificate"),
        max_length=200,
        help_text=_("It is printed beside the square code, for example TN-7K3Q-X9P2-MD0W."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_number(self):
        number = normal_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(
                _("This is not a number of ours. It has TN and twelve letters or digits."),
                code="not_a_number",
            )
        return number
