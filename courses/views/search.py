"""Looking for a lesson: one box, big results, no accents needed."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from courses.services import find_lessons

LONGEST = 80


@login_not_required
@require_safe
def search(request):
    """Show the lessons in which the words are to be found."""
    query = " ".join(request.GET.get("q", "")[:LONGEST].split())
    hits = find_lessons(query, get_language())
    return render(
        request,
        "courses/search.html",
        {
            "query": query,
            "hits": [(hit, hit.page.get_url(request)) for hit in hits],
            "back_url": reverse("courses:list"),
        },
    )
