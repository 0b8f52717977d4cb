from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import PlaceChoiceField
from campaigns.models import StatisticsClient
from places.models import Place


class ClientForm(forms.ModelForm):
    place = PlaceChoiceField(Place.objects.none(), label=capfirst(_("place")))

    class Meta:
        model = StatisticsClient
        fields = ["name", "place", "sees_exact", "per_minute"]
        help_texts = {
            "name": _("Which program, of whom: “Data warehouse of the province”."),
            "sees_exact": _(
                "Only for the unit's own programs. Others are told full fives, and nothing under 5."
            ),
        }

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places.with_ancestors()
