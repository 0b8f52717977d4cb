"""Đắk Lắk: 102 communes on the 63rd day, in every colour."""

import datetime as dt
import random
from dataclasses import dataclass

from campaigns.models import Campaign
from campaigns.services import (
    create_campaign,
    create_class,
    create_team,
    set_target,
    start_campaign,
)
from courses.models import CoursePage, LessonPage
from lms.demo.clock import at, clock_of
from lms.demo.evenings import ClassStory
from lms.demo.names import ede, kinh, volunteer
from people.models import User
from people.roles import Role
from people.services import assign_role, create_staff
from places.models import Place
from places.services import create_village

DAY = 63
BUON = (
    "Kram,Knia,Ea Bông,Tơng Jú,Dhă Prông,Kô Tam,Ea Nao,Čư Dluê,Alê,Niêng,Ea Sut,Kbu,Hra,Ciêt,"
    "Mdhur,Ea Kmat,Tring,Kđoh,Yang Reh,Dur,Kuốp,Trấp,Ea Tung,Krai,Wing,Hô,Mấp,Drai"
).split(",")
VOLUNTEERS = 8


@dataclass
class Mood:
    """How a commune is doing: its share of the pace, and how steadily people come."""

    share_of_pace: tuple[float, float]
    diligence: float
    has_class: bool = True
    has_target: bool = True


MOODS = [
    (34, Mood((0.95, 1.25), 0.82)),
    (30, Mood((0.66, 0.88), 0.72)),
    (24, Mood((0.22, 0.52), 0.55)),
    (9, Mood((0, 0), 0, has_class=False)),
    (5, Mood((0.6, 1.1), 0.7, has_target=False)),
]


def tell(
    province: Place,
    course: CoursePage,
    lessons: list[LessonPage],
    staff: dict[str, User],
    *,
    today: dt.date,
    now: dt.datetime,
    rng: random.Random,
) -> Campaign:
    """Tell 63 days of the province."""
    organiser = staff["tinh"]
    first_day = today - dt.timedelta(days=DAY - 1)
    with at(clock_of(first_day - dt.timedelta(days=5), 9)):
        campaign = create_campaign(
            province,
            "100 ngày bình dân học vụ số Đắk Lắk",
            first_day,
            by=organiser,
            required_courses=[course],
            audience="Người từ 50 tuổi trở lên, ưu tiên buôn xa trung tâm",
        )
        campaign = start_campaign(campaign, by=organiser)
        communes = list(province.get_children().order_by("code"))
        moods = [mood for count, mood in MOODS for _ in range(count)]
        rng.shuffle(moods)
        volunteers = _volunteers(communes, rng)
    for index, (commune, mood) in enumerate(zip(communes, moods, strict=True)):
        teacher = volunteers[index * VOLUNTEERS // len(communes)]
        _commune(campaign, commune, mood, teacher, organiser, course, lessons, rng, now=now)
    with at(clock_of(first_day - dt.timedelta(days=2), 15)):
        goals = [target.goal for target in campaign.targets.filter(indicator="reached")]
        for indicator, share in (("enrolled", 1.1), ("reached", 1), ("completed", 0.3)):
            set_target(
                campaign,
                province,
                indicator,
                round(sum(goals) * share),
                sum(goals) * 6,
                source="Kế hoạch 100 ngày của tỉnh",
                by=organiser,
            )
    return campaign


def _volunteers(communes, rng):
    """Make a few volunteers' accounts; each teaches in a dozen neighbouring communes."""
    users = []
    for number in range(VOLUNTEERS):
        first = communes[number * len(communes) // VOLUNTEERS]
        user, _password = create_staff(
            username=f"tnv{number + 1}",
            full_name=volunteer(rng),
            role=Role.INSTRUCTOR,
            place=first,
            by=None,
        )
        users.append(user)
    for index, commune in enumerate(communes):
        assign_role(users[index * VOLUNTEERS // len(communes)], Role.INSTRUCTOR, commune, by=None)
    return users


def _commune(campaign, commune, mood, teacher, organiser, course, lessons, rng, *, now):
    goal = rng.randint(12, 24)
    with at(clock_of(campaign.first_day - dt.timedelta(days=3), 10)):
        highland = rng.random() < 0.4
        villages = [
            create_village(
                commune,
                rng.choice(BUON) if highland and number == 0 else str(rng.randint(1, 14)),
                Place.Designation.BUON if highland and number == 0 else Place.Designation.THON,
                by=organiser,
            )
            for number in range(1)
        ]
        villages.append(
            create_village(commune, str(rng.randint(15, 22)), Place.Designation.THON, by=organiser)
        )
        if mood.has_target:
            for indicator, share in (("enrolled", 1.1), ("reached", 1), ("completed", 0.3)):
                set_target(
                    campaign,
                    commune,
                    indicator,
                    round(goal * share),
                    goal * rng.randint(4, 8),
                    source="Kế hoạch 100 ngày của tỉnh",
                    by=organiser,
                )
        if not mood.has_class:
            return
        team = create_team(commune, f"Tổ công nghệ số cộng đồng {commune.name}", by=organiser)
        group = create_class(
            campaign,
            team,
            villages[0],
            "Lớp tối cuối tuần",
            by=organiser,
            weekly_times=[(rng.choice([5, 6]), dt.time(19, 0), 90)],
            instructors=[teacher],
            course=course,
            # Not every commune was ready on the first day.
            since=campaign.first_day + dt.timedelta(days=rng.choice([0, 7, 14, 14, 21, 21])),
        )
    pace = DAY / campaign.length
    # Nearly everybody who enrols comes at least once.
    people = max(2, round(goal * pace * rng.uniform(*mood.share_of_pace) / 0.97))
    story = ClassStory(
        group,
        rng=rng,
        teacher=teacher,
        lessons=lessons,
        villages=villages,
        diligence=mood.diligence,
    )
    story.tell([_person(rng, highland) for _ in range(people)], now)


def _person(rng, highland):
    sex = "f" if rng.random() < 0.58 else "m"
    return ede(rng, sex) if highland and rng.random() < 0.55 else kinh(rng, sex)
