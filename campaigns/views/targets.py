"""What each place is to reach: one table to fill in, to part a goal over, to take out and in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.exports import targets_xlsx
from campaigns.forms import SplitForm, TargetDefaultsForm, TargetFileForm, TargetForm
from campaigns.imports import pack_targets, read_targets, unpack_targets
from campaigns.models import Target, TargetChange
from campaigns.reports import indicators_of, propose, target_changes, target_table
from campaigns.services import refused_targets, save_targets
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require
from places.models import attach_ancestors
from places.rules import fold

# What is looked at first when nobody has chosen, if it has targets.
_FIRST = ("reached", "enrolled", "completed", "certified")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def targets(request, pk):
    """The targets of a place and of those below it, for one indicator."""
    campaign, place, indicator, known = _asked(request, pk)
    table = target_table(campaign, place, indicator)
    typed = request.POST if request.method == "POST" else None
    defaults = TargetDefaultsForm(typed)
    proposal, split_form = _proposal(request, table, defaults)
    values = defaults.cleaned_data if typed is not None and defaults.is_valid() else {}
    rows = [
        (
            row,
            TargetForm(
                typed,
                place=row.place,
                target=row.target,
                proposed=_proposed(row, table, proposal, split_form),
                defaults=values,
            ),
        )
        for row in table.rows
    ]
    forms = [form for _row, form in rows]
    if typed is not None:
        # Every row is looked at, so that all that is wrong is shown at once.
        fine = [form.is_valid() for form in forms]
        if all(fine) and defaults.is_valid():
            entries = [form.entry() for form in forms]
            refused = refused_targets(campaign, indicator, entries)
            for form in forms:
                for field, refusal in refused.get(form.place.pk, {}).items():
                    form.add_error(field, refusal)
            if not refused:
                how = values.get("how") or TargetChange.How.TYPED
                changed = save_targets(campaign, indicator, entries, by=request.user, how=how)
                _tell(request, changed)
                return redirect(_url("campaigns:targets", pk, place, indicator))
    wrong = sum(bool(form.errors) for form in forms) + bool(defaults.errors)
    address = {name: _url(f"campaigns:{name}", pk, place, indicator) for name in _NEIGHBOURS}
    context = {
        "campaign": campaign,
        "place": place,
        "table": table,
        "rows": rows,
        "defaults": defaults,
        "split_form": split_form,
        "proposal": proposal,
        "proposed": bool(proposal and proposal.parts),
        "wrong": wrong,
        "indicator": known[indicator],
        "indicators": known.values(),
        "address": address,
        "knows_population": any(row.population for row in table.rows),
        "sees_history": target_changes(campaign, place, indicator).exists(),
        "crumbs": _crumbs(campaign, place, indicator, _("Targets")),
    }
    return render(request, "campaigns/targets.html", context, status=422 if wrong else 200)


_NEIGHBOURS = (
    "targets",
    "coverage",
    "targets_xlsx",
    "import_targets",
    "target_history",
    "indicators",
)


def targets_file(request, pk):
    """The table as a file, to be filled in and brought back."""
    campaign, place, indicator, known = _asked(request, pk)
    content = targets_xlsx(target_table(campaign, place, indicator), known[indicator])
    response = HttpResponse(content, content_type=XLSX)
    name = slugify(fold(f"{place.full_name} {known[indicator].label}"))[:80]
    response["Content-Disposition"] = f'attachment; filename="chi-tieu-{name}.xlsx"'
    return response


def import_file(request, pk):
    """A table from a file: looked at first, then saved whole or not at all."""
    campaign, place, indicator, known = _asked(request, pk)
    table = target_table(campaign, place, indicator)
    form = TargetFileForm(request.POST or None, request.FILES or None)
    plan, packed = None, ""
    if request.method == "POST":
        if "rows" in request.POST:
            plan = unpack_targets(request.POST["rows"], request.user, table)
            if not plan.problems:
                try:
                    changed = plan.save(by=request.user)
                except ValidationError as refusal:
                    plan.refuse(refusal)
                else:
                    _tell(request, changed)
                    return redirect(_url("campaigns:targets", pk, place, indicator))
        elif form.is_valid():
            given = form.cleaned_data["file"]
            source = form.cleaned_data["source"]
            plan = read_targets(given.name, given.read(), table, known, source=source)
            if not plan.problems:
                packed = pack_targets(plan, request.user)
    refused = bool(form.errors if not plan else plan.problems) and request.method == "POST"
    context = {
        "campaign": campaign,
        "place": place,
        "indicator": known[indicator],
        "form": form,
        "plan": plan,
        "packed": packed,
        "address": {name: _url(f"campaigns:{name}", pk, place, indicator) for name in _NEIGHBOURS},
        "crumbs": _crumbs(
            campaign,
            place,
            indicator,
            (_("Targets"), _url("campaigns:targets", pk, place, indicator)),
            _("From a file"),
        ),
    }
    status = 422 if refused else 200
    return render(request, "campaigns/import_targets.html", context, status=status)


def history(request, pk):
    """Who set which target, when, and what stood there before."""
    campaign, place, indicator, known = _asked(request, pk)
    page = Paginator(target_changes(campaign, place, indicator), 50).get_page(
        request.GET.get("page")
    )
    attach_ancestors(change.place for change in page.object_list)
    context = {
        "campaign": campaign,
        "place": place,
        "indicator": known[indicator],
        "page": page,
        "crumbs": _crumbs(
            campaign,
            place,
            indicator,
            (_("Targets"), _url("campaigns:targets", pk, place, indicator)),
            _("History"),
        ),
    }
    return render(request, "campaigns/target_history.html", context)


def _asked(request, pk):
    """Return campaign, place and indicator that the address asks for, and what else there is."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, "campaigns.change_target", place)
    known = indicators_of(campaign)
    indicator = request.GET.get("indicator", "")
    if indicator not in known:
        with_targets = set(
            Target.objects.filter(campaign=campaign, place__path__startswith=place.path)
            .order_by()
            .values_list("indicator", flat=True)
            .distinct()
        )
        indicator = next((name for name in _FIRST if name in with_targets), "enrolled")
    return campaign, place, indicator, known


