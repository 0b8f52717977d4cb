"""What a campaign counts besides what follows from its classes by itself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.forms import IndicatorForm, refuse
from campaigns.models import Campaign
from campaigns.reports import INDICATOR_LABELS, outcome_sums, suggestions_for
from campaigns.services import (
    add_indicator,
    change_indicator,
    close_indicator,
    reopen_indicator,
)
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import require
from places.rules import fold

CHANGE = "campaigns.change_indicator"


def indicators(request, pk):
    """The list, and what others usually count, one tap away."""
    campaign = _campaign(request, pk)
    if request.method == "POST":
        return _take_suggestion(request, campaign)
    sums = {found.indicator.pk: found for found in outcome_sums(campaign, campaign.place)}
    rows = [(own, sums.get(own.pk)) for own in campaign.own_indicators.order_by("number")]
    closed = campaign.state == Campaign.State.CLOSED
    context = {
        "campaign": campaign,
        "rows": rows,
        "built_in": INDICATOR_LABELS.values(),
        "suggestions": [] if closed else suggestions_for(campaign),
        "may_add": not closed,
        "crumbs": crumbs_of(campaign, _("What this campaign counts")),
    }
    return render(request, "campaigns/indicators.html", context)


def new_indicator(request, pk):
    """Count something in one's own words."""
    campaign = _campaign(request, pk)
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_indicator(campaign, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("From now on this is counted."))
            return redirect("campaigns:indicators", pk)
    return _form(request, campaign, form, _("Count something else"))


def edit_indicator(request, pk, number):
    """Say better what is counted."""
    campaign = _campaign(request, pk)
    indicator = get_object_or_404(campaign.own_indicators, number=number)
    # A ModelForm writes into the object it is given; the page shall show what there is.
    form = IndicatorForm(request.POST or None, instance=campaign.own_indicators.get(number=number))
    if indicator.outcomes.exists():
        del form.fields["per"]
    if request.method == "POST" and form.is_valid():
        try:
            change_indicator(indicator, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:indicators", pk)
    return _form(request, campaign, form, indicator.name)


@require_POST
def close(request, pk, number):
    """Count something no longer, or again."""
    campaign = _campaign(request, pk)
    indicator = get_object_or_404(campaign.own_indicators, number=number)
    if "again" in request.POST:
        reopen_indicator(indicator, by=request.user)
        messages.success(request, _("From now on this is counted."))
    else:
        close_indicator(indicator, by=request.user)
        messages.success(request, _("This is no longer counted. What was noted stays."))
    return redirect("campaigns:indicators", pk)


def _take_suggestion(request, campaign):
    """Add everything that a suggestion is made of, as far as it is not there."""
    wanted = request.POST.get("suggestion", "")
    suggestion = next((s for s in suggestions_for(campaign) if s.key == wanted), None)
    if suggestion is None:
        raise Http404
    have = {fold(name) for name in campaign.own_indicators.values_list("name", flat=True)}
    try:
        with transaction.atomic():
            for name, unit, per, evidence in suggestion.parts:
                if fold(str(name)) not in have:
                    add_indicator(
                        campaign,
                        str(name),
                        str(unit),
                        per=per,
                        evidence=str(evidence),
                        by=request.user,
                    )
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
    else:
        messages.success(request, _("From now on this is counted."))
    return redirect("campaigns:indicators", campaign.pk)


def _campaign(request, pk):
    campaign = campaign_for(request.user, pk)
    require(request.user, CHANGE, campaign)
    return campaign


def _form(request, campaign, form, title):
    url = reverse("campaigns:indicators", args=[campaign.pk])
    context = {
        "form": form,
        "title": title,
        "back": url,
        "crumbs": crumbs_of(campaign, (_("What this campaign counts"), url), title),
    }
    status = 422 if form.errors else 200
    return render(request, "campaigns/form.html", context, status=status)
