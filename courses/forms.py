"""The shape of what is typed in about courses."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FigureForm(forms.Form):
    """What a figure is at a place, since when, and who says so."""

    text = forms.CharField(label=_("Value"), max_length=160)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Who told you: an office, a notice, a page on the web."),
    )
    as_of = forms.DateField(
        label=_("As of"),
        initial=timezone.localdate,
        help_text=_("The day on which it was so, such as 31/12/2026."),
    )
