"""Hours of volunteers, for the youth union's credit."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from campaigns.exports import HOURS_COLUMNS, cells_of_hours, hours_file
from campaigns.forms import HoursForm
from campaigns.models import Membership, Team
from campaigns.reports import communes_with_teams, hours_served
from campaigns.views.shared import require

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def hours(request):
    """Who served how long, in one team or a whole commune."""
    form, found = _asked(request)
    context = {
        "form": form,
        "hours": found,
        "place": form.cleaned_data.get("place") if found else None,
        "team": form.cleaned_data.get("team") if found else None,
        "table": [(row, cells_of_hours(row)) for row in found.rows] if found else [],
        "headings": HOURS_COLUMNS,
        "query": urlencode({name: form.data.get(name, "") for name in form.fields}),
        "today": timezone.localdate(),
        "crumbs": [(_("Hours of volunteers"), "")],
    }
    status = 422 if request.GET and form.errors else 200
    return render(request, "campaigns/hours.html", context, status=status)


def hours_download(request, kind):
    """The same table as a file."""
    _form, found = _asked(request)
    if kind not in _TYPES or found is None:
        raise Http404
    response = HttpResponse(hours_file(found, kind), content_type=_TYPES[kind])
    response["Content-Disposition"] = (
        f'attachment; filename="gio-tinh-nguyen-{found.since:%Y%m%d}-{found.until:%Y%m%d}.{kind}"'
    )
    return response


def _asked(request):
    """Return the form and the sums; nothing is asked: the first commune, the last thirty days."""
    user = request.user
    require(user, "campaigns.plan_shifts")
    communes = communes_with_teams(user, "campaigns.plan_shifts")
    teams = Team.objects.permitted_to(user, "campaigns.plan_shifts")
    today = timezone.localdate()
    asked = {
        "place": communes[0].pk if communes else "",
        "team": "",
        "since": (today - dt.timedelta(days=30)).isoformat(),
        "until": today.isoformat(),
    }
    asked |= {
        "place": request.GET.get("place") or asked["place"],
        "team": request.GET.get("team") or "",
        "since": request.GET.get("since") or asked["since"],
        "until": request.GET.get("until") or asked["until"],
    }
    chosen = next((one for one in communes if str(one.pk) == str(asked["place"])), None)
    in_commune = teams.filter(place__path__startswith=chosen.path) if chosen else teams.none()
    form = HoursForm(asked, communes=communes, teams=in_commune.order_by("name"))
    if not form.is_valid():
        return form, None
    one = form.cleaned_data["team"]
    members = Membership.objects.filter(team__in=[one] if one else in_commune)
    return form, hours_served(members, form.cleaned_data["since"], form.cleaned_data["until"])
