"""The public side: is this paper genuine, and does it still stand?"""

import datetime as dt
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from certificates.forms import NumberForm
from certificates.models import Certificate
from certificates.rules import normal_number
from certificates.services import ERASED
from people.views.limits import too_often

# A class of twenty may scan its papers behind one address; guessing 60 random bits may not.
PER_MINUTE = 60


def _public(view):
    """Open a view to everyone, at a walking pace, and keep what it shows out of search engines."""

    @login_not_required
    @require_safe
    @wraps(view)
    def opened(request, *args, **kwargs):
        if too_often(request, "verify", limit=PER_MINUTE, seconds=60):
            response = render(request, "429.html", status=429)
            response["Retry-After"] = "60"
        else:
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        return response

    return opened


@_public
def verify_form(request):
    """Let anybody type a number and see whether it is one of ours."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        return redirect("verify", form.cleaned_data["number"])
    return render(
        request,
        "certificates/verify_form.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@_public
def verify(request, number):
    """Say whether a certificate is genuine and stands, and no more than its paper says."""
    meant = normal_number(number)
    if meant and meant != number:
        return redirect("verify", meant)
    certificate = (
        Certificate.objects.filter(number=meant)
        .select_related("superseded_by", "enrolment__resident")
        .first()
    )
    if certificate is None:
        context = {"form": NumberForm(initial={"number": meant or ""}), "number": meant}
        return render(request, "certificates/unknown.html", context, status=404)
    is_forgotten = certificate.enrolment.resident.erased_at or certificate.facts["name"] == ERASED
    return render(
        request,
        "certificates/verify.html",
        {
            "certificate": certificate,
            "issued_on": dt.date.fromisoformat(certificate.facts["issued_on"]),
            "is_forgotten": bool(is_forgotten),
        },
    )
