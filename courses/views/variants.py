"""A place shows a picture of its own in a shared lesson, and hears when the original changes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms import OwnPictureForm
from courses.models import LessonPage, LocalPicture, Screen
from courses.services import (
    confirm_own_picture,
    is_changed,
    lessons_of,
    own_pictures,
    published_courses,
    remove_own_picture,
    set_own_picture,
)
from courses.views.own import chosen_place, demand
from places.models import Place

PERMISSION = "courses.vary_lesson"


@require_safe
def variants(request):
    """List the lessons, and what one of the reader's places shows of its own in them."""
    place, places = chosen_place(request, PERMISSION)
    own = LocalPicture.objects.filter(place=place).select_related("lesson").order_by("set_at")
    by_lesson: dict[int, list[LocalPicture]] = {}
    for picture in own:
        by_lesson.setdefault(picture.lesson_id, []).append(picture)
    return render(
        request,
        "courses/variants.html",
        {
            "place": place,
            "places": places,
            "courses": [
                (course, [(lesson, by_lesson.get(lesson.pk, [])) for lesson in lessons])
                for course, lessons in _shelf()
            ],
            "changed": [picture for picture in own if is_changed(picture)],
            "crumbs": [(_("Home"), reverse("home")), (_("Pictures of our own"), "")],
        },
    )


@require_safe
def variant_lesson(request, place_id, lesson_id):
    """Show the pictures of a lesson, each with what learners of the place see instead."""
    place = _place(request, place_id)
    lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
    own = {str(row.block): row for row in _own(lesson, place)}
    shown = own_pictures(lesson, place)
    rows = [
        {
            "screen": screen,
            "own": own.get(screen.id),
            "shown": shown.get(screen.id),
            "is_changed": screen.id in own and is_changed(own[screen.id]),
        }
        for screen in lesson.screens
        if _has_picture(screen)
    ]
    gone = set(own) - {row["screen"].id for row in rows}
    return render(
        request,
        "courses/variant_lesson.html",
        {
            "place": place,
            "lesson": lesson,
            "rows": rows,
            "gone": [own[block] for block in sorted(gone)],
            "crumbs": [
                (_("Home"), reverse("home")),
                (_("Pictures of our own"), _list_url(place)),
                (lesson.title, ""),
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def variant(request, place_id, lesson_id, block):
    """Choose a photo for one screen, confirm that it still fits, or take it away."""
    place = _place(request, place_id)
    lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
    own = _own(lesson, place).filter(block=block).first()
    screen = next((s for s in lesson.screens if s.id == str(block) and _has_picture(s)), None)
    if screen is None and own is None:
        raise Http404
    back = reverse("courses:variant_lesson", args=[place.pk, lesson.pk])
    initial = {f"alt_{code}": words for code, words in own.alt.items()} if own else {}
    form = OwnPictureForm(None, initial=initial, has_photo=bool(own))
    if request.method == "POST":
        action = request.POST.get("action", "save")
        if action in ("remove", "confirm") and own:
            return _decide(request, action, own, back)
        form = OwnPictureForm(request.POST, request.FILES, initial=initial, has_photo=bool(own))
        if form.is_valid() and _saved(request, form, lesson, block, place):
            return redirect(back)
    return render(
        request,
        "courses/variant.html",
        {
            "form": form,
            "place": place,
            "lesson": lesson,
            "screen": screen,
            "own": own,
            "shown": own_pictures(lesson, place).get(str(block)),
            "is_changed": bool(own) and is_changed(own),
            "back": back,
            "crumbs": [
                (_("Home"), reverse("home")),
                (_("Pictures of our own"), _list_url(place)),
                (lesson.title, back),
                (screen.heading if screen else _("A screen that is gone"), ""),
            ],
        },
        status=422 if form.errors else 200,
    )


def _saved(request, form, lesson, block, place) -> bool:
    try:
        set_own_picture(
            lesson,
            block,
            place,
            form.alt,
            by=request.user,
            photo=form.cleaned_data["photo"],
        )
    except ValidationError as refusal:
        about_photo = refusal.code in ("too_large", "not_a_photo", "no_photo")
        form.add_error("photo" if about_photo else None, refusal)
        return False
    messages.success(
        request, _("Learners of %(place)s now see this photo.") % {"place": place.full_name}
    )
    return True


def _decide(request, action, own, back):
    if action == "remove":
        remove_own_picture(own)
        messages.success(request, _("Learners see the original picture again."))
        return redirect(back)
    try:
        confirm_own_picture(own, by=request.user)
        messages.success(request, _("Your photo stays."))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    return redirect(back)


def _place(request, pk) -> Place:
    place = get_object_or_404(Place.objects.visible_to(request.user), pk=pk)
    demand(request.user, PERMISSION, place)
    return place


def _own(lesson, place):
    return LocalPicture.objects.filter(lesson=lesson, place=place).select_related("lesson", "photo")


def _has_picture(screen: Screen) -> bool:
    return screen.kind == "step" and bool(screen.value.get("picture"))


def _shelf():
    return [
        (course, list(lessons_of(course).defer("questions", "sources")))
        for course in published_courses()
    ]


def _list_url(place) -> str:
    return f"{reverse('courses:variants')}?place={place.pk}"
