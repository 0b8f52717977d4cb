"""What everybody may open."""

import gzip

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from courses.models import CourseIndexPage, Drawing

A_YEAR = 365 * 24 * 60 * 60
# Shown as a picture a drawing can do nothing; opened by its address it cannot either.
DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@login_not_required
@require_safe
def course_list(request):
    """Lead to the shelf in the reader's language."""
    shelves = {
        shelf.locale.language_code: shelf
        for shelf in CourseIndexPage.objects.live().select_related("locale")
    }
    shelf = shelves.get(get_language()) or next(iter(shelves.values()), None)
    return redirect(shelf.get_url(request) if shelf else "home")


@login_not_required
@require_safe
def picture(request, digest):
    """Send a drawing; its address never shows anything else, so a phone keeps it for good."""
    drawing = get_object_or_404(Drawing.objects.defer(None), digest=digest)
    body = drawing.svg.encode()
    response = HttpResponse(content_type="image/svg+xml")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, mtime=0)
        response["Content-Encoding"] = "gzip"
    response.content = body
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Content-Security-Policy"] = DRAWING_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@login_not_required
def writing_closed(request):
    """Answer who may not write: Wagtail would send them to sign in again and again."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    # Wagtail has left a message that would appear on some later page, out of place.
    list(messages.get_messages(request))
    raise PermissionDenied
