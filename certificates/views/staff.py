"""The certificates of the places one answers for."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates.forms import RevokeForm, SearchForm
from certificates.models import Certificate
from certificates.pdf import reissue
from certificates.reports import changes_since
from certificates.rules import normal_number
from certificates.services import request_certificate, revoke_certificate
from places.models import Place, attach_ancestors
from places.rules import fold
from progress.models import Enrolment

PER_PAGE = 50
VIEW = "certificates.view_certificate"
ISSUE = "certificates.issue_certificate"
REVOKE = "certificates.revoke_certificate"


def certificates(request):
    """List the certificates of the places one answers for."""
    _require_anywhere(request.user, VIEW)
    form = SearchForm(request.GET)
    form.is_valid()
    rows = (
        Certificate.objects.permitted_to(request.user, VIEW)
        .select_related("campaign")
        .order_by("-issued_at", "-pk")
    )
    query = form.cleaned_data.get("q", "")
    if query:
        number, words = normal_number(query), fold(query)
        named = Q(enrolment__resident__search_text__contains=words) if words else Q(pk__in=[])
        rows = rows.filter(Q(number=number) if number else named)
    place = None
    if form.cleaned_data.get("place"):
        place = get_object_or_404(
            Place.objects.visible_to(request.user), pk=form.cleaned_data["place"]
        )
        rows = rows.filter(enrolment__village__path__startswith=place.path)
    match form.cleaned_data.get("state"):
        case "valid":
            rows = rows.valid()
        case "revoked":
            rows = rows.revoked()
        case "superseded":
            rows = rows.superseded()
    return render(
        request,
        "certificates/list.html",
        {
            "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            "form": form,
            "place": place,
            "is_filtered": bool(query or place or form.cleaned_data.get("state")),
            "may_issue": request.user.has_perm(ISSUE),
            "crumbs": _crumbs(),
        },
    )


def of_resident(request, uuid):
    """Open the newest certificate of a person; the address names nobody."""
    newest = (
        Certificate.objects.permitted_to(request.user, VIEW)
        .filter(enrolment__resident__uuid=uuid)
        .order_by("-issued_at", "-pk")
        .first()
    )
    if newest is None:
        raise Http404
    return redirect("certificates:detail", newest.number)


def waiting(request):
    """List who has completed a campaign and holds no certificate: lost work, or a revoked one."""
    _require_anywhere(request.user, ISSUE)
    standing = Certificate.objects.valid().filter(enrolment=OuterRef("pk"))
    rows = (
        Enrolment.objects.permitted_to(request.user, ISSUE)
        .active()
        .completed()
        .filter(~Exists(standing))
        .select_related("resident", "village", "campaign")
        .annotate(
            was_revoked=Exists(Certificate.objects.revoked().filter(enrolment=OuterRef("pk")))
        )
        .order_by("completed_at", "pk")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    attach_ancestors(row.village for row in page.object_list)
    context = {"page": page, "crumbs": _crumbs(_("Waiting for a certificate"))}
    return render(request, "certificates/waiting.html", context)


def detail(request, number):
    """One certificate: what was printed, whether it still stands, and what may be done."""
    certificate = _certificate_for(request.user, number)
    return render(
        request,
        "certificates/detail.html",
        {
            "certificate": certificate,
            "may_revoke": certificate.stands and request.user.has_perm(REVOKE, certificate),
            "may_correct": certificate.stands and request.user.has_perm(ISSUE, certificate),
            "crumbs": _crumbs(certificate.number),
        },
    )


def revoke(request, number):
    """Ask why, then revoke."""
    certificate = _certificate_for(request.user, number, REVOKE)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_certificate(certificate, by=request.user, because=form.cleaned_data["because"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The certificate is revoked."))
            return redirect("certificates:detail", certificate.number)
    return render(
        request,
        "certificates/revoke.html",
        {
            "certificate": certificate,
            "form": form,
            "crumbs": _crumbs(certificate.number, _("Revoke")),
        },
        status=422 if form.errors else 200,
    )


def correct(request, number):
    """Show what has changed since the paper was printed; then issue a corrected one."""
    certificate = _certificate_for(request.user, number, ISSUE)
    changes, refusal = [], None
    try:
        if request.method == "POST":
            new = reissue(certificate, by=request.user)
            messages.success(
                request, _("A corrected certificate was issued; the old one names it.")
            )
            return redirect("certificates:detail", new.number)
        if certificate.stands:
            changes = changes_since(certificate)
    except ValidationError as error:
        refusal = error
    return render(
        request,
        "certificates/correct.html",
        {
            "certificate": certificate,
            "changes": changes,
            "refusal": " ".join(refusal.messages) if refusal else "",
            "crumbs": _crumbs(certificate.number, _("Correct")),
        },
        status=422 if refusal and request.method == "POST" else 200,
    )


@require_POST
def issue(request, enrolment_id):
    """Ask for the certificate of a completed enrolment that has none."""
    enrolment = get_object_or_404(Enrolment.objects.visible_to(request.user), pk=enrolment_id)
    if not request.user.has_perm(ISSUE, enrolment):
        raise PermissionDenied
    try:
        job = request_certificate(enrolment, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if job:
            messages.success(
                request, _("The certificate is being made; it will be here in a moment.")
            )
        else:
            messages.info(request, _("This learner already has a certificate."))
    return redirect("certificates:waiting")


def _require_anywhere(user, permission):
    if not user.has_perm(permission):
        raise PermissionDenied


def _certificate_for(user, number, permission=VIEW):
    certificate = (
        Certificate.objects.visible_to(user)
        .select_related(
            "enrolment__resident__village",
            "enrolment__village",
            "enrolment__class_group__team",
            "campaign",
            "issued_by",
            "revoked_by",
            "supersedes",
            "superseded_by",
        )
        .filter(number=normal_number(number))
        .first()
    )
    if certificate is None:
        raise Http404
    if not user.has_perm(permission, certificate):
        raise PermissionDenied
    return certificate


def _crumbs(*labels):
    """Home, the list, then the labels; only the second of three can be a certificate."""
    crumbs = [(_("Home"), reverse("home")), (_("Certificates"), reverse("certificates:list"))]
    for label in labels:
        is_page = len(labels) > 1 and label == labels[0]
        crumbs.append((label, reverse("certificates:detail", args=[label]) if is_page else ""))
    return crumbs
