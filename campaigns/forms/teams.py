from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import PlaceChoiceField
from campaigns.models import Membership
from people.models import User
from people.rules import clean_name
from places.models import Place


class TeamForm(forms.Form):
    name = forms.CharField(
        label=capfirst(_("name")),
        max_length=120,
        help_text=_("For instance “Community digital team of Cao Xá village”."),
    )
    place = PlaceChoiceField(Place.objects.none(), label=capfirst(_("place")))

    def __init__(self, *args, places=None, **kwargs):
        super().__init__(*args, **kwargs)
        if places is None:
            del self.fields["place"]
        else:
            self.fields["place"].queryset = places.with_ancestors()


class MemberForm(forms.ModelForm):
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=capfirst(_("account")),
        required=False,
        help_text=_("Only for volunteers who sign in themselves."),
    )

    class Meta:
        model = Membership
        fields = ["name", "phone", "user", "leads"]
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}

    def __init__(self, *args, users=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(pk__in=[user.pk for user in users])

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])
