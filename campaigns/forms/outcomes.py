"""What a campaign counts of its own, and noting that it happened."""

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import CountField, date_input
from campaigns.models import OwnIndicator
from places.models import Place


class IndicatorForm(forms.ModelForm):
    class Meta:
        model = OwnIndicator
        fields = ["name", "unit", "per", "evidence"]
        help_texts = {"name": _("In a few words, for instance “level-2 e-ID registered”.")}
        widgets = {"per": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["per"].choices = [(v, capfirst(t)) for v, t in OwnIndicator.Per.choices]


class OutcomeForm(forms.Form):
    """When it happened, and how it is shown."""

    happened_on = forms.DateField(label=capfirst(_("day")), widget=date_input())
    evidence = forms.CharField(
        label=capfirst(_("evidence")),
        max_length=300,
        required=False,
        help_text=_("Never the number of an ID card."),
    )

    def __init__(self, *args, campaign, shown=(), **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        last = min(timezone.localdate(), campaign.last_day)
        self.initial.setdefault("happened_on", last)
        self.fields["happened_on"].widget.attrs |= {
            "min": campaign.first_day.isoformat(),
            "max": last.isoformat(),
        }
        # Where everything that may be noted must be shown, there is no leaving it out.
        self.fields["evidence"].required = bool(shown) and all(shown)
        shown = [how for how in dict.fromkeys(shown) if how]
        if shown:
            self.fields["evidence"].help_text = " ".join(
                [_("Needed: %(how)s.") % {"how": "; ".join(shown)}, str(_NO_NUMBERS)]
            )


_NO_NUMBERS = _("Never the number of an ID card.")


class TallyForm(OutcomeForm):
    """One thing that happened may have several numbers: a livestream, its reach and its views."""

    place = forms.ModelChoiceField(Place.objects.none(), label=capfirst(_("place")))

    field_order = ["place", "happened_on"]

    def __init__(self, *args, campaign, indicators, places, **kwargs):
        super().__init__(
            *args, campaign=campaign, shown=[own.evidence for own in indicators], **kwargs
        )
        self.indicators = indicators
        self.fields["place"].queryset = places
        self.fields["place"].label_from_instance = lambda place: place.label
        for own in indicators:
            self.fields[own.key] = CountField(
                label=f"{capfirst(own.name)} ({own.unit})", required=False
            )
        # The numbers first: they are what somebody has come to write down.
        self.order_fields(["place", "happened_on", *(own.key for own in indicators), "evidence"])

    @property
    def amounts(self) -> list:
        """(indicator, how many) of what was filled in."""
        said = self.cleaned_data
        return [(own, said[own.key]) for own in self.indicators if said.get(own.key) is not None]

    def clean(self):
        values = super().clean()
        if not self.errors and not self.amounts:
            raise forms.ValidationError(_("Write down at least one number."), code="nothing")
        return values


class TakeBackForm(forms.Form):
    because = forms.CharField(label=_("Why?"), max_length=200)
