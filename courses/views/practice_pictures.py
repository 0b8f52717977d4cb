"""The picture on which an author draws the places to tap of a practice."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe
from wagtail.images.models import Image

from courses.blocks.pictures import PHOTO_SIZE
from courses.models import Drawing
from courses.views.own import demand


@require_safe
def practice_picture(request, kind, pk):
    """Lead on to a drawing or a photo, as learners will have it on the simulated phone."""
    demand(request.user, "courses.write")
    match kind:
        case "drawing":
            return redirect(get_object_or_404(Drawing, pk=pk).url)
        case "photo":
            return redirect(get_object_or_404(Image, pk=pk).get_rendition(PHOTO_SIZE).url)
    raise Http404
