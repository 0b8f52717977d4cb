"""How good the data are, and what is to be mended: đúng – đủ – sạch – sống."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require
from jobs.models import Job
from people.models import Resident
from people.reports import GAP_LABELS, OLDEST, UNTOUCHED, YOUNGEST, gaps_of
from people.services import confirm_resident
from places.models import Place, attach_ancestors
from places.reports import members_of
from places.rules import fold
from progress.exports import MEASURE_LABELS, quality_csv
from progress.reports.quality import (
    ALIVE,
    CLEAN,
    FAIR_FROM,
    FULL,
    GOOD_FROM,
    KINDS,
    MEASURES,
    RIGHT,
    contradictions,
    forgotten,
    gaps,
    pairs,
    places_in,
    quality_of,
)
from progress.services.quality import KIND, ask_to_count
from progress.views.access import resident_for

PERMISSION, NAMES = "progress.enrol", "people.view_resident"
PAGE = 50

# How a row of a kind is reached from what the query gives, and what stands on the screen for it.
_ABOUT_PEOPLE, _ABOUT_ENROLMENTS = ("year",), ("unwilling", "empty")


def quality(request, pk):
    """The four shares of a place and of each unit below it."""
    campaign, place = _asked(request, pk)
    sort = request.GET.get("sort", "")
    sort = sort if sort in MEASURES else ""
    found = quality_of(place, sort=sort)
    here = f"?place={place.pk}"
    return render(
        request,
        "progress/quality.html",
        {
            "campaign": campaign,
            "place": place,
            "quality": found,
            "measures": [
                (share, MEASURE_LABELS[share.measure], _list_url(request, campaign, place, share))
                for share in found.whole.shares
            ],
            "headings": [
                (MEASURE_LABELS[name], f"{here}&sort={name}", name == sort) for name in MEASURES
            ],
            "name_url": here,
            "labels": MEASURE_LABELS,
            "sort": sort,
            "job": _job(place),
            "may_count": place.depth > 1,
            "count_url": reverse("progress:quality_count", args=[pk]) + here,
            "csv_url": reverse("progress:quality_csv", args=[pk]) + f"{here}&sort={sort}",
            "odd_url": (
                _url("progress:quality_list", pk, RIGHT) + f"{here}&kind=odd"
                if place.depth > 1 and found.whole.odd_evenings
                else ""
            ),
            "days": UNTOUCHED.days,
            "youngest": YOUNGEST,
            "oldest": OLDEST,
            "good_from": GOOD_FROM,
            "fair_from": FAIR_FROM,
            "others": _others(campaign, place, request.user),
            "crumbs": _crumbs(campaign, place, request.user),
        },
    )


def quality_file(request, pk):
    """The same table as a file."""
    _campaign, place = _asked(request, pk)
    sort = request.GET.get("sort", "")
    text = quality_csv(quality_of(place, sort=sort if sort in MEASURES else ""))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = slugify(fold(place.full_name))
    response["Content-Disposition"] = f'attachment; filename="du-lieu-{name}.csv"'
    return response


def quality_count(request, pk):
    """Have a commune counted now (POST), and say how far that is."""
    if request.method == "POST":
        # The place to count stands in the form, the place to look at in the address.
        request.GET = request.POST
    _campaign, place = _asked(request, pk)
    if place.depth == 1:
        raise Http404
    back = reverse("progress:quality", args=[pk]) + f"?place={place.pk}"
    if request.method == "POST":
        require(request.user, PERMISSION, place.commune)
        ask_to_count(place)
        return redirect(back)
    job = _job(place, or_last=True)
    if not request.htmx or job is None:
        return redirect(back)
    return render(
        request,
        "jobs/_progress.html",
        {
            "job": job,
            "url": request.get_full_path(),
            "over_url": back,
            "over_label": _("Show the new figures"),
        },
    )


def quality_list(request, pk, measure):
    """The records of a commune or a village that want mending, each leading to where it is done."""
    campaign, place = _asked(request, pk)
    if place.depth == 1 or measure not in MEASURES:
        raise Http404
    require(request.user, NAMES, place)
    # Whoever merged or was split off is read here, too, as far as this user may see it.
    members = [
        member
        for member in members_of(place, timezone.localdate())
        if member.pk == place.pk or request.user.has_perm(NAMES, member)
    ]
    here = places_in(*members)
    context = {
        "campaign": campaign,
        "place": place,
        "measure": measure,
        "label": MEASURE_LABELS[measure],
        "tabs": [
            (name, label, _url("progress:quality_list", pk, name) + f"?place={place.pk}")
            for name, label in MEASURE_LABELS.items()
        ],
        "back": reverse("progress:quality", args=[pk]) + f"?place={place.pk}",
        "days": UNTOUCHED.days,
        "crumbs": _crumbs(campaign, place, request.user, MEASURE_LABELS[measure]),
    }
    return render(
        request,
        "progress/quality_list.html",
        context | _LISTS[measure](request, place, here),
    )


@require_POST
def quality_confirm(request, uuid):
    """Note that somebody has looked at a record and that it still holds."""
    person = resident_for(request, uuid, "people.change_resident")
    confirm_resident(person, by=request.user)
    messages.success(request, _("%(name)s: noted as still right.") % {"name": person.full_name})
    return redirect(list_come_from(request, ALIVE) or reverse("people:resident", args=[uuid]))


def list_come_from(request, measure: str) -> str:
    """Return the list in which a button was pressed, or nothing if it was pressed elsewhere."""
    campaign, place = request.POST.get("campaign", ""), request.POST.get("place", "")
    if not (campaign.isdecimal() and place.isdecimal() and len(campaign + place) < 30):
        return ""
    return _url("progress:quality_list", int(campaign), measure) + f"?place={place}"


# What each list shows.


def _gaps(request, place, here):
    people = gaps(here).select_related("village").in_order()
    page = _page(request, people)
    for person in page.object_list:
        person.gaps = gaps_of(person)
        person.lacks = [GAP_LABELS[gap] for gap in person.gaps]
    return _with_people(page)


def _forgotten(request, place, here):
    return _with_people(_page(request, forgotten(here).select_related("village").in_order()))


def _pairs(request, place, here):
    """Pairs of which one lives here; of the other, who may not see it learns only that it is."""
    commune = place.commune
    around = here if place.depth == 2 else places_in(commune)
    found = pairs(around)
    hidden = 0
    if place.depth > 2:
        inside = set(Resident.objects.filter(village__in=here).values_list("pk", flat=True))
        touching = [pair for pair in found if inside & set(pair)]
        found = touching
        if not request.user.has_perm(NAMES, commune):
            found = [pair for pair in touching if inside >= set(pair)]
            hidden = len(touching) - len(found)
    page = _page(request, found)
    people = Resident.objects.select_related("village").in_bulk(
        {pk for pair in page.object_list for pk in pair}
    )
    attach_ancestors(person.village for person in people.values())
    page.object_list = [(people[one], people[other]) for one, other in page.object_list]
    return {
        "page": page,
        "hidden": hidden,
        "may_merge": request.user.has_perm("people.merge_residents", place),
    }


def _contradictions(request, place, here):
    tallies = [(kind, label, contradictions(kind, here).count()) for kind, label in KINDS.items()]
    wanted = request.GET.get("kind", "")
    if wanted not in KINDS:
        wanted = next((kind for kind, _label, n in tallies if n), "year")
    related = {
        "year": ["village"],
        "odd": ["session__class_group__place", "session__class_group__team"],
        "unwilling": ["resident__village", "campaign"],
        "empty": ["resident__village", "campaign"],
    }.get(wanted, ["enrolment__resident__village", "session__class_group__place"])
    page = _page(request, contradictions(wanted, here).select_related(*related))
    rows = []
    for row in page.object_list:
        if wanted == "odd":
            rows.append({"flag": row, "session": row.session})
        elif wanted in _ABOUT_PEOPLE:
            rows.append({"person": row})
        elif wanted in _ABOUT_ENROLMENTS:
            rows.append({"person": row.resident, "enrolment": row})
        else:
            rows.append({"person": row.enrolment.resident, "row": row, "session": row.session})
    attach_ancestors(row["person"].village for row in rows if "person" in row)
    page.object_list = rows
    return {
        "page": page,
        "kind": wanted,
        "kinds": tallies,
        "may_decide": request.user.has_perm("progress.decide", place),
        "may_explain": request.user.has_perm("progress.explain_flag", place),
    }


_LISTS = {RIGHT: _contradictions, FULL: _gaps, CLEAN: _pairs, ALIVE: _forgotten}


def _page(request, rows):
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _with_people(page):
    attach_ancestors(person.village for person in page.object_list)
    return {"page": page}


def _asked(request, pk):
    """Return the campaign and the place asked for, within what this user may look at."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, PERMISSION, place)
    return campaign, place


