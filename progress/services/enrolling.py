"""Taking part in a campaign: enrol, change class, leave, move house."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, ClassGroup
from campaigns.rules import age_band, language_slot, sex_slot
from campaigns.services import class_columns, count_new, counting
from people.models import Resident, User
from progress.models import Enrolment


@transaction.atomic
def enrol(
    resident: Resident,
    campaign: Campaign,
    *,
    by: User | None,
    class_group: ClassGroup | None = None,
    at: datetime | None = None,
) -> Enrolment:
    """Let a resident take part in a campaign, and in one of its classes.

    Safe to repeat. Who had left comes back with everything learnt before. ``at``: when it
    happened, if it is only written down now.
    """
    check_may_take_part(resident, campaign)
    if class_group:
        _belongs(class_group, campaign)
    # Two volunteers who enrol the same neighbour take turns; and he counts as he is known now.
    resident = _locked([resident])[resident.pk]
    enrolment = campaign.enrolments.filter(resident=resident).select_related("class_group").first()
    if enrolment is None:
        at = min(at or timezone.now(), timezone.now())
        enrolment = Enrolment(
            campaign=campaign,
            resident=resident,
            class_group=class_group,
            enrolled_at=at,
            enrolled_by=by,
            enrolled_day=campaign.day_number(timezone.localtime(at).date()),
            **_counted_as(resident, campaign, class_group),
        )
        enrolment.save()
        count_new(enrolment)
        return enrolment
    if (
        class_group
        and enrolment.withdrawn_at is None
        and enrolment.class_group_id not in (None, class_group.pk)
    ):
        raise ValidationError(
            _("%(name)s already learns in the class %(class)s."),
            code="in_another_class",
            params={"name": resident, "class": enrolment.class_group},
        )
    changes: dict[str, object] = {"withdrawn_at": None}
    if class_group:
        changes["class_group_id"] = class_group.pk
    return _change(enrolment, **changes)


def enrol_newcomers(
    arrived: Sequence[tuple[Resident, datetime]], class_group: ClassGroup, *, by: User | None
) -> list[Enrolment]:
    """Let several residents, none of whom takes part yet, join a class at once.

    Whoever has been enrolled by somebody else meanwhile is left out. That they may take part has
    been checked (``check_may_take_part``).
    """
    campaign, now = class_group.campaign, timezone.now()
    with transaction.atomic():
        locked = _locked([resident for resident, _at in arrived])
        known = set(
            campaign.enrolments.filter(resident__in=locked).values_list("resident", flat=True)
        )
        columns = class_columns([class_group.pk])
        new = []
        for came, at in arrived:
            if came.pk in known:
                continue
            known.add(came.pk)
            resident = locked[came.pk]
            new.append(
                Enrolment(
                    campaign=campaign,
                    resident=resident,
                    class_group=class_group,
                    enrolled_at=min(at, now),
                    enrolled_by=by,
                    enrolled_day=campaign.day_number(timezone.localtime(min(at, now)).date()),
                    **_counted_as(resident, campaign, class_group, columns),
                )
            )
        Enrolment.objects.bulk_create(new)
        count_new(*new)
    return new


def withdraw(enrolment: Enrolment, *, by: User, at: datetime | None = None) -> Enrolment:
    """Let a learner leave the campaign; what was learnt is kept, but no longer counted."""
    if enrolment.withdrawn_at:
        return enrolment
    return _change(enrolment, withdrawn_at=at or timezone.now())


def move_to_class(enrolment: Enrolment, class_group: ClassGroup | None, *, by: User) -> Enrolment:
    """Let a learner go to another class of the same campaign, or to none."""
    if class_group:
        _belongs(class_group, enrolment.campaign)
    return _change(enrolment, class_group_id=class_group.pk if class_group else None)


def resync_resident(resident: Resident) -> None:
    """Count a resident's enrolments where, and as whom, the register of residents now has them.

    To be called in the transaction that changed village, year of birth, sex or language.
    """
    resync_residents([resident])


def resync_residents(residents: Iterable[Resident]) -> None:
    """Do so for many at once, who are known together with their villages.

    Campaigns that are over keep their figures: then, the person did live there.
    """
    known = {resident.pk: resident for resident in residents}
    enrolments = Enrolment.objects.filter(resident__in=known).exclude(
        campaign__state=Campaign.State.CLOSED
    )
    campaigns = {row.pk: row.campaign for row in enrolments.select_related("campaign__place")}
    if not campaigns:
        return
    with counting(campaigns) as rows:
        for row in rows.values():
            campaign, resident = campaigns[row.pk], known[row.resident_id]
            for field, value in _group(resident, campaign).items():
                setattr(row, field, value)
            # Whoever moves away from the campaign's places stays counted where he learnt.
            if resident.village.path.startswith(campaign.place.path):
                row.village_id = resident.village_id


def resync_class(class_group: ClassGroup) -> None:
    """Count a class's learners with the team and the audience that the class has now.

    To be called in the transaction that changed them, which holds the class locked.
    """
    learners = Enrolment.objects.filter(class_group=class_group)
    differ = learners.exclude(team=class_group.team_id, audience=class_group.audience)
    with counting(differ.values_list("pk", flat=True)) as rows:
        for row in rows.values():
            row.team_id, row.audience = class_group.team_id, class_group.audience


def _locked(residents: Sequence[Resident]) -> dict[int, Resident]:
    ids = [resident.pk for resident in residents]
    rows = Resident.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows.select_related("village")}


def _counted_as(
    resident: Resident,
    campaign: Campaign,
    class_group: ClassGroup | None,
    columns: Mapping[int | None, tuple[int | None, int]] | None = None,
) -> dict[str, object]:
    """Return what a new enrolment is counted by: where, as whom, and with which class."""
    joins = class_group.pk if class_group else None
    team, audience = (columns or class_columns([joins]))[joins]
    return {
        "village": resident.village,
        "team_id": team,
        "audience": audience,
        **_group(resident, campaign),
    }


def _group(resident: Resident, campaign: Campaign) -> dict[str, int]:
    return {
        "age_band": age_band(resident.birth_year, campaign.first_day.year),
        "sex_slot": sex_slot(resident.sex),
        "language_slot": language_slot(resident.learning_language),
    }


def _change(enrolment: Enrolment, **fields) -> Enrolment:
    with counting([enrolment.pk]) as rows:
        row = rows[enrolment.pk]
        for field, value in fields.items():
            setattr(row, field, value)
    return row


def check_may_take_part(resident: Resident, campaign: Campaign) -> None:
    """Refuse somebody whom we no longer know, and whoever lives where there is no campaign."""
    if resident.merged_into_id or resident.erased_at:
        raise ValidationError(
            _("This record has been merged into another, or erased."), code="gone"
        )
    if campaign.state != Campaign.State.RUNNING:
        raise ValidationError(
            _("The campaign %(name)s is not running."),
            code="not_running",
            params={"name": campaign},
        )
    if not resident.village.path.startswith(campaign.place.path):
        raise ValidationError(
            _("%(village)s does not take part in the campaign %(name)s."),
            code="elsewhere",
            params={"village": resident.village, "name": campaign},
        )


def _belongs(class_group: ClassGroup, campaign: Campaign) -> None:
    if class_group.campaign_id != campaign.pk:
        raise ValidationError(
            _("The class %(name)s belongs to another campaign."),
            code="other_campaign",
            params={"name": class_group},
        )
