"""Programs that read figures: who they are, what they asked, and the files made for them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Q, Sum
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.api import api
from campaigns.forms import refuse
from campaigns.forms.clients import ClientForm
from campaigns.models import Campaign, FactsFile, StatisticsClient
from campaigns.services.clients import create_client, revoke_client
from campaigns.services.facts import NIGHTS, open_facts, want_facts
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import require
from places.models import Place

PERMISSION = "campaigns.change_client"
# So many days of use are shown.
DAYS = 30
# The night whose files one sees first, and those before.
SHOWN_NIGHTS = 7


def clients(request):
    """Every program of one's own places, those that may no longer ask last."""
    require(request.user, PERMISSION)
    rows = (
        StatisticsClient.objects.permitted_to(request.user, PERMISSION)
        .select_related("place", "created_by", "revoked_by")
        .annotate(asked=Sum("uses__requests"))
        .order_by("revoked_at", "name", "pk")
    )
    context = {
        "active": [row for row in rows if row.revoked_at is None],
        "revoked": [row for row in rows if row.revoked_at is not None],
        "crumbs": [(_("Programs that read figures"), "")],
    }
    return render(request, "campaigns/clients.html", context)


def new_client(request):
    """Let a program in; its token is shown here once and nowhere else."""
    require(request.user, PERMISSION)
    places = Place.objects.filter(depth__lt=3).filter(_mine(request.user)).current().in_order()
    form = ClientForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            client, token = create_client(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            return _client(request, client, token)
    context = {
        "form": form,
        "title": _("New program"),
        "crumbs": [_above(), (_("New program"), "")],
        "back": reverse("campaigns:clients"),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


def client(request, pk):
    """One program: what it may, and how often it asked on which day."""
    return _client(request, _client_for(request.user, pk))


@require_POST
def revoke(request, pk):
    """Let it in no more."""
    row = revoke_client(_client_for(request.user, pk), by=request.user)
    messages.success(request, _("This program can read nothing any more."))
    return redirect("campaigns:client", row.pk)


@login_not_required
@require_safe
def api_docs(request):
    """How to ask, made from the same schema that programs read."""
    schema = api.get_openapi_schema()
    shapes = schema["components"]["schemas"]
    ways = [
        {
            "path": path,
            "words": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "shape": _shape_of(operation),
        }
        for path, operations in schema["paths"].items()
        for operation in operations.values()
    ]
    context = {
        "info": schema["info"],
        "ways": ways,
        "shapes": [
            (name, [(key, _type_of(value), value.get("description", "")) for key, value in fields])
            for name, shape in sorted(shapes.items())
            if (fields := list(shape.get("properties", {}).items()))
        ],
        "address": request.build_absolute_uri(reverse("stats:campaigns")),
        "crumbs": [],
    }
    return render(request, "campaigns/api_docs.html", context)


def facts(request, pk):
    """The nightly files of a campaign, for whoever may take figures out of the whole of it."""
    campaign = _campaign_for(request.user, pk)
    rows = list(campaign.facts_files.order_by("-on", "table", "format"))
    nights = list(dict.fromkeys(row.on for row in rows))
    context = {
        "campaign": campaign,
        "place": campaign.place,
        "nights": [
            (night, _by_table([row for row in rows if row.on == night]))
            for night in nights[:SHOWN_NIGHTS]
        ],
        "kept": NIGHTS,
        "formats": FactsFile.Format.labels,
        "crumbs": crumbs_of(campaign, _("Files for the data warehouse")),
    }
    return render(request, "campaigns/facts.html", context)


@require_POST
def make_facts(request, pk):
    """Have today's files made now, without waiting for the night."""
    campaign = _campaign_for(request.user, pk)
    want_facts(campaign, timezone.localdate(), again=True)
    messages.success(request, _("The files are being made; they will be here in a few minutes."))
    return redirect("campaigns:facts", pk)


def facts_file(request, pk):
    """One of these files."""
    row = get_object_or_404(
        FactsFile.objects.filter(
            campaign__in=Campaign.objects.visible_to(request.user)
        ).select_related("campaign__place"),
        pk=pk,
    )
    require(request.user, "campaigns.export_statistics", row.campaign)
    name = f"{row.table}-{row.campaign_id}-{row.on:%Y%m%d}.{row.format}"
    return FileResponse(open_facts(row), as_attachment=True, filename=name)


def _client(request, row, token=""):
    context = {
        "client": row,
        "token": token,
        "uses": row.uses.order_by("-on")[:DAYS],
        "address": request.build_absolute_uri(reverse("stats:campaigns")),
        "crumbs": [_above(), (row.name, "")],
    }
    return render(request, "campaigns/client.html", context)


def _client_for(user, pk):
    rows = StatisticsClient.objects.visible_to(user)
    row = get_object_or_404(rows.select_related("place", "created_by", "revoked_by"), pk=pk)
    require(user, PERMISSION, row)
    return row


def _campaign_for(user, pk):
    campaign = campaign_for(user, pk)
    require(user, "campaigns.export_statistics", campaign)
    return campaign


def _mine(user):
    """Return the condition that keeps places where the user may let programs in."""
    if user.is_superuser:
        return Q()
    condition = Q(pk__in=[])
    for path in user.scope_paths(PERMISSION):
        condition |= Q(path__startswith=path)
    return condition


def _above():
    return _("Programs that read figures"), reverse("campaigns:clients")


def _by_table(rows):
    """Return [(table, {format: file})] of one night."""
    tables = {}
    for row in rows:
        tables.setdefault(row.table, {})[row.format] = row
    return list(tables.items())


def _shape_of(operation):
    content = operation.get("responses", {}).get(200, {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return reference.rpartition("/")[2]


def _type_of(value):
    """Say what a value is: "integer or null", "list of PlaceRef"."""
    if "$ref" in value:
        return value["$ref"].rpartition("/")[2]
    if "anyOf" in value:
        return " / ".join(_type_of(one) for one in value["anyOf"])
    if value.get("type") == "array":
        return f"[{_type_of(value['items'])}]"
    if "enum" in value:
        return " | ".join(map(str, value["enum"]))
    return value.get("format") or value.get("type", "")
