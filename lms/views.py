"""The front door: a home for each role, health, and pages for what was not found."""

import posixpath

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.static import serve as serve_file

from courses.views.ranges import part_of
from lms.homes import public_campaigns, public_figures, staff_home


@login_not_required
def home(request):
    """Show each person what he or she does next."""
    if request.learner:
        return redirect("progress:learn")
    if request.user.is_authenticated:
        return render(request, "lms/home_staff.html", staff_home(request.user))
    context = {"campaigns": public_campaigns(), "figures": public_figures()}
    return render(request, "lms/home_public.html", context)


@login_not_required
def health(request):
    """Answer 200 when the database answers, for whoever watches the site."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"app": "tramngay", "status": "ok"})


@login_not_required
def media(request, path):
    """Serve pictures and documents of published lessons; the laptop has no other web server."""
    if posixpath.normpath(path).lstrip("/").startswith("audio/"):
        # Recordings have a door of their own, which knows who has taken back his voice.
        raise Http404
    response = serve_file(request, path, document_root=settings.MEDIA_ROOT)
    if not isinstance(response, FileResponse):
        return response
    # A telephone asks for a film piece by piece, and some will not play it otherwise.
    return part_of(request, response, int(response["Content-Length"]))


SIZES = ("0", "1", "2", "3", "4")
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def look(request):
    """Remember how large the letters are to be and how bright the page."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    size = request.POST.get("size")
    if size in ("+", "-"):
        now = request.COOKIES.get("look_size")
        step = SIZES.index(now) if now in SIZES else 0
        size = SIZES[max(0, min(step + (1 if size == "+" else -1), len(SIZES) - 1))]
    if size in SIZES:
        response.set_cookie("look_size", size, max_age=YEAR, samesite="Lax")
    if request.POST.get("theme") in THEMES:
        response.set_cookie("look_theme", request.POST["theme"], max_age=YEAR, samesite="Lax")
    return response


def not_found(request, exception):
    return render(request, "404.html", status=404)


def forbidden(request, exception):
    return render(request, "403.html", status=403)
