import re

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from places.imports import MAX_BYTES
from places.imports.boundaries import MAX_BYTES as MAX_BOUNDARY_BYTES
from places.imports.boundaries import too_large
from places.models import Place, Venue


class VillageForm(forms.Form):
    """What a village is called."""

    designation = forms.ChoiceField(
        label=_("Kind of unit"),
        choices=[(d.value, d.label) for d in Place.Designation.for_kind(Place.Kind.VILLAGE)],
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Without the kind in front: Đồng Xuân, 3, Ea Kmát."),
    )


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class NameForm(VillageForm):
    """What a unit is called from a day on."""

    on = forms.DateField(
        label=_("From this day on"),
        widget=_date_input(),
        required=False,
        help_text=_("Empty: from today."),
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["designation"].choices = [
            (d.value, d.label) for d in Place.Designation.for_kind(kind)
        ]
        if kind != Place.Kind.VILLAGE:
            self.fields["name"].help_text = _("Without the kind in front: Lâm Thao, Ea Kao.")

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on and on > timezone.localdate():
            raise forms.ValidationError(_("That day is still to come."), code="future")
        return on


class PopulationForm(forms.Form):
    """How many people live in a unit."""

    population = forms.CharField(
        label=_("People living here"),
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    as_of = forms.DateField(label=_("As of"), widget=_date_input(), required=False)

    def clean_population(self):
        """Read 12.480, 12 480 and 12480 alike."""
        text = self.cleaned_data["population"]
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,8}|[0-9]{1,3}([. \u00a0][0-9]{3}){1,2}", text):
            raise forms.ValidationError(_("Enter a whole number."), code="invalid")
        return int(re.sub(r"\D", "", text))


class BoundaryFileForm(forms.Form):
    """Boundaries as a GeoJSON file, and who made them."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        validators=[
            FileExtensionValidator(
                ["geojson", "json"], message=_("This is not a GeoJSON file (.geojson).")
            )
        ],
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        error_messages={"empty": _("The file is empty.")},
    )
    attribution = forms.CharField(
        label=_("Who made the boundaries"),
        max_length=300,
        help_text=_("It stands below every map drawn with them."),
    )
    source = forms.CharField(
        label=_("Where they come from"),
        max_length=300,
        required=False,
        help_text=_("A decision, an address, a date; for yourselves."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        # Asked before reading: 100 MB must not come into memory to be refused.
        if file.size > MAX_BOUNDARY_BYTES:
            raise too_large()
        return file


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
