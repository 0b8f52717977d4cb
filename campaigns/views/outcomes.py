"""What really happened: noted in two taps, listed with who noted it, taken back with a reason."""

import logging
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.exports import outcomes_csv
from campaigns.forms import OutcomeForm, TakeBackForm, TallyForm, refuse
from campaigns.models import Campaign, ClassGroup, Outcome, OwnIndicator
from campaigns.reports import (
    have_already,
    name_people,
    outcome_sums,
    outcomes_in,
    people_of_class,
    people_to_note,
    residents_to_note,
)
from campaigns.services import note_outcomes, note_tally, take_back_outcome
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require
from people.models import Resident
from places.models import Place, attach_ancestors
from places.rules import fold

logger = logging.getLogger(__name__)

NOTE = "campaigns.note_outcome"
EXPORT = "people.export_residents"
SEE = "people.view_resident"


def outcomes(request, pk):
    """What was noted in a place, and how much of each there is."""
    campaign, place = _asked(request, pk)
    asked, found = _narrowed(request, campaign, place)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    attach_ancestors(outcome.place for outcome in page.object_list)
    name_people(page.object_list, request.user)
    sums = outcome_sums(campaign, place)
    running = campaign.state == Campaign.State.RUNNING
    context = {
        "campaign": campaign,
        "place": place,
        "sums": sums,
        "page": page,
        "asked": asked,
        "query": _query(place, asked),
        "may_note": running,
        "per_resident": any(s.indicator.per == OwnIndicator.Per.RESIDENT for s in sums),
        "tallies": any(s.indicator.per == OwnIndicator.Per.TALLY for s in sums),
        "may_change_indicators": request.user.has_perm("campaigns.change_indicator", campaign),
        "crumbs": _crumbs(campaign, place),
    }
    return render(request, "campaigns/outcomes.html", context)


def outcomes_file(request, pk):
    """The list on the screen, all of its pages; names only for those who may take names out,
    and what was written freely only for those who may see people there.
    """
    campaign, place = _asked(request, pk)
    _said, found = _narrowed(request, campaign, place)
    named = request.user.has_perm(EXPORT, place)
    rows = list(found)
    name_people(rows, request.user)
    # Who took how many out, and when; never whom.
    logger.info("user %s exported %s outcomes", request.user.pk, len(rows))
    response = HttpResponse(
        outcomes_csv(rows, named=named, told=request.user.has_perm(SEE, place)),
        content_type="text/csv; charset=utf-8",
    )
    name = slugify(fold(place.full_name))
    response["Content-Disposition"] = f'attachment; filename="ket-qua-that-{name}.csv"'
    return response