def _proposal(request, table, defaults):
    """Return what parting a goal would give, if the address asks for it, and the form to ask."""
    own = table.own
    initial = {
        "total": own.goal,
        "total_of": own.denominator,
        "by": "population" if any(row.population for row in table.below) else "registered",
    }
    asks = request.method == "GET" and "total" in request.GET
    form = SplitForm(request.GET if asks else None, initial=initial)
    if not asks or not form.is_valid():
        return None, form
    said = form.cleaned_data
    if own.target:
        defaults.initial |= {"source": own.target.source, "as_of": own.target.as_of}
    defaults.initial["how"] = TargetChange.How.SPLIT
    return propose(table, said["total"], said["total_of"], said["by"]), form


def _proposed(row, table, proposal, split_form):
    """Return what a row is to show instead of what is saved, or nothing."""
    if not proposal or not proposal.parts:
        return None
    if row.place == table.place:
        said = split_form.cleaned_data
        return {"goal": said["total"], "denominator": said["total_of"] or row.denominator}
    if row.place.pk not in proposal.parts:
        return None
    goal, denominator = proposal.parts[row.place.pk]
    # A new figure does not come from where the old one came from.
    return {"goal": goal, "denominator": denominator, "source": "", "as_of": None}


def _tell(request, changed):
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return
    words = ngettext("%(n)s target saved.", "%(n)s targets saved.", changed)
    messages.success(request, words % {"n": changed})


def _crumbs(campaign, place, indicator, *more):
    url = _url("campaigns:coverage", campaign.pk, place, indicator)
    return crumbs_of(campaign, (place.full_name, url), *more)


def _url(name, pk, place, indicator):
    return f"{reverse(name, args=[pk])}?place={place.pk}&indicator={indicator}"
