"""Fields that several forms of people share."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.rules import (
    check_birth_year,
    clean_name,
    clean_phone,
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


class BirthYearField(forms.IntegerField):
    """A year in which somebody alive may have been born."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Year of birth"))
        super().__init__(**kwargs)
        self.widget = forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 4,
                "required": self.required,
            }
        )
        self.error_messages["invalid"] = _("Enter the year in four digits, for example 1955.")

    def clean(self, value):
        year = super().clean(value)
        check_birth_year(year, timezone.localdate())
        return year


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
