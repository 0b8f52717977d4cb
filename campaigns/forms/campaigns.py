from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import PlaceChoiceField, date_input
from campaigns.models import Campaign
from courses.models import CoursePage
from courses.services import published_courses
from places.models import Place


class CoursesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, course: CoursePage) -> str:
        return course.title


class CampaignForm(forms.ModelForm):
    place = PlaceChoiceField(Place.objects.none(), label=capfirst(_("place")))
    required_courses = CoursesField(
        CoursePage.objects.none(), label=capfirst(_("required courses")), required=False
    )

    class Meta:
        model = Campaign
        fields = [
            "name",
            "place",
            "first_day",
            "length",
            "audience",
            "required_courses",
            "evenings_required",
            "lessons_required",
            "skills_required",
            "green_from",
            "yellow_from",
        ]
        widgets = {"first_day": date_input()}
        help_texts = {
            "name": _("As people will call it, for instance “100 days of digital literacy”."),
            "length": _("One hundred, unless there is a reason."),
            "skills_required": _(
                "Of so many required lessons a volunteer must have seen that the person does it "
                "without help. 0: not asked for."
            ),
            "audience": _("For instance: adults who have never used a smartphone."),
        }

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = Place.objects.current().exclude(kind=Place.Kind.VILLAGE)
        if not user.is_superuser:
            paths = user.scope_paths("campaigns.change_campaign")
            inside = Place.objects.none()
            for path in paths:
                inside = inside | places.filter(path__startswith=path)
            places = inside
        self.fields["place"].queryset = places.order_by("depth", "sort_key").with_ancestors()
        self.fields["required_courses"].queryset = published_courses()
        self.fields["skills_required"].required = False
        if self.instance.pk and self.instance.state != Campaign.State.DRAFT:
            # Every figure hangs on these three.
            for name in ("place", "first_day", "length"):
                del self.fields[name]

    def clean_skills_required(self):
        return self.cleaned_data["skills_required"] or 0


class TargetDefaultsForm(forms.Form):
    """What holds for every row that does not say otherwise."""

    source = forms.CharField(
        label=_("Source for all rows"),
        max_length=200,
        required=False,
        help_text=_("Used where a row names none, for instance “Plan 45, 1 September 2026”."),
    )
    as_of = forms.DateField(label=_("Date for all rows"), required=False, widget=date_input())


class TargetForm(forms.Form):
    """One row of the table of targets; left empty, the place has no target."""

    goal = forms.IntegerField(
        label=capfirst(_("goal")), min_value=1, max_value=9_999_999, required=False
    )
    denominator = forms.IntegerField(
        label=capfirst(_("out of")), min_value=1, max_value=9_999_999, required=False
    )
    as_of = forms.DateField(label=capfirst(_("as of")), required=False, widget=date_input())
    source = forms.CharField(label=capfirst(_("source")), max_length=200, required=False)

    def __init__(self, *args, place=None, target=None, defaults=None, **kwargs):
        self.place, self.target = place, target
        self.defaults = defaults or {}
        initial = {}
        if target:
            initial = {
                name: getattr(target, name) for name in ("goal", "denominator", "as_of", "source")
            }
        super().__init__(
            *args, initial=initial, prefix=f"p{place.pk}", use_required_attribute=False, **kwargs
        )
        for name in ("goal", "denominator"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "size": 7}

    @property
    def is_blank(self) -> bool:
        """Whether the row says that the place has no target."""
        return not any(self.cleaned_data.get(name) for name in ("goal", "denominator"))

    def clean(self):
        values = super().clean()
        if self.errors or self.is_blank:
            return values
        goal, denominator = values.get("goal"), values.get("denominator")
        if not goal:
            self.add_error("goal", forms.ValidationError(_("How many is the goal?"), "required"))
        if not denominator:
            self.add_error("denominator", forms.ValidationError(_("Out of how many?"), "required"))
        if goal and denominator and goal > denominator:
            self.add_error(
                "goal",
                forms.ValidationError(_("The goal is more than the total."), "goal_above_total"),
            )
        values["source"] = values.get("source") or self.defaults.get("source", "")
        values["as_of"] = values.get("as_of") or self.defaults.get("as_of") or timezone.localdate()
        if not values["source"]:
            self.add_error(
                "source", forms.ValidationError(_("Where does the figure come from?"), "required")
            )
        return values
