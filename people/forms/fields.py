"""Fields that several forms of people share."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Resident
from people.rules import (
    clean_name,
    clean_phone,
    read_birth_year,
    refuse_citizen_number,
)


class NameField(forms.CharField):
    """A person's name, in one form however it was typed."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Full name"))
        kwargs.setdefault("max_length", 100)
        super().__init__(**kwargs)
        self.widget.attrs |= {"autocomplete": "off", "autocapitalize": "words"}

    def clean(self, value):
        value = super().clean(value)
        return clean_name(value) if value else ""


class PhoneField(forms.CharField):
    """A Vietnamese telephone number, in one form however it was typed."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Telephone"))
        kwargs.setdefault("required", False)
        super().__init__(max_length=40, **kwargs)

    def clean(self, value):
        return clean_phone(super().clean(value))


class BirthYearField(forms.CharField):
    """A year in which somebody alive may have been born, as people say it: "khoảng 1950"."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Year of birth"))
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs |= {"autocomplete": "off"}

    def clean(self, value):
        return read_birth_year(super().clean(value), timezone.localdate())[0]


class PhoneKindField(forms.ChoiceField):
    """Which kind of telephone somebody learns on; helpers are split by it."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Which telephone?"),
            required=False,
            choices=[("", _("not asked yet")), *Resident.PhoneKind.choices],
            **kwargs,
        )


class AboutYearMixin:
    """A form with a year of birth that may say by itself that it is only roughly known."""

    def clean(self):
        cleaned = super().clean()
        said = self.data.get(self.add_prefix("birth_year"), "")
        if cleaned.get("birth_year") and read_birth_year(said, timezone.localdate())[1]:
            cleaned["birth_year_is_about"] = True
        return cleaned


class WordsField(forms.CharField):
    """A few free words, without anybody's citizen number."""

    def clean(self, value):
        value = super().clean(value)
        refuse_citizen_number(value)
        return value


def refuse(form: forms.Form, refusal: ValidationError) -> None:
    """Show a service's refusal at the field that it names, or above the form."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)
