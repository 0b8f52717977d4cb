"""What a campaign counts besides what follows from its classes by itself."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, OwnIndicator
from campaigns.services.saving import save_new
from people.models import User
from people.rules import refuse_citizen_number
from places.rules import fold, nfc

# More than a table of one screen can show is no longer looked at.
MOST_INDICATORS = 40


@transaction.atomic
def add_indicator(
    campaign: Campaign,
    name: str,
    unit: str,
    *,
    by: User,
    per: str = OwnIndicator.Per.RESIDENT,
    evidence: str = "",
) -> OwnIndicator:
    """Let a campaign count something more. Its number is the next one and is never used again."""
    # Locking the campaign makes two organisers take turns with the numbers.
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    _refuse_closed(campaign)
    own = campaign.own_indicators
    if own.open().count() >= MOST_INDICATORS:
        raise ValidationError(
            _("A campaign counts at most %(most)s things of its own.") % {"most": MOST_INDICATORS},
            code="too_many",
        )
    indicator = OwnIndicator(
        campaign=campaign,
        number=(own.aggregate(last=Max("number"))["last"] or 0) + 1,
        per=per,
        created_by=by,
    )
    _describe(indicator, name, unit, evidence)
    save_new(indicator)
    return indicator


@transaction.atomic
def change_indicator(
    indicator: OwnIndicator, *, by: User, name: str, unit: str, per: str = "", evidence: str = ""
) -> OwnIndicator:
    """Say better what is counted. How it is counted stays once something has been noted."""
    Campaign.objects.select_for_update(of=("self",)).get(pk=indicator.campaign_id)
    indicator = OwnIndicator.objects.select_for_update().get(pk=indicator.pk)
    if per and per != indicator.per:
        if indicator.outcomes.exists():
            words = _("Outcomes have been noted already: how they are counted can only stay.")
            raise ValidationError({"per": ValidationError(words, code="noted")})
        indicator.per = per
    _describe(indicator, name, unit, evidence)
    indicator.full_clean()
    indicator.save()
    return indicator


def close_indicator(indicator: OwnIndicator, *, by: User) -> OwnIndicator:
    """Count it no longer. What was noted stays, and stays readable."""
    return _set_closed(indicator, timezone.now())


def reopen_indicator(indicator: OwnIndicator, *, by: User) -> OwnIndicator:
    """Count it again."""
    return _set_closed(indicator, None)


@transaction.atomic
def _set_closed(indicator, at):
    indicator = OwnIndicator.objects.select_for_update().get(pk=indicator.pk)
    if bool(indicator.closed_at) != bool(at):
        indicator.closed_at = at
        indicator.save(update_fields=["closed_at"])
    return indicator


def _describe(indicator, name, unit, evidence):
    indicator.name, indicator.unit, indicator.evidence = nfc(name), nfc(unit), nfc(evidence)
    for text in (indicator.name, indicator.unit, indicator.evidence):
        refuse_citizen_number(text)
    twins = OwnIndicator.objects.filter(campaign=indicator.campaign_id).exclude(pk=indicator.pk)
    if fold(indicator.name) in {fold(twin) for twin in twins.values_list("name", flat=True)}:
        words = _("The campaign counts something of this name already.")
        raise ValidationError({"name": ValidationError(words, code="twice")})


def _refuse_closed(campaign):
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(_("The campaign is closed."), code="closed")
