from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from places.models import Place

MOST_BYTES = 10 * 1024 * 1024


class UploadForm(forms.Form):
    """A list of residents of one commune."""

    commune = forms.ModelChoiceField(
        queryset=Place.objects.none(), label=_("Commune"), empty_label=_("Choose the commune")
    )
    file = forms.FileField(
        label=_("The list"),
        help_text=_("An Excel file (.xlsx) or a CSV file, up to 10 MB and 10,000 people."),
        error_messages={"empty": _("This file is empty.")},
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.xlsx,text/csv,"
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )

    def __init__(self, *args, communes, **kwargs):
        super().__init__(*args, **kwargs)
        communes = list(communes)
        self.fields["commune"].queryset = Place.objects.filter(pk__in=[c.pk for c in communes])
        self.fields["commune"].choices = [("", _("Choose the commune"))] + [
            (commune.pk, commune.label) for commune in communes
        ]
        if len(communes) == 1:
            self.fields["commune"].initial = communes[0]
            self.fields["commune"].widget = forms.HiddenInput()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 10 MB."), code="too_large")
        return file
