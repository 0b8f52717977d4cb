"""The demo's work in five clear points: given, on its way, done, overdue, and units without any."""

import datetime as dt
import random
from itertools import cycle, islice

from campaigns.models import Campaign, Membership
from campaigns.reports.figures import numbers
from campaigns.services import create_work, drop_work, finish_work, progress_work
from lms.demo import words
from lms.demo.clock import at
from people.models import User
from places.models import Place
from progress.models import Enrolment

WITH_WORK, WITHOUT_ANYBODY = 16, 8


def worst(campaign: Campaign, communes: list[Place]) -> list[Place]:
    """The communes that have begun and are farthest behind, the worst first."""
    reached = numbers(campaign, campaign.place, "reached")
    goals = dict(campaign.targets.filter(indicator="reached").values_list("place", "goal"))
    begun = [place for place in communes if reached.get(place.pk) and place.pk in goals]
    return sorted(begun, key=lambda place: (reached[place.pk] / goals[place.pk], place.path))


def work_of_province(
    campaign: Campaign,
    heads: dict[str, User],
    organiser: User,
    rng: random.Random,
    now: dt.datetime,
) -> None:
    """Units far behind have work with one owner each; the very last ones have nobody yet."""
    communes = list(campaign.place.get_children().order_by("code"))
    behind = worst(campaign, communes)
    teachers = {
        group.place.lineage()[1]: group.instructors.first()
        for group in campaign.class_groups.select_related("place").prefetch_related("instructors")
    }
    tasks = cycle(words.WORK)
    # The first one has an account of its own in the demo, and so much to do.
    for number, place in enumerate([behind[0], *behind[1 + WITHOUT_ANYBODY :][:WITH_WORK]]):
        for turn, task in enumerate(islice(tasks, 3 if number == 0 else 1 + number % 2)):
            _work(
                campaign,
                place,
                task,
                number + turn,
                rng,
                now,
                by=heads[place.path],
                person=teachers[place.path],
            )
    with at(now - dt.timedelta(days=3)):
        create_work(
            campaign,
            campaign.place,
            title="Họp với các xã chậm tiến độ, chốt người phụ trách từng xã",
            expected="Mỗi xã màu đỏ có một người chịu trách nhiệm và ngày xong",
            due=now.date() + dt.timedelta(days=4),
            person=organiser,
            indicator="reached",
            by=organiser,
        )


def work_of_commune(
    campaign: Campaign, staff: dict[str, User], rng: random.Random, now: dt.datetime
) -> None:
    """Members of the teams do the work, and the leader answers for most of it."""
    members = Membership.objects.current().filter(
        team__place__path__startswith=campaign.place.path, leads=True
    )
    some = list(members.select_related("team__place").order_by("pk")[:12])
    tasks = cycle(words.WORK)
    for number, member in enumerate(some):
        _work(
            campaign,
            member.team.place,
            next(tasks),
            number,
            rng,
            now,
            by=staff["totruong"] if number % 3 else staff["xa"],
            member=member,
        )
    away = (
        Enrolment.objects.active()
        .filter(campaign=campaign, village=some[0].team.place, first_day=None)
        .select_related("resident")
        .order_by("pk")[:8]
    )
    with at(now - dt.timedelta(days=2)):
        create_work(
            campaign,
            some[0].team.place,
            title="Thăm nhà những người ghi danh mà chưa đến lớp",
            expected="Biết rõ vì sao từng người chưa đến, mời được một nửa",
            due=now.date() + dt.timedelta(days=5),
            person=staff["giaovien"],
            responsible=staff["totruong"],
            indicator="reached",
            residents=[enrolment.resident for enrolment in away],
            by=staff["totruong"],
        )


def _work(campaign, place, task, number, rng, now, *, by, **owner):
    """One piece of work: done, on its way, not begun, or overdue."""
    indicator, title, expected = task
    given = now - dt.timedelta(days=rng.randint(12, 20))
    ahead = rng.randint(2, 9)
    # Every third one should have been done by now.
    due = (
        now - dt.timedelta(days=ahead) if number % 3 == 0 else now + dt.timedelta(days=ahead)
    ).date()
    with at(given):
        item = create_work(
            campaign,
            place,
            title=title,
            expected=expected,
            due=due,
            indicator=indicator,
            by=by,
            **owner,
        )
    if number % 5 == 4:
        result, evidence = rng.choice(words.RESULTS)
        with at(given + dt.timedelta(days=8)):
            finish_work(item, result, evidence=evidence, by=by)
    elif number == 7:
        with at(given + dt.timedelta(days=5)):
            drop_work(item, words.DROPPED, by=by)
    elif number % 4 != 3:
        with at(given + dt.timedelta(days=6)):
            progress_work(
                item, rng.choice((20, 40, 50, 70)), by=by, remark=rng.choice(words.PROGRESS)
            )
