"""Campaigns: the list, one of them, and what is decided about it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.forms import CampaignForm, refuse
from campaigns.models import Campaign, ClassGroup, Team
from campaigns.reports import chart, curve
from campaigns.services import (
    change_campaign,
    close_campaign,
    create_campaign,
    start_campaign,
    total,
)
from campaigns.views.shared import require

CURVES = ("enrolled", "reached", "completed")


def campaign_list(request):
    """The campaigns that take in the user's place, running ones first."""
    user = request.user
    require(user, "campaigns.view_campaign")
    order = {"running": 0, "draft": 1, "closed": 2}
    campaigns = (
        Campaign.objects.visible_to(user)
        .select_related("place")
        .annotate(classes=Count("class_groups"))
        .order_by("-first_day", "pk")
    )
    campaigns = sorted(campaigns, key=lambda c: order[c.state])
    rows = [(campaign, campaign.day_number()) for campaign in campaigns]
    context = {"rows": rows, "may_create": user.has_perm("campaigns.change_campaign")}
    return render(request, "campaigns/list.html", context)


def detail(request, pk):
    """One campaign as it stands today, at the user's own place."""
    user = request.user
    campaign = campaign_for(user, pk)
    require(user, "campaigns.view_campaign")
    places = campaign.places_for(user)
    place = places[0] if places else None
    day = campaign.day_number()
    context = {
        "campaign": campaign,
        "crumbs": [(_("Campaigns"), reverse("campaigns:list")), (campaign.name, "")],
        "day": day,
        "place": place,
        "totals": total(campaign, place) if place else None,
        "chart": chart(curve(campaign, place, CURVES), campaign.length, day) if place else None,
        "courses": campaign.required_courses.all(),
        "classes": ClassGroup.objects.permitted_to(user, "campaigns.view_classgroup")
        .filter(campaign=campaign)
        .count(),
        "teams": Team.objects.permitted_to(user, "campaigns.view_classgroup")
        .filter(place__path__startswith=campaign.place.path)
        .count(),
        "may_change": user.has_perm("campaigns.change_campaign", campaign),
        "may_see_coverage": bool(place) and user.has_perm("campaigns.view_coverage", place),
        "may_see_classes": user.has_perm("campaigns.view_classgroup"),
        "may_export": user.has_perm("campaigns.export_statistics", campaign),
        "may_let_in": user.has_perm("campaigns.change_client"),
        "may_change_targets": bool(place) and user.has_perm("campaigns.change_target", place),
    }
    return render(request, "campaigns/detail.html", context)


def create(request):
    """Prepare a campaign."""
    require(request.user, "campaigns.change_campaign")
    form = CampaignForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = create_campaign(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The campaign is being prepared. Start it when ready."))
            return redirect("campaigns:detail", campaign.pk)
    crumbs = [(_("Campaigns"), reverse("campaigns:list")), (_("New campaign"), "")]
    return _form(request, form, _("New campaign"), crumbs, reverse("campaigns:list"))


def edit(request, pk):
    """Change a campaign."""
    campaign = campaign_for(request.user, pk)
    require(request.user, "campaigns.change_campaign", campaign)
    form = CampaignForm(request.user, request.POST or None, instance=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            change_campaign(campaign, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:detail", campaign.pk)
    url = reverse("campaigns:detail", args=[pk])
    name = Campaign.objects.values_list("name", flat=True).get(pk=pk)
    crumbs = [(_("Campaigns"), reverse("campaigns:list")), (name, url), (_("Change"), "")]
    return _form(request, form, _("Change the campaign"), crumbs, url)


@require_POST
def start(request, pk):
    """Let enrolment begin."""
    return _decide(request, pk, start_campaign, _("The campaign is running."))


def close(request, pk):
    """End a campaign, after asking once more."""
    if request.method == "POST":
        return _decide(request, pk, close_campaign, _("The campaign is closed."))
    campaign = campaign_for(request.user, pk)
    require(request.user, "campaigns.change_campaign", campaign)
    return render(
        request,
        "campaigns/close.html",
        {"campaign": campaign, "crumbs": crumbs_of(campaign, _("Close the campaign"))},
    )


def campaign_for(user, pk) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(user).select_related("place"), pk=pk)


def crumbs_of(campaign, *more):
    """Where a screen of a campaign stands; the last word is the screen itself."""
    url = reverse("campaigns:detail", args=[campaign.pk])
    trail = [(_("Campaigns"), reverse("campaigns:list")), (campaign.name, url)]
    return [*trail, *(item if isinstance(item, tuple) else (item, "") for item in more)]


def _decide(request, pk, service, words):
    campaign = campaign_for(request.user, pk)
    require(request.user, "campaigns.change_campaign", campaign)
    try:
        service(campaign, by=request.user)
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
    else:
        messages.success(request, words)
    return redirect("campaigns:detail", pk)


def _form(request, form, title, crumbs, back):
    return render(
        request,
        "campaigns/campaign_form.html",
        {"form": form, "title": title, "crumbs": crumbs, "back": back},
        status=422 if form.errors else 200,
    )
