"""Make believable rows; a test names only what it is about."""

import datetime as dt
import json
import uuid

import factory
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, ClassGroup, ClassSession, Membership, Shift, Team
from campaigns.services.registered import count_registered
from courses.models import CoursePage, LessonPage
from courses.services import ensure_shelf
from people.models import Assignment, Resident, User
from people.roles import Role
from people.services import announce_heads, head_of
from places.models import Place, Venue
from places.rules import fold, person_sort_key, sort_key
from progress.models import Enrolment
from progress.services import enrol

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

    @classmethod
    def _create(cls, *args, **fields):
        with transaction.atomic():
            resident = super()._create(*args, **fields)
            announce_heads([], [head_of(resident)])
        return resident


class CampaignFactory(factory.django.DjangoModelFactory):
    """A campaign on its 63rd day."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"100 ngày {n}")
    place = factory.SubFactory(PlaceFactory, kind="province")
    first_day = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=62))
    state = Campaign.State.RUNNING

    @classmethod
    def _create(cls, *args, **fields):
        with transaction.atomic():
            campaign = super()._create(*args, **fields)
            count_registered(campaign)
        return campaign


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Tổ công nghệ số {n}")
    place = factory.SubFactory(PlaceFactory)
    calendar_key = factory.Sequence(lambda n: f"{n:032d}")


class MembershipFactory(factory.django.DjangoModelFactory):
    """A volunteer without an account."""

    class Meta:
        model = Membership

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"Phạm Thị Mai {n}")
    since = dt.date(2026, 1, 1)


class ShiftFactory(factory.django.DjangoModelFactory):
    """Three hours tomorrow at the service centre of the team's commune, for three volunteers."""

    class Meta:
        model = Shift

    team = factory.SubFactory(TeamFactory)
    kind = Shift.Kind.DUTY
    place = factory.LazyAttribute(lambda shift: shift.team.place.commune)
    campaign = factory.LazyAttribute(lambda shift: CampaignFactory(place=shift.place.get_root()))
    starts_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=1))


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


class EnrolmentFactory(factory.Factory):
    """A resident who takes part in a running campaign, enrolled through the service."""

    class Meta:
        model = Enrolment

    resident = factory.SubFactory(ResidentFactory)
    campaign = factory.LazyAttribute(
        lambda enrolment: CampaignFactory(place=enrolment.resident.village.get_root())
    )
    class_group = None
    by = None

    @classmethod
    def _create(cls, model_class, *args, resident, campaign, **details):
        return enrol(resident, campaign, **details)


class CourseFactory:
    """A published course with lessons of one screen and three questions each."""

    def __new__(cls, title="Định danh điện tử", lessons=2):
        shelf = ensure_shelf()
        course = shelf.add_child(instance=CoursePage(title=title, live=True, locale=shelf.locale))
        for number in range(1, lessons + 1):
            LessonFactory(course=course, title=f"Bài {number}")
        return course


class LessonFactory:
    """A published lesson; the right answer of each of its questions is the first, "a"."""

    def __new__(cls, course=None, title="Mở ứng dụng", screens=2, questions=3):
        course = course or CourseFactory(lessons=0)
        return course.add_child(
            instance=LessonPage(
                title=title,
                live=True,
                locale=course.locale,
                body=json.dumps([cls._screen(number) for number in range(1, screens + 1)]),
                questions=json.dumps([cls._question(n) for n in range(1, questions + 1)]),
            )
        )

    @staticmethod
    def _screen(number):
        words = {"heading": f"Màn hình {number}", "words": "Bấm vào ô màu xanh."}
        return {"type": "step", "id": str(uuid.UUID(int=number)), "value": words}

    @staticmethod
    def _question(number):
        options = [
            {
                "type": "item",
                "id": letter,
                "value": {
                    "text": f"Câu trả lời {letter}",
                    "is_right": letter == "a",
                    "feedback": f"Lời giải thích {letter}",
                },
            }
            for letter in "abc"
        ]
        value = {"text": f"Câu hỏi {number}?", "options": options, "explanation": "Hãy nhớ nhé."}
        return {"type": "single", "id": f"question-{number}", "value": value}
