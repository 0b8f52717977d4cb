"""A sheet of cards: A4, ten to a page, to be cut along the lines."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.translation import get_language

from people.pdf import qr, render
from people.rules import shown_code
from people.services import NewCard


def cards_sheet(new: Iterable[NewCard], address: str) -> bytes:
    """Return the PDF of cards whose QR leads to ``address`` with the card's token behind a #."""
    cards, files = [], {}
    for number, card in enumerate(new):
        url = f"file:qr-{number}.svg"
        files[url] = ("image/svg+xml", qr(f"{address}#{card.token}", border=3))
        cards.append({"resident": card.resident, "code": shown_code(card.code), "qr": url})
    html = render_to_string("people/paper/cards.html", {"cards": cards, "lang": get_language()})
    return render(html, css=render_to_string("people/paper/cards.css"), files=files)
