"""Questions from a file into a lesson's draft, and out of the lesson into a file."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import widgets

from courses.exports import write_gift
from courses.imports import FileRefused, add_questions, pack_findings, read_questions
from courses.imports.found import MAX_BYTES
from courses.models import LessonPage
from courses.services import questions_of


class QuestionFileForm(forms.Form):
    """A file of questions from another system."""

    file = forms.FileField(
        label=gettext_lazy("File with questions"),
        help_text=gettext_lazy("GIFT (.txt) or Moodle XML (.xml), at most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".txt,.gift,.xml,text/plain,application/xml"}),
    )


@require_http_methods(["GET", "POST"])
def questions(request, lesson_id):
    """Choose a file, look at what is in it, and add what fits to the lesson's draft."""
    lesson = _lesson(request, lesson_id)
    if request.method == "POST" and "packed" in request.POST:
        return _confirm(request, lesson)
    form = QuestionFileForm(request.POST or None, request.FILES or None)
    findings, refusal = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            # Whatever is put in is said in the lesson's language.
            with translation.override(lesson.locale.language_code):
                # Never more of it into memory than what shows that it is far too much.
                findings = read_questions(form.cleaned_data["file"].read(10 * MAX_BYTES))
        except FileRefused as error:
            refusal = str(error)
            if error.line:
                refusal = _("Line %(line)d: %(what)s") % {"line": error.line, "what": refusal}
    elif request.method == "POST":
        refusal = _("Choose a file.")
    context = {
        "lesson": lesson,
        "form": form,
        "findings": findings,
        "packed": pack_findings(findings, request.user, lesson) if findings else "",
        "refusal": refusal,
        "gift": _gift(lesson),
        **_head(lesson),
    }
    return render(request, "courses/admin/questions.html", context, status=422 if refusal else 200)


@require_safe
def questions_gift(request, lesson_id):
    """Give out the lesson's questions as a GIFT file."""
    lesson = _lesson(request, lesson_id)
    answer = HttpResponse(_gift(lesson).text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{lesson.slug}.gift.txt"'
    return answer


def question_buttons(page, user, view_name=None, next_url=None):
    """Offer the way here where an author edits a lesson."""
    if isinstance(page, LessonPage) and _may(page, user):
        yield widgets.Button(
            _("Questions from a file"),
            reverse("courses_questions", args=[page.pk]),
            icon_name="upload",
            priority=45,
        )


def _lesson(request, lesson_id) -> LessonPage:
    lesson = get_object_or_404(LessonPage.objects.select_related("locale"), pk=lesson_id)
    if not _may(lesson, request.user):
        raise PermissionDenied
    return lesson


def _may(lesson: LessonPage, user) -> bool:
    """A translation gets its questions from the original."""
    permissions = lesson.permissions_for_user(user)
    is_original = lesson.locale.language_code == settings.LANGUAGE_CODE
    return is_original and permissions.can_edit() and not permissions.page_locked()


def _confirm(request, lesson):
    try:
        count = add_questions(request.POST["packed"], lesson, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("courses_questions", lesson.pk)
    done = ngettext(
        "%(count)d question is in the draft. Look at it, then publish.",
        "%(count)d questions are in the draft. Look at them, then publish.",
        count,
    )
    messages.success(request, done % {"count": count})
    return redirect("wagtailadmin_pages:edit", lesson.pk)


def _gift(lesson: LessonPage):
    draft = lesson.get_latest_revision_as_object()
    with translation.override(lesson.locale.language_code):
        return write_gift(questions_of(draft), draft.title)


def _head(lesson) -> dict:
    title = _("Questions from a file")
    return {
        "header_title": title,
        "header_icon": "upload",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("wagtailadmin_pages:edit", args=[lesson.pk]), "label": lesson.title},
            {"url": "", "label": title},
        ],
    }
