"""Which telephone somebody has: asked at the door, read from lists, told to helpers."""

import csv
import io
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from people.imports import load, plan_import, store_file
from people.models import Resident
from people.services import erase_resident, merge_residents
from tests.factories import ResidentFactory

HEAD = "Họ và tên,Năm sinh,Thôn,Loại điện thoại,Điện thoại\n"

# The rule


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Android", "android"),
        ("máy Android", "android"),
        ("Samsung A05", "android"),
        ("iPhone 8", "iphone"),
        ("phím bấm", "basic"),
        ("máy cục gạch", "basic"),
        ("không có", "none"),
        ("Không", "none"),
        ("chưa có điện thoại", "none"),
        ("", ""),
    ],
)
def test_a_list_may_say_which_telephone(commune, village, organiser, cell, kind):
    text = HEAD + f"Bùi Thị Hoa,1950,{village.name},{cell},0912345678\n"
    file = store_file("ds.csv", text.encode(), commune, by=organiser)

    assert plan_import(file).wrong == []
    load(file, by=organiser, ticked=set())
    assert Resident.objects.get().phone_kind == kind


@pytest.mark.django_db
def test_a_telephone_that_is_none_keeps_the_list_outside(commune, village, organiser):
    text = HEAD + f"Bùi Thị Hoa,1950,{village.name},tủ lạnh,\n"
    file = store_file("ds.csv", text.encode(), commune, by=organiser)

    (row,) = plan_import(file).wrong
    assert "tủ lạnh" in row.errors[0]
    with pytest.raises(ValidationError):
        load(file, by=organiser, ticked=set())


@pytest.mark.django_db
def test_merging_keeps_it_and_erasing_forgets_it(village, organiser):
    kept = ResidentFactory(village=village)
    other = ResidentFactory(village=village, phone_kind="iphone")

    assert merge_residents(kept, other, by=organiser).phone_kind == "iphone"
    assert erase_resident(kept, by=organiser).phone_kind == ""


# The screen


@pytest.mark.django_db
def test_it_is_asked_when_somebody_is_written_down_and_corrected(client, village, instructor):
    client.force_login(instructor)
    fields = {
        "uuid": str(uuid.uuid4()),
        "full_name": "Nguyễn Thị Hoa",
        "village": village.pk,
        "learning_language": "vi",
        "phone_kind": "basic",
        "consent": "on",
    }
    client.post(reverse("people:register"), fields)
    person = Resident.objects.get()
    assert person.phone_kind == "basic"

    client.post(reverse("people:edit", args=[person.uuid]), fields | {"phone_kind": "android"})
    person.refresh_from_db()
    assert person.phone_kind == "android"
    page = client.get(reverse("people:resident", args=[person.uuid]))
    assert person.get_phone_kind_display() in page.text


@pytest.mark.django_db
def test_it_is_asked_at_the_door(client, session, village, instructor):
    client.force_login(instructor)
    client.post(
        reverse("progress:walk_in", args=[session.pk]),
        {
            "uuid": str(uuid.uuid4()),
            "mark_id": str(uuid.uuid4()),
            "full_name": "Lê Văn Bảy",
            "village": village.pk,
            "phone_kind": "none",
            "consent": "on",
        },
    )

    assert Resident.objects.get().phone_kind == "none"


@pytest.mark.django_db
def test_it_stands_in_the_file(client, village, organiser):
    person = ResidentFactory(village=village, phone_kind="iphone")
    client.force_login(organiser)

    file = client.get(reverse("people:export", args=["csv"])).content.decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(file))

    assert row[head.index("Loại điện thoại")] == person.get_phone_kind_display()
