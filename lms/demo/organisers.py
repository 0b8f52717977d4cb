"""What organisers of the demo do with the figures: targets, outcomes, work, reports, mending.

Told after both stories, with dice of its own, so that nothing of what was told before changes.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator

from campaigns.models import Campaign, ClassSession
from campaigns.services import add_indicator, note_outcomes, note_tally, save_targets
from campaigns.services.clients import create_client
from campaigns.services.targets import TargetEntry
from lms.demo import words
from lms.demo.clock import at, clock_of
from lms.demo.names import kinh, volunteer
from lms.demo.reporting import reports_of_communes, reports_of_teams
from lms.demo.work import work_of_commune, work_of_province, worst
from people.models import Consent, Resident, User
from people.reports import look_alikes
from people.roles import Role
from people.services import (
    assign_role,
    change_resident,
    create_staff,
    register_resident,
    tell_apart,
    withdraw_consent,
)
from places.models import Place
from places.services import set_populations
from progress.models import Enrolment
from progress.reports.quality import places_in
from progress.services.plausibility import flag_sessions
from progress.services.quality import communes_to_count, count_commune

SEED = 148
# Each looks after as many neighbouring communes.
CLUSTERS = 4


def tell(
    province: Campaign,
    commune: Campaign,
    staff: dict[str, User],
    *,
    password: str,
    now: dt.datetime,
) -> None:
    """Tell what organisers did so far in both campaigns."""
    rng = random.Random(SEED)
    heads = _heads(province, staff["tinh"], password, rng)
    _people_who_live_there(province, staff["tinh"], rng)
    _people_who_live_there(commune, staff["xa"], rng)
    for campaign, by in ((province, staff["tinh"]), (commune, staff["xa"])):
        _outcomes(campaign, by, rng, now)
    work_of_province(province, heads, staff["tinh"], rng, now)
    work_of_commune(commune, staff, rng, now)
    reports_of_communes(province, heads, staff["tinh"], rng, now)
    reports_of_teams(commune, staff, rng, now)
    _mistakes(commune, staff["totruong"], rng, now)
    create_client(
        "Kho dữ liệu dùng chung của tỉnh", province.place, sees_exact=True, by=staff["tinh"]
    )
    for campaign in (province, commune):
        for one in communes_to_count(campaign.place):
            count_commune(one)


def _heads(campaign, organiser, password, rng) -> dict[str, User]:
    """Make whoever answers for each commune: {path: account}; and one who only looks on."""
    communes = list(campaign.place.get_children().order_by("code"))
    behind = worst(campaign, communes)[0]
    heads: dict[str, User] = {}
    with at(clock_of(campaign.first_day - dt.timedelta(days=4), 9)):
        create_staff(
            username="quansat",
            full_name="Bùi Thị Hồng Vân",
            role=Role.OBSERVER,
            place=campaign.place,
            by=organiser,
            password=password,
        )
        own, _password = create_staff(
            username="xa2",
            full_name="Đinh Xuân Trường",
            role=Role.COMMUNE_ORGANISER,
            place=behind,
            by=organiser,
            password=password,
        )
        size = -(-len(communes) // CLUSTERS)
        for number in range(CLUSTERS):
            cluster = communes[number * size : (number + 1) * size]
            user, _password = create_staff(
                username=f"cum{number + 1}",
                full_name=volunteer(rng),
                role=Role.COMMUNE_ORGANISER,
                place=cluster[0],
                by=organiser,
            )
            for other in cluster[1:]:
                assign_role(user, Role.COMMUNE_ORGANISER, other, by=organiser)
            heads |= {one.path: user for one in cluster}
    return heads | {behind.path: own}


def _people_who_live_there(campaign, by, rng):
    """Note how many people live in each unit; what a goal is split by."""
    units = list(campaign.place.get_children().order_by("path"))
    most = (38_000, 9_000) if campaign.place.kind == Place.Kind.PROVINCE else (1_250, 320)
    said = {place.pk: rng.randint(most[1], most[0]) for place in units}
    said[campaign.place.pk] = sum(said.values())
    year = campaign.first_day.replace(month=1, day=1)
    with at(clock_of(campaign.first_day - dt.timedelta(days=4), 10)):
        set_populations({pk: (people, year) for pk, people in said.items()}, by=by)


def _outcomes(campaign, by, rng, now):
    """Let the campaign count what really happened, aim at it, and write down what did."""
    kinds = words.INDICATORS if campaign.place.kind == Place.Kind.COMMUNE else words.INDICATORS[:3]
    with at(clock_of(campaign.first_day, 8)):
        own = [
            add_indicator(campaign, name, unit, per=per, evidence=evidence, by=by)
            for name, unit, per, evidence in kinds
        ]
        goals = dict(campaign.targets.filter(indicator="reached").values_list("place", "goal"))
        places = Place.objects.in_bulk(goals)
        for indicator, share in zip(own[:2], (0.6, 0.35), strict=True):
            entries = [
                TargetEntry(
                    places[pk],
                    goal=max(1, round(goal * share)),
                    denominator=goal * 8,
                    as_of=campaign.first_day,
                    source="Kế hoạch 100 ngày",
                )
                for pk, goal in sorted(goals.items())
            ]
            save_targets(campaign, indicator.key, entries, by=by)
    came = (
        Enrolment.objects.active()
        .filter(campaign=campaign, first_day__isnull=False)
        .select_related("resident__village")
        .order_by("village__path", "pk")
    )
    homes: dict[str, list[Resident]] = {}
    for enrolment in came:
        homes.setdefault(enrolment.resident.village.lineage()[1], []).append(enrolment.resident)
    days = (now.date() - campaign.first_day).days
    for path, people in homes.items():
        for indicator, share in zip(own[:2], (0.45, 0.22), strict=True):
            chosen = rng.sample(people, round(len(people) * share * rng.uniform(0.6, 1.3)))
            for some in _parts(chosen, 40):
                # People came first, and the day on which it happened lies behind us.
                day = campaign.first_day + dt.timedelta(days=rng.randint(days * 2 // 3, days - 1))
                with at(clock_of(day, 16)):
                    note_outcomes(
                        indicator, some, by=by, evidence="Mở trên máy, đã cùng xem", happened_on=day
                    )
        if rng.random() < 0.2 or len(homes) == 1:
            day = campaign.first_day + dt.timedelta(days=rng.randint(10, days - 1))
            commune = Place.objects.get(path=path)
            for tally, most in zip(own[2:], (4_800, 9), strict=False):
                with at(clock_of(day, 21)):
                    note_tally(
                        tally,
                        commune,
                        rng.randint(most // 5, most),
                        by=by,
                        evidence="Buổi phát tối thứ sáu của hội nông dân",
                        happened_on=day,
                    )


def _parts(things: list, size: int) -> Iterator[list]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


def _mistakes(campaign, leader, rng, now):
    """A few records to mend: a list of last spring, a slip in a year, somebody who said no."""
    villages = list(campaign.place.get_children().order_by("path"))
    with at(now - dt.timedelta(days=210)):
        for _number in range(14):
            person = kinh(rng, rng.choice("fm"))
            register_resident(
                full_name=person.full_name,
                sex=person.sex,
                birth_year=now.year - rng.randint(55, 80),
                village=rng.choice(villages),
                source=Resident.Source.IMPORTED,
                phone_kind=rng.choice(("", "none", "basic")),
                uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
                by=leader,
            )
    learners = list(
        Enrolment.objects.active()
        .filter(campaign=campaign)
        .select_related("resident")
        .order_by("pk")[40:120:16]
    )
    with at(now - dt.timedelta(days=2)):
        for enrolment in learners[:3]:
            change_resident(enrolment.resident, birth_year=now.year - rng.randint(1, 4), by=leader)
        said = Consent.objects.to_be_recorded().filter(resident=learners[3].resident).first()
        if said:
            withdraw_consent(said, by=leader)
        pairs = look_alikes(places_in(campaign.place))
        if pairs:
            tell_apart(*Resident.objects.filter(pk__in=pairs[0]), by=leader)
    evenings = ClassSession.objects.filter(
        campaign=campaign, state=ClassSession.State.HELD, starts_at__lt=now
    )
    flag_sessions(list(evenings.values_list("pk", flat=True)))
