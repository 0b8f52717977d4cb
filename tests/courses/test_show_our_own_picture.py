"""A place shows its own photo in a shared lesson, and hears when the original changes."""

import io
import uuid
from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from PIL import Image as Picture
from wagtail.blocks import StreamValue
from wagtail.images.models import Image

from courses.models import LessonPage, LocalPicture
from courses.reports import to_review
from courses.rules import digest_of
from courses.services import (
    changed_originals,
    clean_photo,
    confirm_own_picture,
    remove_own_picture,
    screen_context,
    set_own_picture,
)
from people.roles import Role
from tests.factories import AssignmentFactory, PlaceFactory

GPS, MADE_BY, ORIENTATION = 0x8825, 0x010F, 0x0112


def photo(kind="JPEG", size=(40, 30), colour="green", name=None, exif=None):
    """Return a photo as a telephone sends it, with where it was taken."""
    file = io.BytesIO()
    notes = Picture.Exif()
    notes[MADE_BY] = "A telephone"
    notes[GPS] = {1: "N", 2: (21.0, 18.0, 0.0)}
    for tag, value in (exif or {}).items():
        notes[tag] = value
    Picture.new("RGB", size, colour).save(file, kind, exif=notes)
    return SimpleUploadedFile(name or f"cong.{kind.lower()}", file.getvalue())


def block_of(lesson):
    return lesson.body[0].id


def own(lesson, place, by, colour="green", **alt):
    alt = {"vi": "Cổng trụ sở xã", **alt}
    return set_own_picture(lesson, block_of(lesson), place, alt, by=by, photo=photo(colour=colour))


def seen(lesson, place):
    return screen_context(LessonPage.objects.get(pk=lesson.pk), 1, place)["screen"].picture


def rewrite(lesson, words="Bấm thật chậm."):
    raw = deepcopy(list(lesson.body.raw_data))
    raw[0]["value"]["words"] = words
    lesson.body = StreamValue(LessonPage._meta.get_field("body").stream_block, raw, is_lazy=True)
    lesson.save_revision().publish()


def url_of(lesson, place):
    return reverse("courses:variant", args=[place.pk, lesson.pk, block_of(lesson)])


def form(**changes):
    return {"photo": photo(), "alt_vi": "Cổng trụ sở xã", "alt_en": "", "action": "save", **changes}


# The rule


def test_learners_see_the_photo_of_the_nearest_place(lesson, organiser, province, commune, village):
    above = own(lesson, province, organiser, vi="Ảnh tỉnh")
    near = own(lesson, commune, organiser, vi="Ảnh xã")
    other = PlaceFactory(kind="commune", parent=province)

    assert seen(lesson, village)["alt"] == near.alt["vi"]
    assert seen(lesson, other)["alt"] == above.alt["vi"]
    assert seen(lesson, PlaceFactory(kind="village"))["alt"] == "Ngón tay bấm số"
    assert seen(lesson, None)["alt"] == "Ngón tay bấm số"


def test_whoever_reads_in_english_sees_it_with_english_words(lesson, organiser, commune):
    own(lesson, commune, organiser, vi="Cổng", en="The gate")
    english = lesson.get_translations().get()

    with translation.override("en"):
        assert seen(english, commune)["alt"] == "The gate"


def test_the_owner_hears_when_the_original_changes(lesson, organiser, commune, author):
    picture = own(lesson, commune, organiser)
    assert changed_originals(organiser) == []

    rewrite(lesson)

    assert changed_originals(organiser) == [picture]
    assert "original" in [reason.code for reason in to_review(author)[0].reasons]


def test_other_ends_of_lines_are_no_change(lesson):
    (first, *_rest) = lesson.body.raw_data
    typed = deepcopy(first)
    typed["value"]["words"] = typed["value"]["words"].replace("\n", "\r\n")

    assert typed != first
    assert digest_of(typed) == digest_of(first)


def test_a_photo_that_still_fits_is_confirmed(lesson, organiser, commune):
    picture = own(lesson, commune, organiser)
    rewrite(lesson)

    confirm_own_picture(picture, by=organiser)

    assert changed_originals(organiser) == []
    assert seen(lesson, commune)["alt"] == "Cổng trụ sở xã"