def _job(place: Place, *, or_last: bool = False) -> Job | None:
    """Return the counting of this commune that is under way, or the one that is just over."""
    commune = place.commune
    if commune is None:
        return None
    jobs = Job.objects.filter(kind=KIND, args={"place": commune.pk})
    return (jobs if or_last else jobs.unfinished()).order_by("-pk").first()


def _list_url(request, campaign, place, share):
    if place.depth == 1 or not request.user.has_perm(NAMES, place):
        return ""
    return _url("progress:quality_list", campaign.pk, share.measure) + f"?place={place.pk}"


def _others(campaign, place, user):
    """The user's other places in the campaign; who works in two communes changes between them."""
    return [other for other in campaign.places_for(user) if not place.path.startswith(other.path)]


def _crumbs(campaign, place, user, *more):
    widest = [above.path for above in campaign.places_for(user)]
    base = reverse("progress:quality", args=[campaign.pk])
    trail = [
        (above.full_name, f"{base}?place={above.pk}")
        for above in place.above
        if any(above.path.startswith(path) for path in widest)
    ]
    here = (place.full_name, f"{base}?place={place.pk}") if more else place.full_name
    return crumbs_of(campaign, (_("Data quality"), base), *trail, here, *more)


def _url(name, *args):
    return reverse(name, args=args)
