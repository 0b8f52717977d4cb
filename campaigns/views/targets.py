"""What each place is to reach: one table to fill in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.exports.coverage import MEASURE_LABELS
from campaigns.forms import TargetDefaultsForm, TargetForm, refuse
from campaigns.models import Indicator, Target
from campaigns.services import drop_target, set_target
from campaigns.views.campaigns import crumbs_of
from campaigns.views.coverage import asked
from campaigns.views.shared import require
from places.models import Place


def targets(request, pk):
    """The targets of a place and of those below it, for one indicator."""
    campaign, place, indicator, _sort = asked(request, pk)
    require(request.user, "campaigns.change_target", place)
    below = Place.objects.children_of(place).current().in_order()
    places = [place, *below]
    known = {
        target.place_id: target
        for target in Target.objects.filter(
            campaign=campaign, indicator=indicator, place__in=places
        )
    }
    data = request.POST if request.method == "POST" else None
    defaults = TargetDefaultsForm(data)
    values = defaults.cleaned_data if request.method == "POST" and defaults.is_valid() else {}
    rows = [TargetForm(data, place=p, target=known.get(p.pk), defaults=values) for p in places]
    if request.method == "POST":
        # Every row is looked at, so that all that is wrong is shown at once.
        fine = [row.is_valid() for row in rows]
        if all(fine) and defaults.is_valid():
            changed = _save(campaign, indicator, rows, request.user)
            if changed is not None:
                words = ngettext("%(n)s target saved.", "%(n)s targets saved.", changed)
                messages.success(request, words % {"n": changed})
                return redirect(_url("campaigns:targets", pk, place, indicator))
    wrong = sum(bool(row.errors) for row in rows) + bool(defaults.errors)
    context = {
        "campaign": campaign,
        "place": place,
        "rows": rows,
        "defaults": defaults,
        "wrong": wrong,
        "indicator": indicator,
        "indicators": [
            (value, MEASURE_LABELS[value], _url("campaigns:targets", pk, place, value))
            for value in Indicator.values
        ],
        "coverage_url": _url("campaigns:coverage", pk, place, indicator),
        "crumbs": crumbs_of(
            campaign,
            (place.full_name, _url("campaigns:coverage", pk, place, indicator)),
            _("Targets"),
        ),
    }
    return render(request, "campaigns/targets.html", context, status=422 if wrong else 200)


def _save(campaign, indicator, rows, by):
    """Save all rows or none; return how many differ, or None when a service refused."""
    changed = 0
    try:
        with transaction.atomic():
            for row in rows:
                if row.is_blank:
                    if row.target:
                        drop_target(campaign, row.place, indicator, by=by)
                        changed += 1
                    continue
                before = row.target and (
                    row.target.goal,
                    row.target.denominator,
                    row.target.as_of,
                    row.target.source,
                )
                row_now = row
                target = set_target(campaign, row.place, indicator, by=by, **row.cleaned_data)
                after = (target.goal, target.denominator, target.as_of, target.source)
                changed += before != after
    except ValidationError as refusal:
        refuse(row_now, refusal)
        return None
    return changed


def _url(name, pk, place, indicator):
    return f"{reverse(name, args=[pk])}?place={place.pk}&indicator={indicator}"
