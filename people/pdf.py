"""Paper: the one way in which HTML becomes a PDF, and the cards that are printed with it."""

import hashlib
import io
import logging
import threading
from pathlib import Path

import segno
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from places.rules import writable

_FONTS = Path(__file__).parent / "fonts"

# Source Sans 3, in which we made every Vietnamese and Ê Đê letter one glyph, so that the text can
# be read again (scripts/build_paper_fonts.py).
_FACES = {
    "file:regular.ttf": ("font/ttf", "TramNgayPaper-Regular.ttf", 400),
    "file:semibold.ttf": ("font/ttf", "TramNgayPaper-SemiBold.ttf", 600),
}
_FONT_CSS = "".join(
    f'@font-face {{ font-family: "Tram Ngay Paper"; font-weight: {weight}; src: url({url}); }}\n'
    for url, (_mime, _name, weight) in _FACES.items()
)


_kept = threading.local()
_MOST_SHEETS = 8

# It tells each step of every page that it lays out.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)


class _Shelf(URLFetcher):
    """Hand WeasyPrint the files it was given, and refuse every other address.

    A name with markup in it must neither reach the network nor read a file of this machine.
    """

    def __init__(self, files: dict[str, tuple[str, bytes]]):
        super().__init__(
            timeout=1, allowed_protocols=(), allow_redirects=False, fail_on_errors=True
        )
        self._files = files

    def fetch(self, url, headers=None):
        if url not in self._files:
            raise ValueError(f"not on the shelf: {url[:80]}")
        mime, content = self._files[url]
        return URLFetcherResponse(url, content, {"Content-Type": mime})


def render(html: str, *, css: str, files: dict[str, tuple[str, bytes]] | None = None) -> bytes:
    """Return the PDF (tagged, PDF/UA-1) of a document that may use ``files`` and nothing else.

    ``files`` maps the addresses that the document uses (``file:qr.png``) to their media type and
    bytes. The face "Tram Ngay Paper" (400, 600) is always there. The same document gives the same
    bytes: there is no clock in them.
    """
    sheet, fonts = _dressed(css)
    html = writable(html)
    document = HTML(string=html, url_fetcher=_Shelf(files or {}), base_url="file:")
    return document.write_pdf(
        stylesheets=[sheet],
        font_config=fonts,
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
    )


def qr(text: str, *, border: int) -> bytes:
    """Return a QR, as a drawing that is sharp in any size; a seventh may be creased away.

    ``border`` is the white around it, in squares.
    """
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", border=border, xmldecl=False, svgns=True, nl=False
    )
    return picture.getvalue()


def _dressed(css: str) -> tuple[CSS, FontConfiguration]:
    """Return a style sheet with the faces on paper, read once in each thread.

    Reading both faces anew costs more than laying out a page, and WeasyPrint never quite forgets
    the fonts of a document.
    """
    known = _kept.__dict__.setdefault("sheets", {})
    if css not in known:
        if len(known) >= _MOST_SHEETS:
            known.clear()
        faces = {
            url: (mime, (_FONTS / name).read_bytes()) for url, (mime, name, _) in _FACES.items()
        }
        fonts = FontConfiguration()
        sheet = CSS(
            string=_FONT_CSS + css, font_config=fonts, url_fetcher=_Shelf(faces), base_url="file:"
        )
        known[css] = sheet, fonts
    return known[css]
