from django import forms
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


_HAVE_DEFAULTS = ("skills_required", "stale_after", "report_every", "report_due_days")

_GROUPS = (
    (_("The campaign"), ("name", "place", "first_day", "length", "audience")),
    (
        _("What completes the campaign"),
        ("required_courses", "evenings_required", "lessons_required", "skills_required"),
    ),
    (_("Colours of the map"), ("green_from", "yellow_from", "stale_after")),
    (_("Reports of teams and communes"), ("report_every", "report_due_days")),
    (_("For everybody"), ("is_public",)),
)


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
            "stale_after",
            "report_every",
            "report_due_days",
            "is_public",
        ]
        widgets = {"first_day": date_input()}
        help_texts = {
            "name": _("As people will call it, for instance “100 days of digital literacy”."),
            "length": _("One hundred, unless there is a reason."),
            "skills_required": _(
                "Of so many required lessons a volunteer must have seen that the person does it "
                "without help. 0: not asked for."
            ),
            "green_from": _("On the map. 90 means: 90 % of what should be reached by today."),
            "yellow_from": _("Below this a place is red."),
            "stale_after": _("So that nobody takes silence for standstill."),
            "report_due_days": _("Counted from the end of the period."),
            "is_public": _("Everybody may see the map and the totals there; never a name."),
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
        for name in _HAVE_DEFAULTS:
            self.fields[name].required = False
        if self.instance.pk and self.instance.state != Campaign.State.DRAFT:
            # Every figure hangs on these three.
            for name in ("place", "first_day", "length"):
                del self.fields[name]

    @property
    def groups(self) -> list[tuple]:
        """(what these are about, the fields), in the order in which one thinks of them."""
        groups = [(words, [self[n] for n in names if n in self.fields]) for words, names in _GROUPS]
        return [(words, fields) for words, fields in groups if fields]

    def clean(self):
        values = super().clean()
        for name in _HAVE_DEFAULTS:
            if name not in self.errors and values.get(name) in (None, ""):
                values[name] = Campaign._meta.get_field(name).default
        return values
