"""Paper on its way to the browser."""

from django.http import HttpResponse


def pdf_response(paper: bytes, name: str) -> HttpResponse:
    """Return a PDF to be looked at in the browser, and kept under ``name``."""
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
