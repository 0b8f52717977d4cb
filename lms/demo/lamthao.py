"""Lâm Thao, Phú Thọ: 29 teams with 84 members, and classes on weekend evenings."""

import datetime as dt
import random

from django.utils import timezone

from campaigns.services import (
    add_member,
    add_session,
    cancel_session,
    create_campaign,
    create_class,
    create_team,
    move_session,
    set_target,
    start_campaign,
)
from courses.models import CoursePage, LessonPage
from lms.demo import duty
from lms.demo.clock import at, clock_of
from lms.demo.evenings import ClassStory
from lms.demo.names import Person, kinh, volunteer
from people.models import Resident, User
from people.roles import Role
from people.services import create_staff, issue_card
from places.models import Place
from places.services import create_venue, create_village

DAY = 35
TEAMS, MEMBERS, CLASSES = 29, 84, 12
# Two classes share a teacher, one after the other.
HOURS = (dt.time(18, 0), dt.time(19, 45))
FORMER = ("Lâm Thao", "Thạch Sơn", "Tứ Xã")
LEARNERS_A_CLASS = (30, 46)
CARDS = 40
EXTRA_EVENINGS = 14


def tell(
    commune: Place,
    course: CoursePage,
    lessons: list[LessonPage],
    staff: dict[str, User],
    *,
    today: dt.date,
    now: dt.datetime,
    rng: random.Random,
) -> str:
    """Tell 35 days of the commune; return the token of one learner's card, to try it with."""
    first_day = today - dt.timedelta(days=DAY - 1)
    organiser, leader, teacher = staff["xa"], staff["totruong"], staff["giaovien"]
    with at(clock_of(first_day - dt.timedelta(days=8), 9)):
        campaign = create_campaign(
            commune,
            "100 ngày học số xã Lâm Thao",
            first_day,
            by=organiser,
            required_courses=[course],
            audience="Người từ 50 tuổi trở lên",
        )
        campaign = start_campaign(campaign, by=organiser)
        villages = [_village(commune, number, organiser, rng) for number in range(TEAMS)]
        venues = [_venue(village, organiser, rng) for village in villages]
        teams = _teams(villages, organiser, staff, rng)
        _targets(campaign, commune, villages, organiser, rng)
        teachers = [teacher, leader, *_volunteers(commune, CLASSES // 2 - 2, rng)]
    stories = []
    for number in range(CLASSES):
        with at(clock_of(first_day - dt.timedelta(days=4), 14)):
            group = create_class(
                campaign,
                teams[number],
                villages[number],
                f"Lớp tối cuối tuần {villages[number].full_name}",
                by=organiser,
                weekly_times=[(5, HOURS[number % 2], 90), (6, HOURS[number % 2], 90)],
                instructors=[teachers[number // 2]],
                venue=venues[number],
                course=course,
            )
            if number in (3, 7):
                _storm(group, organiser)
        story = ClassStory(
            group,
            rng=rng,
            teacher=teachers[number // 2],
            lessons=lessons,
            # People of the next hamlet come along.
            villages=[villages[number]] * 3 + [villages[(number + CLASSES) % TEAMS]],
            diligence=rng.uniform(0.55, 0.85),
        )
        people = [
            kinh(rng, "f" if rng.random() < 0.6 else "m")
            for _ in range(rng.randint(*LEARNERS_A_CLASS))
        ]
        if number == 0:
            # The learner of the demo card comes to the first class from its first evening.
            people.insert(0, Person("Nguyễn Thị Lan", "", "f"))
        story.tell(people, now)
        stories.append(story)
    _coming_evenings(stories[0].group, organiser, now)
    duty.tell(campaign, teams[0], leader, teacher, today=today, now=now)
    return _cards(stories[0], leader)


def _village(commune, number, organiser, rng):
    former = FORMER[number * len(FORMER) // TEAMS]
    start = -(-TEAMS * FORMER.index(former) // len(FORMER))
    return create_village(
        commune, f"{number - start + 1} {former}", Place.Designation.KHU, by=organiser
    )


def _venue(village, organiser, rng):
    return create_venue(
        village,
        f"Nhà văn hóa {village.full_name}",
        by=organiser,
        computers=rng.choice([2, 4, 5, 5, 6, 10]),
        printers=1,
        has_network=rng.random() < 0.8,
        opening_hours="7:00–21:30",
    )


def _teams(villages, organiser, staff, rng):
    """Make 29 teams; their 84 members are two, three or four to a team."""
    sizes = [3] * TEAMS
    for index in range(TEAMS * 3 - MEMBERS):
        sizes[index * 7 % TEAMS] -= 1
    for _ in range(4):
        give, take = rng.sample([i for i, size in enumerate(sizes) if size == 3], 2)
        sizes[give] -= 1
        sizes[take] += 1
    teams = []
    for number, (village, size) in enumerate(zip(villages, sizes, strict=True)):
        team = create_team(village, f"Tổ công nghệ số {village.full_name}", by=organiser)
        for place in range(size):
            user = None
            if number == 0 and place < 2:
                user = staff[("totruong", "giaovien")[place]]
            add_member(
                team,
                user.full_name if user else volunteer(rng),
                by=organiser,
                user=user,
                leads=place == 0,
            )
        teams.append(team)
    return teams


def _volunteers(commune, count, rng):
    return [
        create_staff(
            username=f"lamthao{number + 1}",
            full_name=volunteer(rng),
            role=Role.INSTRUCTOR,
            place=commune,
            by=None,
        )[0]
        for number in range(count)
    ]


def _targets(campaign, commune, villages, organiser, rng):
    goals = [rng.randint(24, 60) for _ in villages]
    for place, goal in [*zip(villages, goals, strict=True), (commune, sum(goals))]:
        for indicator, share in (("enrolled", 1.1), ("reached", 1), ("completed", 0.3)):
            set_target(
                campaign,
                place,
                indicator,
                round(goal * share),
                goal * 5,
                source="Kế hoạch số 12 của xã",
                by=organiser,
            )


def _storm(group, organiser):
    """One evening falls to a storm, another moves to the evening before."""
    sessions = list(group.sessions.order_by("starts_at")[2:5])
    cancel_session(sessions[0], by=organiser, because="Mưa bão, đường ngập")
    move_session(sessions[2], sessions[2].starts_at - dt.timedelta(days=1), by=organiser)


def _coming_evenings(group, organiser, now):
    """The first class also meets every evening of the next two weeks, and right now.

    So there is a class tonight whenever the demo is shown, and a register to tap by day as well.
    """
    today = timezone.localtime(now).date()
    busy = {timezone.localtime(session.starts_at).date() for session in group.sessions.all()}
    for days in range(EXTRA_EVENINGS):
        day = today + dt.timedelta(days=days)
        if day not in busy:
            add_session(group, clock_of(day, 19), by=organiser)
    begun = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    if not 18 <= begun.hour <= 20:
        add_session(group, begun, by=organiser)


def _cards(story: ClassStory, leader) -> str:
    """Print cards for the first class; return the token of the first learner's."""
    tokens = []
    for enrolment in story.learners[:CARDS]:
        resident = Resident.objects.get(pk=enrolment.resident_id)
        _card, token = issue_card(resident, by=leader)
        tokens.append(token)
    return tokens[0]
