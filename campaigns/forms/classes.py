import datetime as dt

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import date_input, time_input
from campaigns.models import Audience, Campaign, WeeklyTime
from courses.models import CoursePage
from courses.services import published_courses
from people.models import User
from places.models import Venue


class CourseField(forms.ModelChoiceField):
    def label_from_instance(self, course: CoursePage) -> str:
        return course.title


class VenueField(forms.ModelChoiceField):
    def label_from_instance(self, venue: Venue) -> str:
        return f"{venue.name}, {venue.place.full_name}"


class ClassForm(forms.Form):
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=capfirst(_("campaign")))
    name = forms.CharField(
        label=capfirst(_("name of the class")),
        max_length=120,
        help_text=_("For instance “Saturday evening class”."),
    )
    audience = forms.TypedChoiceField(
        label=capfirst(_("for whom")),
        choices=[(value, capfirst(label)) for value, label in Audience.choices],
        coerce=int,
        initial=Audience.ANYBODY,
        required=False,
        empty_value=Audience.ANYBODY,  # type: ignore[arg-type]  # the stubs know words only
        help_text=_("Figures can be looked at by it later."),
    )
    venue = VenueField(
        Venue.objects.none(),
        label=capfirst(_("venue")),
        required=False,
        empty_label=_("not decided yet"),
    )
    course = CourseField(
        CoursePage.objects.none(),
        label=capfirst(_("course")),
        required=False,
        empty_label=_("not decided yet"),
    )
    instructors = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=capfirst(_("instructors")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    since = forms.DateField(label=capfirst(_("meets from")), required=False, widget=date_input())
    skips_holidays = forms.BooleanField(
        label=_("No class on Tết and public holidays"), required=False, initial=True
    )

    def __init__(self, *args, campaigns=None, venues=(), teachers=(), **kwargs):
        super().__init__(*args, **kwargs)
        if campaigns is None:
            del self.fields["campaign"]
        else:
            self.fields["campaign"].queryset = campaigns
            if len(campaigns) == 1:
                self.fields["campaign"].empty_label = None
        self.fields["venue"].queryset = venues
        self.fields["course"].queryset = published_courses()
        self.fields["instructors"].queryset = User.objects.filter(
            pk__in=[teacher.pk for teacher in teachers]
        )
        # Given-name order, which no database knows.
        self.fields["instructors"].choices = [(t.pk, str(t)) for t in teachers]


class WeeklyTimeForm(forms.Form):
    weekday = forms.TypedChoiceField(
        label=capfirst(_("weekday")),
        choices=[("", "—"), *WeeklyTime.Weekday.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    begins = forms.TimeField(label=capfirst(_("begins")), required=False, widget=time_input())
    minutes = forms.IntegerField(
        label=capfirst(_("minutes")), min_value=15, max_value=300, initial=90, required=False
    )

    def clean(self):
        values = super().clean()
        if not self.errors and (values.get("weekday") is None) != (values.get("begins") is None):
            missing = "weekday" if values.get("weekday") is None else "begins"
            self.add_error(missing, forms.ValidationError(_("Choose both day and hour."), "half"))
        return values


class BaseWeeklyTimes(forms.BaseFormSet):
    def clean(self):
        if any(form.errors for form in self.forms):
            return
        times = self.weekly_times()
        if not times:
            raise forms.ValidationError(_("When does the class meet?"), code="required")
        if len({(weekday, begins) for weekday, begins, _minutes in times}) < len(times):
            raise forms.ValidationError(_("Two times are the same."), code="twice")

    def weekly_times(self) -> list[tuple[int, dt.time, int]]:
        rows = [form.cleaned_data for form in self.forms]
        return [
            (row["weekday"], row["begins"], row.get("minutes") or 90)
            for row in rows
            if row.get("weekday") is not None and row.get("begins") is not None
        ]


WeeklyTimesFormSet = forms.formset_factory(
    WeeklyTimeForm, BaseWeeklyTimes, extra=0, min_num=3, max_num=7, absolute_max=7
)
