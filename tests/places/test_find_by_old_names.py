"""Finding the units of today by the names that people still use."""

import pytest

from places.models import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official")]


def labels(q):
    return [place.label for place in Place.objects.current().search(q).with_ancestors()]


@pytest.mark.parametrize(
    ("q", "label"),
    [
        pytest.param("krong pac", "xã Krông Pắc, tỉnh Đắk Lắk", id="without accents"),
        pytest.param("KRÔNG PẮC", "xã Krông Pắc, tỉnh Đắk Lắk", id="in capitals"),
        pytest.param("  krông   pắc ", "xã Krông Pắc, tỉnh Đắk Lắk", id="with too many spaces"),
        pytest.param("xa krong pac", "xã Krông Pắc, tỉnh Đắk Lắk", id="with its kind"),
        pytest.param("ea hleo", "xã Ea H'Leo, tỉnh Đắk Lắk", id="without the apostrophe"),
        pytest.param("ea h’leo", "xã Ea H'Leo, tỉnh Đắk Lắk", id="with a telephone's apostrophe"),
        pytest.param("thị trấn phước an", "xã Krông Pắc, tỉnh Đắk Lắk", id="by its old name"),
        pytest.param("lam thao, phu tho", "xã Lâm Thao, tỉnh Phú Thọ", id="with its province"),
        pytest.param("tuy hoa, phu yen", "phường Tuy Hòa, tỉnh Đắk Lắk", id="with its old one"),
        pytest.param("Buo\u0302n Ma Thuo\u0323\u0302t", "phường Buôn Ma Thuột, tỉnh Đắk Lắk",
                     id="with combining accents"),
    ],
)  # fmt: skip
def test_a_place_is_found(q, label):
    assert labels(q)[0] == label


def test_an_old_province_leads_to_the_one_it_is_in_now():
    found = Place.objects.provinces().search("Phú Yên").get()

    assert found.label == "tỉnh Đắk Lắk"
    assert found.former_name == "tỉnh Phú Yên"


def test_an_old_district_leads_to_all_its_communes():
    found = Place.objects.search("huyện lâm thao")

    assert {place.former_name for place in found} == {"huyện Lâm Thao"}
    assert sorted(labels("huyện lâm thao")) == [
        "xã Bản Nguyên, tỉnh Phú Thọ",
        "xã Lâm Thao, tỉnh Phú Thọ",
        "xã Phùng Nguyên, tỉnh Phú Thọ",
        "xã Xuân Lũng, tỉnh Phú Thọ",
    ]


def test_searching_the_whole_country_asks_twice(django_assert_num_queries):
    with django_assert_num_queries(2):
        found = list(Place.objects.current().search("an").with_ancestors()[:50])
        assert len({place.label for place in found}) == 50
