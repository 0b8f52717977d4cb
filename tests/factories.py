"""Make believable rows; a test names only what it is about."""

import datetime as dt

import factory
from django.utils import timezone

from campaigns.models import Campaign, ClassGroup, ClassSession, Team
from people.models import Assignment, Resident, User
from people.roles import Role
from places.models import Place, Venue
from places.rules import fold, person_sort_key, sort_key

_DEPTH = {"province": 1, "commune": 2, "village": 3}
_DESIGNATION = {"province": "tinh", "commune": "xa", "village": "thon"}
_ABOVE = {"commune": "province", "village": "commune"}


class PlaceFactory(factory.django.DjangoModelFactory):
    """A place of the kind asked for; what must stand above it is made as well."""

    class Meta:
        model = Place

    # Not a field of a place: what the tree puts it under.
    parent = None
    kind = "village"
    name = factory.Sequence(lambda n: f"Đồng Xuân {n}")

    @classmethod
    def _create(cls, model_class, *args, parent=None, **fields):
        kind = fields["kind"]
        fields.setdefault("designation", _DESIGNATION[kind])
        fields.setdefault("search_text", fold(fields["name"]))
        fields.setdefault("sort_key", sort_key(fields["name"]))
        if kind == "province":
            return model_class.add_root(**fields)
        parent = parent or cls(kind=_ABOVE[kind])
        return parent.add_child(**fields)


class VenueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Venue

    place = factory.SubFactory(PlaceFactory)
    name = "Nhà văn hóa"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    full_name = factory.Sequence(lambda n: f"Nguyễn Văn An {n}")


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    user = factory.SubFactory(UserFactory)
    place = factory.SubFactory(PlaceFactory, kind="commune")
    role = Role.INSTRUCTOR
    since = dt.date(2026, 1, 1)


class ResidentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Resident

    full_name = factory.Sequence(lambda n: f"Trần Thị Hoa {n}")
    birth_year = 1955
    village = factory.SubFactory(PlaceFactory)
    search_text = factory.LazyAttribute(lambda resident: fold(resident.full_name))
    sort_key = factory.LazyAttribute(lambda resident: person_sort_key(resident.full_name))


class CampaignFactory(factory.django.DjangoModelFactory):
    """A campaign on its 63rd day."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"100 ngày {n}")
    place = factory.SubFactory(PlaceFactory, kind="province")
    first_day = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=62))
    state = Campaign.State.RUNNING


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Tổ công nghệ số {n}")
    place = factory.SubFactory(PlaceFactory)
    calendar_key = factory.Sequence(lambda n: f"{n:032d}")


class ClassGroupFactory(factory.django.DjangoModelFactory):
    """A class in a village; its campaign runs in the village's province."""

    class Meta:
        model = ClassGroup

    name = factory.Sequence(lambda n: f"Lớp {n}")
    place = factory.SubFactory(PlaceFactory)
    team = factory.LazyAttribute(lambda group: TeamFactory(place=group.place))
    campaign = factory.LazyAttribute(lambda group: CampaignFactory(place=group.place.get_root()))


class ClassSessionFactory(factory.django.DjangoModelFactory):
    """An evening that began an hour ago."""

    class Meta:
        model = ClassSession
        skip_postgeneration_save = True

    class_group = factory.SubFactory(ClassGroupFactory)
    campaign = factory.LazyAttribute(lambda session: session.class_group.campaign)
    starts_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))
