"""Campaigns: prepared, begun, closed."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign, ClassSession
from campaigns.services.classes import plan_sessions
from campaigns.services.registered import count_registered
from courses.models import CoursePage
from people.models import User
from places.models import Place
from places.rules import nfc

# What may be changed only while nobody counts days yet: every figure hangs on the first day.
_BEFORE_THE_START = ("first_day", "length", "place")


@transaction.atomic
def create_campaign(
    place: Place,
    name: str,
    first_day: dt.date,
    *,
    by: User,
    required_courses: Iterable[CoursePage] = (),
    **fields,
) -> Campaign:
    """Prepare a campaign; nobody can be enrolled before it is started."""
    campaign = Campaign(place=place, name=name, first_day=first_day, **fields)
    _check(campaign)
    campaign.save()
    campaign.required_courses.set(required_courses)
    count_registered(campaign)
    return campaign


@transaction.atomic
def change_campaign(
    campaign: Campaign, *, by: User, required_courses: Iterable[CoursePage] | None = None, **fields
) -> Campaign:
    """Change a campaign. Once it has started, its first day, length and place stay as they are.

    While it is being prepared, its classes' evenings are planned anew within the new days.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    changed = [name for name, value in fields.items() if getattr(campaign, name) != value]
    days_changed = any(name in _BEFORE_THE_START for name in changed)
    if days_changed and campaign.state != Campaign.State.DRAFT:
        raise ValidationError(
            _("The campaign has started: its place, first day and length can no longer change."),
            code="started",
        )
    for name in changed:
        setattr(campaign, name, fields[name])
    _check(campaign)
    campaign.save()
    if required_courses is not None:
        campaign.required_courses.set(required_courses)
    if days_changed:
        ClassSession.objects.filter(campaign=campaign).ahead().delete()
        for class_group in campaign.class_groups.select_related("campaign"):
            plan_sessions(class_group)
        count_registered(campaign)
    return campaign


@transaction.atomic
def start_campaign(campaign: Campaign, *, by: User) -> Campaign:
    """Let enrolment begin.

    A place has one running campaign at a time: otherwise nobody at the door knows which one a
    newcomer is enrolled in. A commune may run its own beside the province's.
    """
    # Locking the place makes two organisers starting two campaigns take turns.
    Place.objects.select_for_update().get(pk=campaign.place_id)
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state == Campaign.State.RUNNING:
        return campaign
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(_("The campaign is closed."), code="closed")
    others = Campaign.objects.filter(place=campaign.place_id, state=Campaign.State.RUNNING)
    if others.exists():
        raise ValidationError(
            _("Another campaign is running here: %(name)s. Close it first.")
            % {"name": others.first()},
            code="another_runs",
        )
    campaign.state = Campaign.State.RUNNING
    campaign.save(update_fields=["state"])
    # Somebody may have been written down in the very moment in which the campaign was created.
    count_registered(campaign)
    return campaign


@transaction.atomic
def close_campaign(campaign: Campaign, *, by: User) -> Campaign:
    """End a campaign. Its figures stay; evenings that lie ahead are taken out of the calendar."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state != Campaign.State.CLOSED:
        campaign.state = Campaign.State.CLOSED
        campaign.save(update_fields=["state"])
        ClassSession.objects.filter(campaign=campaign).ahead().update(
            state=ClassSession.State.CANCELLED, cancelled_because=_("The campaign was closed.")
        )
    return campaign


def _check(campaign):
    """Refuse what cannot be a campaign, at the field that it is about."""
    campaign.name, campaign.audience = nfc(campaign.name), nfc(campaign.audience)
    campaign.full_clean(exclude=["required_courses"])
    if campaign.place.kind == Place.Kind.VILLAGE:
        raise ValidationError(
            {"place": ValidationError(_("Choose a province or a commune."), code="village")}
        )
