"""Lâm Thao's volunteers at the service centre, and from door to door in the first hamlet."""

import datetime as dt
import random

from campaigns.models import Campaign, Membership, Shift, Team, Turn
from campaigns.services import answer_turn, hold_shift, offer_turns, plan_shifts, replace_turn
from lms.demo.clock import at, clock_of
from people.models import User
from places.models import Venue
from places.services import create_venue

BEGINS, MINUTES = dt.time(7, 30), 210
COMING = 12
NOTES = ("Đông nhất là làm lại mật khẩu VNeID.", "Chiều vắng hơn sáng.", "Máy in hết mực.", "", "")
SUNDAY = 6


def tell(
    campaign: Campaign,
    team: Team,
    leader: User,
    teacher: User,
    *,
    today: dt.date,
    now: dt.datetime,
) -> None:
    """Plan shifts from the first day to the next days: held ones behind, open ones ahead."""
    # Luck of its own, lest the rest of the world change with it.
    rng = random.Random(84)
    commune = campaign.place
    with at(clock_of(campaign.first_day - dt.timedelta(days=3), 15)):
        house = create_venue(
            commune, "Trung tâm Phục vụ hành chính công", by=leader, computers=4, printers=2
        )
        shifts = _plan(campaign, team, commune, house, leader, today)
    members = list(
        Membership.objects.filter(team__place__path__startswith=commune.path)
        .select_related("team__place", "user")
        .order_by("pk")
    )
    own = [member for member in members if member.user_id]
    for number, shift in enumerate(shifts):
        wanted = 3 + number % 3
        around = [members[(number * 4 + step) % len(members)] for step in range(wanted)]
        if shift.ends_at < now:
            _was_held(shift, around, leader, rng)
        else:
            _is_open(shift, around, leader, number)
    _ask_the_teacher(shifts, own, leader, teacher, now)


def _plan(campaign, team, commune, house: Venue, leader, today) -> list[Shift]:
    length = (today - campaign.first_day).days + COMING
    days = [campaign.first_day + dt.timedelta(days=n) for n in range(length)]
    days = [day for day in days if day.weekday() != SUNDAY or day == today]
    shifts = plan_shifts(
        campaign,
        team,
        Shift.Kind.DUTY,
        commune,
        days,
        BEGINS,
        by=leader,
        minutes=MINUTES,
        needed=3,
        venue=house,
    )
    # Three to five are wanted, more on the busier days.
    for number, shift in enumerate(shifts):
        shift.needed = 3 + number % 3
    Shift.objects.bulk_update(shifts, ["needed"])
    next_sunday = today + dt.timedelta(days=(SUNDAY - today.weekday()) % 7 or 7)
    plan_shifts(
        campaign,
        team,
        Shift.Kind.VISIT,
        team.place,
        [next_sunday, next_sunday - dt.timedelta(days=7)],
        dt.time(15),
        by=leader,
        minutes=120,
        needed=2,
    )
    return list(Shift.objects.filter(campaign=campaign).order_by("starts_at", "pk"))


def _was_held(shift, around, leader, rng):
    with at(shift.starts_at - dt.timedelta(days=2)):
        offer_turns(shift, around, by=leader, agreed=True)
    with at(shift.ends_at + dt.timedelta(minutes=10)):
        hold_shift(shift, by=leader, helped=rng.randint(6, 38), note=rng.choice(NOTES))


def _is_open(shift, around, leader, number):
    """Most have promised; now and then one is missing, and one has not answered."""
    promised = around[: len(around) - number % 3]
    offer_turns(shift, promised, by=leader, agreed=True)
    if number % 3 == 2:
        offer_turns(shift, around[-1:], by=leader)


def _ask_the_teacher(shifts, own, leader, teacher, now):
    """The teacher is asked to the next shift but one, and has promised the next; one stands in."""
    mine = next(member for member in own if member.user_id == teacher.pk)
    ahead = [shift for shift in shifts if shift.starts_at > now]
    offer_turns(ahead[0], [mine], by=leader, agreed=True)
    offer_turns(ahead[1], [mine], by=leader)
    turns = list(Turn.objects.filter(shift=ahead[2]).select_related("membership"))
    other = next(
        member for member in own if member.pk not in {turn.membership_id for turn in turns}
    )
    answer_turn(turns[0], False, by=leader)
    replace_turn(turns[0], other, by=leader)