def test_a_photo_of_a_screen_that_is_gone_cannot_be_confirmed(lesson, organiser, commune):
    picture = own(lesson, commune, organiser)
    raw = list(lesson.body.raw_data)[1:]
    lesson.body = StreamValue(LessonPage._meta.get_field("body").stream_block, raw, is_lazy=True)
    lesson.save_revision().publish()

    with pytest.raises(ValidationError) as refusal:
        confirm_own_picture(LocalPicture.objects.get(pk=picture.pk), by=organiser)

    assert refusal.value.code == "no_screen"
    assert len(changed_originals(organiser)) == 1


def test_a_photo_that_is_taken_away_is_kept_nowhere(lesson, organiser, commune):
    picture = own(lesson, commune, organiser)
    name, storage = picture.photo.file.name, picture.photo.file.storage

    remove_own_picture(picture)

    assert not Image.objects.exists()
    assert seen(lesson, commune)["alt"] == "Ngón tay bấm số"
    assert storage is not None
    assert name


def test_a_new_photo_replaces_the_old_one(lesson, organiser, commune):
    own(lesson, commune, organiser, colour="green")
    own(lesson, commune, organiser, colour="red")

    assert Image.objects.count() == LocalPicture.objects.count() == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_a_photo_was_taken_is_not_kept(kind):
    with Picture.open(clean_photo(photo(kind))) as kept:
        assert kept.format == kind
        assert dict(kept.getexif()) == {}
        assert "exif" not in kept.info


def test_a_photo_held_upright_stays_upright():
    with Picture.open(clean_photo(photo(exif={ORIENTATION: 6}))) as kept:
        assert kept.size == (30, 40)


def test_a_large_photo_is_made_smaller():
    with Picture.open(clean_photo(photo(size=(4000, 3000)))) as kept:
        assert kept.size == (1600, 1200)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        pytest.param(SimpleUploadedFile("a.jpg", b"<svg onload=x>"), "not_a_photo", id="svg"),
        pytest.param(SimpleUploadedFile("a.jpg", b""), "not_a_photo", id="empty"),
        pytest.param(photo("GIF", name="a.jpg"), "not_a_photo", id="gif"),
        pytest.param(SimpleUploadedFile("a.jpg", b"x" * 5_300_000), "too_large", id="large"),
        pytest.param(
            SimpleUploadedFile("a.jpg", photo().read()[:200]), "not_a_photo", id="half of it"
        ),
    ],
)
def test_what_is_no_photo_is_refused(file, code):
    with pytest.raises(ValidationError) as refusal:
        clean_photo(file)

    assert refusal.value.code == code


@pytest.mark.parametrize(("kind", "size"), [("PNG", (5000, 4801)), ("JPEG", (8200, 6400))])
def test_a_small_file_that_unfolds_to_a_giant_is_refused(kind, size):
    with pytest.raises(ValidationError) as refused:
        clean_photo(photo(kind, size=size))

    assert refused.value.code == "not_a_photo"


