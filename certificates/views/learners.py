"""What a learner sees of his or her own certificates, and the paper itself."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.models import Certificate
from certificates.rules import normal_number
from certificates.services import DamagedPaper, read_paper
from people.views.access import learner_screen
from people.views.papers import pdf_response
from progress.models import Enrolment


@learner_screen
def mine(request):
    """Show a learner the certificates that he or she has earned."""
    rows = (
        Certificate.objects.valid()
        .filter(enrolment__resident=request.learner)
        .select_related("campaign")
        .order_by("-certified_on", "-pk")
    )
    any_at_all = Certificate.objects.filter(enrolment=OuterRef("pk"))
    is_on_the_way = (
        Enrolment.objects.active()
        .completed()
        .filter(~Exists(any_at_all), resident=request.learner)
        .exists()
    )
    context = {"certificates": rows, "is_on_the_way": is_on_the_way}
    return render(request, "certificates/mine.html", context)


@login_not_required
@require_safe
def file(request, number):
    """Hand out the paper as it was issued: to staff in whose place it is, or to its learner."""
    rows = Certificate.objects.exclude(file="").filter(number=normal_number(number))
    if request.learner:
        certificate = rows.filter(enrolment__resident=request.learner).first()
    elif request.user.is_authenticated:
        certificate = rows.visible_to(request.user).select_related("enrolment__village").first()
    else:
        return redirect_to_login(request.path)
    if certificate is None:
        raise Http404
    if not request.learner and not request.user.has_perm(
        "certificates.view_certificate", certificate
    ):
        raise PermissionDenied
    try:
        pdf = read_paper(certificate)
    except DamagedPaper:
        return render(
            request, "certificates/damaged.html", {"number": certificate.number}, status=500
        )
    name = f"giay-chung-nhan-{certificate.number.lower()}.pdf"
    return pdf_response(pdf, name)
