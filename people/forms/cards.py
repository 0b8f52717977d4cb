from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.fields import WordsField
from people.rules import clean_code


class CodeForm(forms.Form):
    """The eight letters and digits under the QR of a card."""

    code = forms.CharField(
        label=_("The code on your card"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "maxlength": 12,
            }
        ),
    )

    def clean_code(self):
        return clean_code(self.cleaned_data["code"])


class RevokeForm(forms.Form):
    because = WordsField(label=_("Why?"), required=False, max_length=120)
