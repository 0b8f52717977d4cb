"""Work in five clear points: the board, the list, one piece of it, and one's own."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaigns.forms import ChangeWorkForm, ProgressForm, ReasonForm, WorkForm, refuse
from campaigns.models import Campaign, WorkItem
from campaigns.reports import (
    answerers_at,
    indicators_of,
    my_work,
    narrow_work,
    owners_at,
    work_at,
    work_below,
    work_board,
    work_history,
    work_message,
    work_summary,
)
from campaigns.services import (
    change_work,
    create_work,
    drop_work,
    finish_work,
    may_progress,
    progress_work,
    reopen_work,
)
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require
from people.models import Resident
from places.models import Place, attach_ancestors
from places.reports import map_of

VIEW = "campaigns.view_workitem"
CHANGE = "campaigns.change_workitem"
PAGE = 30
# So many lines can be read in a chat.
LINES = 15


def work(request, pk):
    """The work of a place and of those below it, as a board or as a list."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, VIEW, place)
    asked = _asked(request)
    shown = map_of(place, timezone.localdate())
    items = work_at(campaign, place, shown=shown)
    as_list = request.GET.get("view") == "list" or bool(asked["state"] or asked["late"])
    found = narrow_work(items, **asked)
    pressing = list(items.open().order_by("due", "pk")[:LINES])
    rows = work_below(campaign, place, shown=shown)
    context = {
        "campaign": campaign,
        "place": place,
        "asked": asked,
        "as_list": as_list,
        "summary": work_summary(campaign, place, shown=shown),
        "rows": rows,
        "busy": [row for row in rows if row.open or row.done],
        "idle": [row for row in rows if not (row.open or row.done)],
        "owners": owners_at(place) if place.kind != Place.Kind.PROVINCE else [],
        "indicators": indicators_of(campaign),
        "states": [("open", pgettext("work", "not finished")), *WorkItem.State.choices],
        "may_change": request.user.has_perm(CHANGE, place),
        "message": work_message(place, pressing) if pressing else "",
        "crumbs": _crumbs(campaign, place, request.user),
    }
    if as_list:
        order = found.order_by("-finished_at" if asked["state"] == "done" else "due", "pk")
        page = Paginator(order, PAGE).get_page(request.GET.get("page"))
        attach_ancestors(item.place for item in page.object_list)
        context["page"] = page
    else:
        context["columns"] = work_board(found)
    return render(request, "campaigns/work.html", context)


def mine(request):
    """What the user is to do or answers for, in every campaign."""
    require(request.user, VIEW)
    page = Paginator(my_work(request.user), PAGE).get_page(request.GET.get("page"))
    attach_ancestors(item.place for item in page.object_list)
    context = {
        "page": page,
        "places": _places_with_work(request.user),
        "crumbs": [(_("Home"), reverse("home")), (_("My work"), "")],
    }
    return render(request, "campaigns/my_work.html", context)


