from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

from places.imports import MAX_BYTES
from places.models import Place, Venue


class VillageForm(forms.Form):
    """What a village is called."""

    designation = forms.ChoiceField(
        label=_("Kind"),
        choices=[(d.value, d.label) for d in Place.Designation.for_kind(Place.Kind.VILLAGE)],
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Without the kind in front: Đồng Xuân, 3, Ea Kmát."),
    )


class VillageFileForm(forms.Form):
    """A list of villages as a CSV file."""

    file = forms.FileField(
        label=_("CSV file"),
        validators=[
            FileExtensionValidator(
                ["csv", "txt"],
                message=_('This is not a CSV file. Save it from the spreadsheet as "CSV UTF-8".'),
            )
        ],
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        # Asked before reading: 50 MB must not come into memory to be refused.
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."), code="too_large")
        return file


class VenueForm(forms.ModelForm):
    """A house where classes meet."""

    class Meta:
        model = Venue
        fields = ["name", "address", "computers", "printers", "has_network", "opening_hours"]
        labels = {
            "name": _("Name"),
            "address": _("Address"),
            "computers": _("Computers"),
            "printers": _("Printers"),
            "has_network": _("It has a network"),
            "opening_hours": _("Opening hours"),
        }
        widgets = {
            "computers": forms.NumberInput(attrs={"min": 0, "max": 999, "inputmode": "numeric"}),
            "printers": forms.NumberInput(attrs={"min": 0, "max": 999, "inputmode": "numeric"}),
        }
        help_texts = {"opening_hours": _("For example: Saturday and Sunday, 19:00–21:00")}