def note(request, pk):
    """Note that it happened to somebody: looked for by name, or ticked on the list of a class."""
    campaign, place = _asked(request, pk)
    open_ones = campaign.own_indicators.open().order_by("number")
    known = {own.key: own for own in open_ones.filter(per=OwnIndicator.Per.RESIDENT)}
    wanted = request.POST.get("indicator") or request.GET.get("indicator", "")
    indicator = known.get(wanted) or next(iter(known.values()), None)
    words, group, people = _people(request, campaign, place)
    form = None
    if indicator:
        form = OutcomeForm(request.POST or None, campaign=campaign, shown=[indicator.evidence])
        if request.method == "POST" and form.is_valid():
            ticked = _numbers(request.POST.getlist("person"))[:200]
            residents = list(residents_to_note(request.user, campaign).filter(pk__in=ticked))
            try:
                new = note_outcomes(indicator, residents, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                if new:
                    told = ngettext("Noted for %(n)s person.", "Noted for %(n)s people.", len(new))
                    messages.success(request, told % {"n": len(new)})
                else:
                    messages.info(request, _("This had been noted already."))
                url = reverse("campaigns:outcomes", args=[campaign.pk])
                return redirect(f"{url}?place={place.pk}&indicator={indicator.key}")
    have = have_already(indicator, people) if indicator else {}
    attach_ancestors(person.village for person in people)
    context = {
        "campaign": campaign,
        "place": place,
        "indicators": known.values(),
        "indicator": indicator,
        "form": form,
        "words": words,
        "group": group,
        "people": [(person, have.get(person.pk)) for person in people],
        "ticked": request.POST.getlist("person"),
        "only_one": len(people) == 1,
        "about": people[0] if request.GET.get("resident") else None,
        "query": _who(request, place),
        "groups": _groups(request.user, campaign, place),
        "crumbs": _crumbs(campaign, place, _("Note an outcome")),
    }
    return render(
        request,
        "campaigns/note_outcome.html",
        context,
        status=422 if form and form.errors else 200,
    )


def tally(request, pk):
    """Note numbers: one livestream, its reach and its views."""
    campaign, place = _asked(request, pk)
    indicators = list(
        campaign.own_indicators.open().filter(per=OwnIndicator.Per.TALLY).order_by("number")
    )
    form = TallyForm(
        request.POST or None,
        campaign=campaign,
        indicators=indicators,
        places=_places(request.user, place),
        initial={"place": place.pk},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                for own, amount in form.amounts:
                    note_tally(
                        own,
                        said["place"],
                        amount,
                        by=request.user,
                        happened_on=said["happened_on"],
                        evidence=said["evidence"],
                    )
        except ValidationError as refusal:
            _refuse_tally(form, refusal, own)
        else:
            messages.success(request, _("Noted."))
            return redirect(_url("campaigns:outcomes", campaign, said["place"]))
    context = {
        "campaign": campaign,
        "place": place,
        "form": form,
        "none": not indicators,
        "crumbs": _crumbs(campaign, place, _("Note numbers")),
    }
    return render(request, "campaigns/note_tally.html", context, status=422 if form.errors else 200)


def take_back(request, pk):
    """Say that it did not happen after all, and why."""
    outcome = get_object_or_404(
        Outcome.objects.visible_to(request.user).select_related(
            "indicator", "place", "resident__village", "campaign"
        ),
        pk=pk,
    )
    require(request.user, NOTE, outcome)
    back = _url("campaigns:outcomes", outcome.campaign, outcome.place)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_back_outcome(outcome, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Taken back. It stays on the list, with the reason."))
            return redirect(back)
    name_people([outcome], request.user)
    about = outcome.person or outcome.place.full_name
    context = {
        "form": form,
        "title": _("Take it back"),
        "lede": f"{outcome.indicator.name}: {about}",
        "danger": True,
        "back": back,
        "crumbs": _crumbs(outcome.campaign, outcome.place, _("Take it back")),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


def note_for(request, uuid):
    """From somebody's page to noting what happened to this very person."""
    resident = get_object_or_404(
        Resident.objects.visible_to(request.user).current().select_related("village"), uuid=uuid
    )
    require(request.user, NOTE, resident)
    campaigns = Campaign.objects.running().filter(place__path__in=resident.village.lineage())
    # The campaign in which the person learns, else the one that began last.
    learns = campaigns.filter(enrolments__resident=resident, enrolments__withdrawn_at=None)
    campaign = learns.order_by("-first_day").first() or campaigns.order_by("-first_day").first()
    if campaign is None:
        messages.info(request, _("No campaign is running where this person lives."))
        return redirect("people:resident", uuid)
    url = reverse("campaigns:note_outcome", args=[campaign.pk])
    return redirect(f"{url}?resident={uuid}")


def _people(request, campaign, place):
    """Return the words searched, the class chosen, and the people whom the address asks for."""
    user = request.user
    wanted = request.GET.get("resident", "")
    if wanted:
        try:
            found = residents_to_note(user, campaign).filter(uuid=wanted)
        except ValidationError:
            raise Http404 from None
        if not found:
            raise Http404
        return "", None, list(found)
    number = request.GET.get("class", "")
    if _is_number(number):
        groups = ClassGroup.objects.permitted_to(user, NOTE).filter(campaign=campaign)
        group = get_object_or_404(groups.select_related("place"), pk=number)
        return "", group, list(people_of_class(user, campaign, group))
    words = request.GET.get("q", "").strip()[:100]
    return words, None, list(people_to_note(user, campaign, place, words)) if words else []


def _numbers(texts) -> list[int]:
    return [int(text) for text in texts if _is_number(text)]


def _is_number(text: str) -> bool:
    """Whether it is a number that a database can hold."""
    return text.isdecimal() and len(text) < 19


def _who(request, place):
    """Return the part of the address that says whom it is about."""
    said = {name: request.GET.get(name, "") for name in ("resident", "class", "q")}
    return urlencode({"place": place.pk} | {name: value for name, value in said.items() if value})


def _groups(user, campaign, place):
    """Return the classes whose list can be ticked."""
    return (
        ClassGroup.objects.permitted_to(user, NOTE)
        .filter(campaign=campaign, place__path__startswith=place.path)
        .select_related("place")
        .order_by("place__path", "name")[:100]
    )


def _places(user, place):
    """Return where numbers can be noted: a province's communes, or a commune and its villages."""
    places = Place.objects.filter(path__startswith=place.path).current()
    places = places.visible_to(user).exclude(kind=Place.Kind.PROVINCE)
    depth = [2] if place.kind == Place.Kind.PROVINCE else [2, 3]
    return places.filter(depth__in=depth).order_by("depth", "sort_key").with_ancestors()


def _refuse_tally(form, refusal, own):
    """Show what was refused: a number at the field of its own indicator."""
    if "amount" in getattr(refusal, "error_dict", {}):
        form.add_error(own.key, refusal.error_dict["amount"])
    else:
        refuse(form, refusal)


def _narrowed(request, campaign, place):
    """Return what the address asks for, and the outcomes that are left."""
    asked = {
        "indicator": request.GET.get("indicator", ""),
        "state": request.GET.get("state", ""),
        "mine": request.GET.get("mine", ""),
    }
    found = outcomes_in(
        request.user,
        campaign,
        place,
        number=asked["indicator"].removeprefix("o"),
        state=asked["state"],
        mine=bool(asked["mine"]),
    )
    return asked, found


def _asked(request, pk):
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, NOTE, place)
    return campaign, place


def _query(place, asked):
    return urlencode({"place": place.pk} | {name: value for name, value in asked.items() if value})


def _crumbs(campaign, place, *more):
    here = (_("Real outcomes"), _url("campaigns:outcomes", campaign, place) if more else "")
    return crumbs_of(campaign, here, *more)


def _url(name, campaign, place):
    return f"{reverse(name, args=[campaign.pk])}?place={place.pk}"
