import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.fields import (
    AboutYearMixin,
    BirthYearField,
    NameField,
    PhoneField,
    PhoneKindField,
)
from people.models import Resident
from places.models import Place, attach_ancestors


class ResidentForm(AboutYearMixin, forms.Form):
    """What we know about a person; the villages offered are those of ``villages``."""

    full_name = NameField(help_text=_("As the person writes it, with accents."))
    birth_year = BirthYearField(required=False)
    birth_year_is_about = forms.BooleanField(
        label=_("The year is only roughly known"), required=False
    )
    village = forms.ModelChoiceField(
        queryset=Place.objects.none(), label=_("Village"), empty_label=_("Choose the village")
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        required=False,
        choices=[("", _("not said")), *Resident.Sex.choices],
        widget=forms.RadioSelect,
    )
    phone = PhoneField(help_text=_("One telephone may serve a whole family."))
    phone_kind = PhoneKindField()
    learning_language = forms.ChoiceField(
        label=_("Likes to learn in"), choices=Resident.LearningLanguage
    )
    needs_large_type = forms.BooleanField(label=_("needs large type"), required=False)
    needs_hearing_help = forms.BooleanField(label=_("hard of hearing"), required=False)
    needs_reading_help = forms.BooleanField(label=_("needs somebody to read"), required=False)
    sort_name = NameField(
        label=_("Name to sort by"),
        required=False,
        help_text=_("Only when the given name is not the last word, as in Y Bhăm Niê: write Bhăm."),
    )

    def __init__(self, *args, villages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["village"].choices = grouped_villages(villages)
        self.fields["learning_language"].initial = Resident.LearningLanguage.VIETNAMESE


class RegisterForm(ResidentForm):
    """A new person: also what he or she agreed to, and a number made once for this form."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=_("I read this aloud, and the person agreed"),
        error_messages={
            "required": _("Without agreement nothing is written down. Read it aloud and ask.")
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["uuid"].initial = uuid.uuid4
        villages = self.fields["village"].queryset
        if len(villages) == 1:
            self.fields["village"].initial = villages[0]


class EraseForm(forms.Form):
    """Erasing cannot be taken back, so it is ticked as well as pressed."""

    sure = forms.BooleanField(
        label=_("The person asked for this, and I know that it cannot be undone"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )


def grouped_villages(villages) -> list:
    """Return choices of villages; under their communes' names if there are several communes."""
    villages = list(villages)
    attach_ancestors(villages)
    groups: dict[str, list] = {}
    for village in villages:
        groups.setdefault(village.parent.label, []).append((village.pk, village.full_name))
    empty = [("", _("Choose the village"))]
    if len(groups) <= 1:
        return empty + [choice for choices in groups.values() for choice in choices]
    return empty + list(groups.items())
