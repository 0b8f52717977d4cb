"""What a form is given."""


def posted(request):
    """Return what was sent, if anything was; a form sent empty is still a form that was sent."""
    return request.POST if request.method == "POST" else None
