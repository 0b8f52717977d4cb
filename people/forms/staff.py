from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.fields import NameField, PhoneField
from people.roles import Role
from places.models import Place


class StaffForm(forms.Form):
    """How an account is called and found."""

    full_name = NameField()
    phone = PhoneField(help_text=_("Signs in with it as well."))
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Signs in with it as well.")
    )


class AssignmentForm(forms.Form):
    """A role and where it holds; only what the giver may give is offered."""

    role = forms.ChoiceField(label=_("Role"))
    place = forms.ModelChoiceField(
        queryset=Place.objects.none(),
        label=_("Where"),
        empty_label=_("Choose the place"),
        help_text=_("The role holds here and in every place below it."),
    )

    def __init__(self, *args, roles, places, **kwargs):
        super().__init__(*args, **kwargs)
        labels = dict(Role.choices)
        self.fields["role"].choices = [("", _("Choose the role"))] + [
            (role, labels[role]) for role in roles
        ]
        places = list(places)
        self.fields["place"].queryset = Place.objects.filter(pk__in=[place.pk for place in places])
        self.fields["place"].choices = [("", _("Choose the place"))] + [
            (place.pk, "\u2003" * (place.depth - places[0].depth) + place.full_name)
            for place in places
        ]
        if len(places) == 1:
            self.fields["place"].initial = places[0]


class NewStaffForm(AssignmentForm, StaffForm):
    """An account with its first role."""

    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label=_("User name"),
        max_length=150,
        min_length=3,
        help_text=_("Short, without spaces: lan.nguyen"),
        error_messages={"invalid": _("Only letters, digits and . _ - + @.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    field_order = ("full_name", "username", "phone", "email", "role", "place")
