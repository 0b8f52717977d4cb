"""Lists of residents come in with a preview, and go out as they stand on the screen."""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.exports import example_file, residents_file
from people.forms import UploadForm
from people.imports import load, plan_import, store_file
from people.models import ResidentFile
from people.views.places import chooser_for, communes_where
from people.views.posted import posted
from people.views.residents import found
from places.models import attach_ancestors

logger = logging.getLogger(__name__)

IMPORT = "people.import_residents"
EXPORT = "people.export_residents"
# What is shown of a long list; what is loaded is all of it.
MOST_SHOWN = 200

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(request, kind):
    """The list on the screen, all of its pages, as a file."""
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    choice = chooser_for(request, EXPORT)
    words = request.GET.get("q", "").strip()[:100]
    people = list(found(request.user, choice, words).permitted_to(request.user, EXPORT))
    attach_ancestors(person.village for person in people)
    # Who took how many people out, and when; never whom.
    logger.info("user %s exported %s residents", request.user.pk, len(people))
    name = timezone.localdate().strftime("nguoi-dan-%Y-%m-%d")
    return _file(residents_file(people, kind) if kind in _TYPES else None, kind, name)


def example(request, kind):
    """A file to fill in."""
    if not request.user.has_perm(IMPORT):
        raise PermissionDenied
    return _file(example_file(kind) if kind in _TYPES else None, kind, "danh-sach-mau")


def upload(request):
    """Choose a list; it is read and judged before anything is loaded."""
    if not request.user.has_perm(IMPORT):
        raise PermissionDenied
    communes = communes_where(request.user, IMPORT)
    form = UploadForm(posted(request), request.FILES or None, communes=communes)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            file = store_file(
                given.name, given.read(), form.cleaned_data["commune"], by=request.user
            )
            plan_import(file)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            return redirect("people:import_preview", file.uuid)
    return render(
        request,
        "people/import.html",
        {"form": form, "communes": communes, "crumbs": _crumbs((_("Import a list"), ""))},
        status=422 if form.errors else 200,
    )


def preview(request, uuid):
    """What the list would do; confirmed, it is loaded whole."""
    files = ResidentFile.objects.permitted_to(request.user, IMPORT).select_related("place")
    file = get_object_or_404(files, uuid=uuid, uploaded_by=request.user)
    if file.loaded_at:
        messages.info(request, _("This list is loaded already."))
        return redirect("people:residents")
    refused = None
    if request.method == "POST":
        ticked = {int(line) for line in request.POST.getlist("line") if line.isdecimal()}
        try:
            count = load(file, by=request.user, ticked=ticked)
        except ValidationError as refusal:
            refused = refusal.messages[0]
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)s person was registered.",
                    "%(count)s people were registered.",
                    count,
                )
                % {"count": count},
            )
            return redirect(reverse("people:residents", query={"commune": file.place.pk}))
    try:
        plan = plan_import(file)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("people:import_residents")
    attach_ancestors(person.village for row in plan.doubtful for person in row.likely)
    return render(
        request,
        "people/import_preview.html",
        {
            "file": file,
            "plan": plan,
            "refused": refused,
            "most_shown": MOST_SHOWN,
            "crumbs": _crumbs(
                (_("Import a list"), reverse("people:import_residents")), (_("Preview"), "")
            ),
        },
        status=422 if refused else 200,
    )


def _file(content: bytes | None, kind: str, name: str) -> HttpResponse:
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _crumbs(*more):
    return [(_("Home"), "/"), (_("People"), reverse("people:residents")), *more]
