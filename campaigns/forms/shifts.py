import datetime as dt

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.classes import VenueField
from campaigns.forms.sessions import MoveForm
from campaigns.forms.shared import PlaceChoiceField, date_input, time_input
from campaigns.models import Campaign, Membership, Shift, Team, WeeklyTime
from campaigns.rules import dates_of
from places.models import Place, Venue

LONGEST_WEEKS = 15


class ShiftForm(forms.Form):
    """One shift, or the same hours on some weekdays for some weeks."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=capfirst(_("campaign")))
    kind = forms.ChoiceField(label=capfirst(_("what for")), choices=Shift.Kind.choices)
    place = PlaceChoiceField(
        Place.objects.none(),
        label=capfirst(_("place")),
        help_text=_("The commune of the service centre, or the village that is visited."),
    )
    venue = VenueField(
        Venue.objects.none(),
        label=capfirst(_("house")),
        required=False,
        empty_label=_("none, or not decided yet"),
    )
    day = forms.DateField(label=capfirst(_("day")), widget=date_input())
    begins = forms.TimeField(label=capfirst(_("begins")), widget=time_input())
    minutes = forms.IntegerField(
        label=capfirst(_("minutes")), min_value=15, max_value=720, initial=180
    )
    needed = forms.IntegerField(
        label=capfirst(_("volunteers needed")), min_value=1, max_value=20, initial=3
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Every week on"),
        choices=WeeklyTime.Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: only this one day."),
    )
    weeks = forms.IntegerField(
        label=_("For how many weeks"),
        min_value=1,
        max_value=LONGEST_WEEKS,
        initial=1,
        required=False,
    )

    def __init__(self, *args, campaigns, places, venues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns
        if len(campaigns) == 1:
            self.fields["campaign"].empty_label = None
        self.fields["place"].queryset = places
        self.fields["venue"].queryset = venues

    def days(self) -> list[dt.date]:
        """Return the days that were asked for."""
        day, weekdays = self.cleaned_data["day"], self.cleaned_data["weekdays"]
        if not weekdays:
            return [day]
        return dates_of(day, 7 * (self.cleaned_data["weeks"] or 1), weekdays)


class MoveShiftForm(MoveForm):
    """Another day, hour, length, or number of volunteers."""

    minutes = forms.IntegerField(label=capfirst(_("minutes")), min_value=15, max_value=720)
    needed = forms.IntegerField(label=capfirst(_("volunteers needed")), min_value=1, max_value=20)


class HoldShiftForm(forms.Form):
    """What came of a shift."""

    helped = forms.IntegerField(
        label=capfirst(_("people helped")),
        min_value=0,
        max_value=5000,
        required=False,
        help_text=_("How many, and no names."),
    )
    note = forms.CharField(
        label=capfirst(_("note")),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No personal matters of those who were helped."),
    )


class OfferForm(forms.Form):
    """Who is asked to come, and whether they have agreed already."""

    members = forms.ModelMultipleChoiceField(Membership.objects.none())
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = Membership.objects.filter(
            pk__in=[member.pk for member in members]
        )


class ReplaceForm(forms.Form):
    """Who stands in."""

    member = forms.ModelChoiceField(Membership.objects.none(), label=capfirst(_("stands in")))

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        field.queryset = Membership.objects.filter(pk__in=[one.member.pk for one in candidates])
        field.choices = [
            ("", "—"),
            *(
                (
                    one.member.pk,
                    _("%(name)s, %(team)s: busy at that hour") % _words(one)
                    if one.clashes
                    else f"{one.member.name}, {one.member.team.name}",
                )
                for one in candidates
            ),
        ]


class CreditForm(forms.Form):
    """How long somebody was there; empty: as long as it lasted."""

    result = forms.ChoiceField(choices=[("served", ""), ("missed", "")])
    minutes = forms.IntegerField(min_value=1, max_value=720, required=False)


class HoursForm(forms.Form):
    """Whose hours, and from when to when."""

    place = forms.ModelChoiceField(
        Place.objects.none(), label=capfirst(_("commune")), empty_label=None
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=capfirst(_("team")),
        required=False,
        empty_label=_("all teams"),
    )
    since = forms.DateField(label=capfirst(_("from day")), widget=date_input())
    until = forms.DateField(label=capfirst(_("until day")), widget=date_input())

    def __init__(self, *args, communes, teams, **kwargs):
        super().__init__(*args, **kwargs)
        place, team = self.fields["place"], self.fields["team"]
        place.queryset = Place.objects.filter(pk__in=[commune.pk for commune in communes])
        place.choices = [(commune.pk, commune.full_name) for commune in communes]
        team.queryset = teams

    def clean(self):
        values = super().clean()
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error(
                "until", forms.ValidationError(_("It ends before it begins."), "backwards")
            )
        return values


def _words(candidate):
    return {"name": candidate.member.name, "team": candidate.member.team.name}
