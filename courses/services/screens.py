"""Screens that change: what volunteers report from class, and what a place shows of its own."""

import datetime as dt
import uuid as uuids
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Collection

from courses.blocks.pictures import PHOTO_SIZE
from courses.models import LessonPage, LocalPicture, Screen, ScreenReport
from courses.rules import StoredScreen, stored_screens
from courses.services.photos import clean_photo
from people.models import User
from places.models import Place


def stored_screen(lesson: LessonPage, block: str | uuids.UUID) -> StoredScreen:
    """Return the screen of ``lesson`` with that id as it is stored, or refuse."""
    for screen in stored_screens(lesson.body.raw_data):
        if screen.block == str(block):
            return screen
    raise ValidationError(_("This screen is no longer in the lesson."), code="no_screen")


def report_screen(
    lesson: LessonPage,
    block: str | uuids.UUID,
    place: Place,
    *,
    by: User,
    note: str = "",
    uuid: uuids.UUID | None = None,
    at: dt.datetime | None = None,
) -> ScreenReport:
    """Note that a screen looked different in class at ``place``; sent twice it is noted once."""
    lesson = lesson.source()
    if uuid and (known := ScreenReport.objects.filter(pk=uuid, reported_by=by).first()):
        return known
    stored_screen(lesson, block)
    report, _created = ScreenReport.objects.get_or_create(
        pk=uuid or uuids.uuid4(),
        defaults={
            "lesson": lesson,
            "block": block,
            "place": place,
            "note": note.strip()[:200],
            "reported_by": by,
            "reported_at": min(at or timezone.now(), timezone.now()),
        },
    )
    return report


def settle_reports(lesson: LessonPage, block: str | uuids.UUID, *, by: User) -> int:
    """Lay aside what was reported of a screen from where ``by`` writes; return how many."""
    return (
        ScreenReport.objects.permitted_to(by, "courses.write")
        .open()
        .filter(lesson=lesson, block=block)
        .update(settled_by=by, settled_at=timezone.now())
    )


@transaction.atomic
def set_own_picture(
    lesson: LessonPage,
    block: str | uuids.UUID,
    place: Place,
    alt: Mapping[str, str],
    *,
    by: User,
    photo: File | None = None,
) -> LocalPicture:
    """Show a photo of ``place`` there instead of the original; saved again, it is changed."""
    screen = stored_screen(lesson, block)
    alt = {code: words.strip() for code, words in alt.items() if words.strip()}
    if not alt.get(settings.LANGUAGE_CODE):
        raise ValidationError(_("Say in words what the photo shows."), code="no_alt")
    kept = LocalPicture.objects.filter(lesson=lesson, block=block, place=place).first()
    before = kept.photo if kept else None
    if photo:
        image = _keep(photo, f"{screen.heading} · {place.full_name}", by)
    elif before:
        image = before
    else:
        raise ValidationError(_("Choose a photo."), code="no_photo")
    picture, _created = LocalPicture.objects.update_or_create(
        lesson=lesson,
        block=block,
        place=place,
        defaults={
            "photo": image,
            "alt": alt,
            "original_digest": screen.digest,
            "set_by": by,
        },
    )
    if before and before != image:
        before.delete()
    return picture


@transaction.atomic
def remove_own_picture(picture: LocalPicture) -> None:
    """Show the original again at this place."""
    photo = picture.photo
    picture.delete()
    photo.delete()


def confirm_own_picture(picture: LocalPicture, *, by: User) -> LocalPicture:
    """Say that the place's picture still fits, now that the original has changed."""
    picture.original_digest = stored_screen(picture.lesson, picture.block).digest
    picture.set_by = by
    picture.save()
    return picture


def changed_originals(user: User) -> list[LocalPicture]:
    """Return the own pictures of the user's places whose original has changed or is gone."""
    pictures = (
        LocalPicture.objects.permitted_to(user, "courses.vary_lesson")
        .select_related("lesson", "place")
        .order_by("lesson__path", "place__path")
    )
    return [picture for picture in pictures if is_changed(picture)]


def is_changed(picture: LocalPicture) -> bool:
    """Tell whether the original is another one than when the place chose its own."""
    return picture.has_new_original(stored_screens(picture.lesson.body.raw_data))


def own_picture_of(screen: Screen, lesson: LessonPage, place: Place | None) -> dict | None:
    """Return the picture that ``place`` shows on ``screen`` instead of the original, if any."""
    if place is None or screen.kind != "step" or not screen.value.get("picture"):
        return None
    return own_pictures(lesson, place).get(screen.id)


def knowing_own_pictures(lessons):
    """Let each lesson of a query know whether any place shows pictures of its own in it.

    Hardly any does, and then a learner's page need not ask for them.
    """
    own = LocalPicture.objects.filter(lesson__translation_key=OuterRef("translation_key"))
    return lessons.annotate(has_own_pictures=Exists(own))


def own_pictures(lesson: LessonPage, place: Place | None) -> dict[str, dict]:
    """Return {screen: picture} of what is shown at ``place`` instead of the originals.

    The nearest place up the tree counts. One query for a lesson, however often it is asked.
    """
    if place is None or not getattr(lesson, "has_own_pictures", True):
        return {}
    known = lesson.__dict__.setdefault("_own_pictures", {})
    if place.pk not in known:
        rows = (
            LocalPicture.objects.counting_for(place)
            .filter(lesson__translation_key=lesson.translation_key)
            .select_related("photo")
            .order_by("place__depth")
        )
        # Those further down the tree come later, and stay.
        known[place.pk] = {str(row.block): row for row in rows}
    return {block: _plain(row) for block, row in known[place.pk].items()}


def _plain(row: LocalPicture) -> dict:
    small = row.photo.get_rendition(PHOTO_SIZE)
    alt = row.alt.get(get_language() or "") or row.alt.get(settings.LANGUAGE_CODE, "")
    return {"url": small.url, "alt": alt, "width": small.width, "height": small.height}


def _keep(photo, title, by):
    """Put a cleaned photo among the places' own, apart from those of the authors."""
    root = Collection.get_first_root_node()
    name = "Ảnh riêng của các nơi"
    collection = root.get_children().filter(name=name).first() or root.add_child(name=name)
    clean = clean_photo(photo)
    image = get_image_model()(
        title=title[:250], file=clean, collection=collection, uploaded_by_user=by
    )
    image.file_size = clean.size
    image.save()
    return image