def test_what_an_author_uploads_forgets_its_place_too(client, lesson, author):
    client.force_login(author)

    client.post(
        reverse("wagtailimages:add"),
        {"title": "Cổng", "file": photo(name="cong.jpg"), "collection": 1, "description": ""},
    )

    with Picture.open(Image.objects.get().file) as kept:
        assert dict(kept.getexif()) == {}


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMUNE_ORGANISER, 200),
        (Role.AUTHOR, 200),
        (Role.REVIEWER, 200),
        (Role.TEAM_LEADER, 403),
        (Role.INSTRUCTOR, 403),
    ],
)
def test_who_answers_for_the_place_chooses(client, lesson, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    assert client.get(url_of(lesson, commune)).status_code == status


def test_only_those_of_the_place_hear_that_the_original_changed(
    lesson, organiser, commune, author, province
):
    elsewhere = PlaceFactory(kind="province", name="Cao Bằng")
    far = PlaceFactory(kind="commune", name="Trùng Khánh", parent=elsewhere)
    own(lesson, far, organiser)
    rewrite(lesson)
    writer = AssignmentFactory(place=elsewhere, role=Role.AUTHOR).user

    assert not changed_originals(organiser)
    assert not [review for review in to_review(author) if review.changed]
    assert [review.pk for review in to_review(writer) if review.changed] == [lesson.pk]


@pytest.mark.parametrize("name", ["courses:variants", "courses:figures"])
def test_who_only_looks_at_a_commune_says_nothing_for_it(client, organiser, province, name):
    near = PlaceFactory(kind="commune", name="Hy Cương", parent=province)
    AssignmentFactory(place=near, role=Role.OBSERVER, user=organiser)
    client.force_login(organiser)

    assert client.get(reverse(name), {"place": near.pk}).status_code == 403


def test_nobody_chooses_for_another_commune(client, lesson, organiser):
    elsewhere = PlaceFactory(kind="commune")
    client.force_login(organiser)

    assert client.post(url_of(lesson, elsewhere), form()).status_code == 404
    assert not LocalPicture.objects.exists()


# The screen


def test_an_organiser_uploads_a_photo_and_learners_see_it(client, lesson, organiser, commune):
    client.force_login(organiser)
    assert "Gọi điện" in client.get(reverse("courses:variants")).text

    answer = client.post(url_of(lesson, commune), form(alt_en="The gate"))

    assert answer.url == reverse("courses:variant_lesson", args=[commune.pk, lesson.pk])
    assert "Cổng trụ sở xã" in client.get(answer.url).text
    assert LocalPicture.objects.get().alt == {"vi": "Cổng trụ sở xã", "en": "The gate"}
    assert seen(lesson, commune)["url"].endswith(".webp")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"photo": ""}, "id_photo_error"),
        ({"alt_vi": ""}, "id_alt_vi_error"),
        ({"photo": SimpleUploadedFile("a.jpg", b"no photo")}, "JPEG, PNG hoặc WebP"),
    ],
)
def test_a_refusal_says_why(client, lesson, organiser, commune, changes, words):
    client.force_login(organiser)

    answer = client.post(url_of(lesson, commune), form(**changes))

    assert answer.status_code == 422
    assert words in answer.text


def test_words_are_changed_without_sending_the_photo_again(client, lesson, organiser, commune):
    own(lesson, commune, organiser)
    client.force_login(organiser)

    client.post(url_of(lesson, commune), form(photo="", alt_vi="Cổng mới"))

    assert LocalPicture.objects.get().alt == {"vi": "Cổng mới"}
    assert Image.objects.count() == 1


@pytest.mark.parametrize(("action", "left"), [("confirm", 1), ("remove", 0)])
def test_the_owner_confirms_or_takes_away(client, lesson, organiser, commune, action, left):
    own(lesson, commune, organiser)
    rewrite(lesson)
    client.force_login(organiser)
    assert "Bản gốc đã thay đổi" in client.get(url_of(lesson, commune)).text
    assert "Bản gốc của ảnh địa phương đã thay đổi" in client.get(reverse("home")).text

    client.post(url_of(lesson, commune), {"action": action})

    assert LocalPicture.objects.count() == left
    assert changed_originals(organiser) == []


def test_a_screen_without_picture_has_none_to_change(client, lesson, organiser, commune):
    client.force_login(organiser)
    for block in (lesson.body[1].id, uuid.uuid4()):
        url = reverse("courses:variant", args=[commune.pk, lesson.pk, block])
        assert client.get(url).status_code == 404


# The cost


def test_pictures_of_ones_own_cost_one_query_a_lesson(
    lesson, organiser, village, commune, django_assert_num_queries
):
    own(lesson, commune, organiser)
    seen(lesson, village)
    lesson = LessonPage.objects.get(pk=lesson.pk)
    screen_context(lesson, 1)
    with django_assert_num_queries(1):
        screen_context(lesson, 1, village)["screen"].picture  # noqa: B018
    with django_assert_num_queries(0):
        screen_context(lesson, 1, village)["screen"].picture  # noqa: B018
