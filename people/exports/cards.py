"""A sheet of cards: A4, ten to a page, to be cut along the lines."""

import io
from collections.abc import Iterable

import segno
from django.template.loader import render_to_string
from django.utils.translation import get_language

from people.pdf import render
from people.rules import shown_code
from people.services import NewCard


def cards_sheet(new: Iterable[NewCard], address: str) -> bytes:
    """Return the PDF of cards whose QR leads to ``address`` with the card's token behind a #."""
    cards, files = [], {}
    for number, card in enumerate(new):
        url = f"file:qr-{number}.svg"
        files[url] = ("image/svg+xml", _qr(f"{address}#{card.token}"))
        cards.append({"resident": card.resident, "code": shown_code(card.code), "qr": url})
    html = render_to_string("people/paper/cards.html", {"cards": cards, "lang": get_language()})
    return render(html, css=render_to_string("people/paper/cards.css"), files=files)


def _qr(text: str) -> bytes:
    """Return a QR, as a drawing that is sharp in any size; a seventh may be creased away."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", border=3, xmldecl=False, svgns=True, nl=False
    )
    return picture.getvalue()
