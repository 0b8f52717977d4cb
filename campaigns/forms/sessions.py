from typing import cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClassSession
from courses.models import LessonPage
from people.models import User


class LessonField(forms.ModelChoiceField):
    def label_from_instance(self, lesson: LessonPage) -> str:
        return lesson.title


class LessonForm(forms.Form):
    """What was taught, and a few words about the evening."""

    lesson = LessonField(
        LessonPage.objects.none(),
        label=capfirst(_("lesson taught")),
        required=False,
        empty_label=_("not decided yet"),
    )
    note = forms.CharField(
        label=capfirst(_("note")),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No personal matters of learners."),
    )

    def __init__(self, *args, lessons, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lesson"].queryset = lessons


class CancelForm(forms.Form):
    because = forms.CharField(
        label=capfirst(_("reason")),
        max_length=200,
        help_text=_("The team reads it in its calendar: a storm, the harvest, no electricity…"),
    )


class MoveForm(forms.Form):
    """Another day and hour; also used for an extra evening."""

    starts_at = forms.SplitDateTimeField(
        label=capfirst(_("new day and hour")),
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        day, hour = self.fields["starts_at"].widget.widgets
        day.attrs["aria-label"] = _("day")
        hour.attrs["aria-label"] = _("hour")


class SubstituteForm(forms.Form):
    """Who teaches this one evening instead of whom."""

    out = forms.ModelChoiceField(
        User.objects.none(),
        label=capfirst(_("cannot come")),
        required=False,
        empty_label=_("nobody: they teach together"),
    )
    into = forms.ModelChoiceField(User.objects.none(), label=capfirst(_("teaches instead")))

    def __init__(self, *args, session: ClassSession, teachers, **kwargs):
        super().__init__(*args, **kwargs)
        there = {user.pk for user in session.instructors.all()}
        out = cast(forms.ModelChoiceField, self.fields["out"])
        into = cast(forms.ModelChoiceField, self.fields["into"])
        out.queryset = session.instructors.all()
        others = [teacher for teacher in teachers if teacher.pk not in there]
        into.queryset = User.objects.filter(pk__in=[user.pk for user in others])
        into.choices = [("", "—"), *((user.pk, str(user)) for user in others)]
