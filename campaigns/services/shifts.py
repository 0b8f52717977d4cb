"""Shifts: hours outside the classes, at the service centre or from door to door."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Shift, Team
from campaigns.services.rosters import ask_again, credit
from people.models import User
from people.rules import refuse_citizen_number
from places.models import Place, Venue
from places.rules import nfc


@transaction.atomic
def plan_shifts(
    campaign: Campaign,
    team: Team,
    kind: str,
    place: Place,
    days: Iterable[dt.date],
    begins: dt.time,
    *,
    by: User,
    minutes: int = 180,
    needed: int = 3,
    venue: Venue | None = None,
) -> list[Shift]:
    """Plan a shift on each of these days, in a number of queries that does not grow with them.

    Safe to repeat: the team's shift of the same kind, place and hour is not planned twice.
    """
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(_("The campaign is closed."), code="closed")
    if not place.path.startswith(campaign.place.path):
        raise ValidationError(_("This place does not take part in the campaign."), code="outside")
    if not place.path.startswith((team.place.commune or team.place).path):
        raise ValidationError(_("A team serves in its own commune."), code="elsewhere")
    wanted = [timezone.make_aware(dt.datetime.combine(day, begins)) for day in sorted(set(days))]
    if not wanted:
        raise ValidationError(_("Choose at least one day."), code="no_day")
    for starts_at in wanted:
        _check_day(campaign, starts_at)
    there = set(
        Shift.objects.not_cancelled()
        .filter(team=team, kind=kind, place=place, starts_at__in=wanted)
        .values_list("starts_at", flat=True)
    )
    new = [
        Shift(
            campaign=campaign,
            team=team,
            kind=kind,
            place=place,
            venue=venue,
            starts_at=starts_at,
            minutes=minutes,
            needed=needed,
        )
        for starts_at in wanted
        if starts_at not in there
    ]
    if not new:
        raise ValidationError(_("These shifts are planned already."), code="twice")
    # They differ by the day alone.
    new[0].clean_fields(exclude=["campaign", "team", "place", "venue"])
    return Shift.objects.bulk_create(new)


@transaction.atomic
def move_shift(
    shift: Shift,
    starts_at: dt.datetime,
    *,
    by: User,
    minutes: int | None = None,
    needed: int | None = None,
) -> Shift:
    """Hold a shift at another time; whoever promised to come is asked again."""
    shift = _locked(shift)
    if shift.state != Shift.State.PLANNED:
        raise ValidationError(_("Only a planned shift can be moved."), code="not_planned")
    _check_day(shift.campaign, starts_at)
    same = Shift.objects.not_cancelled().filter(
        team=shift.team_id, kind=shift.kind, place=shift.place_id, starts_at=starts_at
    )
    if same.exclude(pk=shift.pk).exists():
        raise ValidationError(
            _("The team has such a shift at that hour already."), code="shift_once_per_hour"
        )
    is_another_time = (shift.starts_at, shift.minutes) != (starts_at, minutes or shift.minutes)
    shift.starts_at = starts_at
    shift.minutes = minutes or shift.minutes
    shift.needed = needed or shift.needed
    shift.clean_fields()
    shift.save(update_fields=["starts_at", "minutes", "needed"])
    if is_another_time:
        ask_again(shift)
    return shift


@transaction.atomic
def cancel_shift(shift: Shift, because: str, *, by: User) -> Shift:
    """Call a shift off, and say why."""
    shift = _locked(shift)
    if shift.state == Shift.State.CANCELLED:
        return shift
    if shift.state == Shift.State.HELD:
        raise ValidationError(_("This shift has been held."), code="held")
    because = nfc(because)
    if not because:
        raise ValidationError(
            {"because": ValidationError(_("Say why the shift is called off."), code="why")}
        )
    shift.state, shift.cancelled_because = Shift.State.CANCELLED, because[:200]
    shift.save(update_fields=["state", "cancelled_because"])
    return shift


@transaction.atomic
def hold_shift(shift: Shift, *, by: User, helped: int | None = None, note: str = "") -> Shift:
    """Say that a shift was held and how many were helped; whoever promised is credited.

    May be said again, to correct the number. Nobody who was helped is named.
    """
    shift = _locked(shift)
    if shift.state == Shift.State.CANCELLED:
        raise ValidationError(_("This shift was cancelled."), code="cancelled")
    if shift.starts_at > timezone.now():
        raise ValidationError(_("This shift has not begun yet."), code="early")
    refuse_citizen_number(note)
    shift.state, shift.helped, shift.note = Shift.State.HELD, helped, nfc(note)
    shift.clean_fields()
    shift.save(update_fields=["state", "helped", "note"])
    credit(shift)
    return shift


def _locked(shift):
    return (
        Shift.objects.select_for_update(of=("self",))
        .select_related("campaign", "place", "team", "venue")
        .get(pk=shift.pk)
    )


def _check_day(campaign, starts_at):
    day = timezone.localtime(starts_at).date()
    if not campaign.first_day <= day <= campaign.last_day:
        raise ValidationError(
            _("The campaign lasts from %(first)s to %(last)s.")
            % {"first": f"{campaign.first_day:%d/%m/%Y}", "last": f"{campaign.last_day:%d/%m/%Y}"},
            code="outside_the_days",
        )