def new_work(request, pk):
    """Give work to somebody; also about people whom a list of names has sent here."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, CHANGE, place)
    people = residents_posted(request)
    # A list of names sends people, and nothing yet about the work.
    is_sent = request.method == "POST" and "title" in request.POST
    form = WorkForm(
        request.POST if is_sent else None,
        owners=owners_at(place),
        answerers=answerers_at(place),
        indicators=indicators_of(campaign),
        initial=_beginning(request, campaign, people, place),
    )
    if is_sent and form.is_valid():
        values = _without_owner(form) | form.chosen_owner()
        try:
            item = create_work(campaign, place, by=request.user, residents=people, **values)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The work is given."))
            return redirect("campaigns:work_item", item.pk)
    back = reverse("campaigns:work", args=[pk], query={"place": place.pk})
    context = {
        "form": form,
        "title": _("Give work"),
        "campaign": campaign,
        "place": place,
        "people": people,
        # With people in hand, the place is where they live.
        "places": [] if people else _places_below(place),
        "back": back,
        "crumbs": crumbs_of(campaign, (pgettext("5 clear points", "Work"), back), _("Give work")),
    }
    return render(request, "campaigns/work_form.html", context, status=422 if form.errors else 200)


def work_item(request, pk):
    """One piece of work with its five points and all that was ever changed about it."""
    item = item_for(request.user, pk)
    may_move = may_progress(item, request.user) and item.is_open
    form = ProgressForm.of(item)
    if request.method == "POST":
        if not may_move:
            raise PermissionDenied
        form = ProgressForm(request.POST)
        if form.is_valid() and _progress(request, item, form):
            return redirect("campaigns:work_item", pk)
        item = item_for(request.user, pk)
    seen = (
        Resident.objects.current()
        .permitted_to(request.user, "people.view_resident")
        .filter(pk__in=item.residents.values("pk"))
    )
    people = list(seen.select_related("village").in_order())
    attach_ancestors(person.village for person in people)
    label = indicators_of(item.campaign).get(item.indicator)
    context = {
        "item": item,
        "indicator": label,
        "people": people,
        "unseen": item.residents.count() - len(people),
        "history": work_history(item),
        "form": form,
        "may_move": may_move,
        "may_change": request.user.has_perm(CHANGE, item),
        "crumbs": [*_crumbs_to(item), (item.title, "")],
    }
    return render(request, "campaigns/work_item.html", context, status=422 if form.errors else 200)


def edit_work(request, pk):
    """Change what is to be done, by when and by whom."""
    item = item_for(request.user, pk)
    require(request.user, CHANGE, item)
    answerers = answerers_at(item.place)
    if item.responsible not in answerers:
        answerers.append(item.responsible)
    form = ChangeWorkForm(
        request.POST or None,
        owners=owners_at(item.place),
        answerers=answerers,
        indicators=indicators_of(item.campaign),
        initial={
            "title": item.title,
            "owner": f"m{item.member_id}" if item.member_id else f"u{item.person_id}",
            "due": item.due,
            "expected": item.expected,
            "responsible": item.responsible_id,
            "indicator": item.indicator,
        },
    )
    if request.method == "POST" and form.is_valid():
        values = _without_owner(form) | form.chosen_owner()
        try:
            change_work(item, by=request.user, **values)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:work_item", pk)
    return _form(request, item, form, _("Change the work"))


def drop(request, pk):
    """Give work up, and say why."""
    return _with_reason(request, pk, drop_work, _("Give the work up"), _("The work is given up."))


def reopen(request, pk):
    """Take work up again, and say why."""
    return _with_reason(
        request, pk, reopen_work, _("Take the work up again"), _("The work goes on.")
    )


def item_for(user, pk) -> WorkItem:
    """Return work that the user may see: in the own places, or the own work."""
    item = get_object_or_404(
        WorkItem.objects.visible_to(user).select_related(
            "campaign__place", "place", "person", "member__team__place", "responsible"
        ),
        pk=pk,
    )
    if not may_progress(item, user):
        require(user, VIEW, item)
    return item


def residents_posted(request) -> list[Resident]:
    """Return the people whom a list of names sends along, as far as the user may see them.

    They are never in an address. "All on this page" stands for everybody whom the page showed.
    """
    sent = request.POST.getlist("shown" if request.POST.get("all") else "resident")
    uuids = set()
    for text in sent[:500]:
        try:
            uuids.add(UUID(text))
        except ValueError:
            continue
    if not uuids:
        return []
    found = Resident.objects.current().permitted_to(request.user, "people.view_resident")
    people = list(found.filter(uuid__in=uuids).select_related("village").in_order())
    attach_ancestors(person.village for person in people)
    return people


def _asked(request) -> dict:
    state = request.GET.get("state", "")
    return {
        "state": state if state == "open" or state in WorkItem.State.values else "",
        "owner": request.GET.get("owner", "")[:20],
        "indicator": request.GET.get("indicator", "")[:10],
        "late": request.GET.get("late") == "1",
    }


def _progress(request, item, form) -> bool:
    values = dict(form.cleaned_data)
    percent, result = values.pop("percent"), values.pop("result")
    try:
        if "done" in request.POST:
            finish_work(item, result, by=request.user, **values)
        else:
            progress_work(item, percent, by=request.user, result=result, **values)
    except ValidationError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("The work is done.") if "done" in request.POST else _("Saved."))
    return True


def _beginning(request, campaign, people, place) -> dict:
    """Return what stands in the form before anybody has typed."""
    values = {
        "indicator": request.GET.get("indicator", ""),
        "responsible": request.user.pk,
        "due": min(timezone.localdate() + dt.timedelta(days=7), campaign.last_day),
    }
    if people:
        words = ngettext(
            "Visit %(n)s person who is missing: %(place)s",
            "Visit %(n)s people who are missing: %(place)s",
            len(people),
        )
        values["title"] = words % {"n": len(people), "place": place.full_name}
        values["expected"] = _("Everybody was met; whoever wishes is enrolled in a class.")
        values["indicator"] = request.POST.get("indicator", "reached")
    return values


def _without_owner(form) -> dict:
    return {name: value for name, value in form.cleaned_data.items() if name != "owner"}


def _with_reason(request, pk, service, title, said):
    item = item_for(request.user, pk)
    require(request.user, CHANGE, item)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(item, form.cleaned_data["because"], by=request.user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, said)
            return redirect("campaigns:work_item", pk)
    return _form(request, item, form, title, danger=service is drop_work)


def _form(request, item, form, title, *, danger=False):
    url = reverse("campaigns:work_item", args=[item.pk])
    context = {
        "form": form,
        "title": title,
        "lede": item.title,
        "danger": danger,
        "back": url,
        "crumbs": [*_crumbs_to(item), (item.title, url), (title, "")],
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


def _places_below(place):
    if place.kind == Place.Kind.VILLAGE:
        return []
    return Place.objects.children_of(place).current().in_order()


def _places_with_work(user) -> list[tuple[Campaign, Place]]:
    """Return where the user may see everybody's work: the widest place of each campaign."""
    campaigns = Campaign.objects.visible_to(user).running().select_related("place")
    found = []
    for campaign in campaigns.order_by("place__depth", "-first_day")[:5]:
        places = [p for p in campaign.places_for(user) if user.has_perm(VIEW, p)]
        found += [(campaign, place) for place in places[:3]]
    return found


def _crumbs_to(item):
    url = reverse("campaigns:work", args=[item.campaign_id], query={"place": item.place_id})
    return crumbs_of(item.campaign, (pgettext("5 clear points", "Work"), url))


def _crumbs(campaign, place, user):
    widest = [above.path for above in campaign.places_for(user)]
    base = reverse("campaigns:work", args=[campaign.pk])
    trail = [
        (above.full_name, f"{base}?place={above.pk}")
        for above in place.above
        if any(above.path.startswith(path) for path in widest)
    ]
    return crumbs_of(campaign, *trail, f"{pgettext('5 clear points', 'Work')}: {place.full_name}")
