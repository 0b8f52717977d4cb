"""Let in drawings, and nothing that could do anything.

An SVG may hold scripts, styles, links and references to other files. Ours hold shapes and words;
whatever else is in the file makes us refuse it, because a drawing of our own has no reason for it.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

SVG = "http://www.w3.org/2000/svg"
MAX_BYTES = 60 * 1024
ELEMENTS = {
    *("svg", "g", "defs", "title", "desc"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
    *("clipPath", "linearGradient", "radialGradient", "stop", "pattern", "mask"),
}
ATTRIBUTES = {
    *("id", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r"),
    *("rx", "ry", "d", "points", "dx", "dy", "fx", "fy", "offset", "transform", "opacity"),
    *("fill", "fill-opacity", "fill-rule", "clip-path", "clip-rule", "mask"),
    *("stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"),
    *("stroke-dashoffset", "stroke-miterlimit", "stroke-opacity"),
    *("stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "patternUnits"),
    *("patternTransform", "clipPathUnits", "maskUnits", "maskContentUnits"),
    *("font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"),
    *("letter-spacing", "preserveAspectRatio", "role", "aria-hidden"),
}
# A value may point to a part of the same drawing, and nowhere else.
_INNER_LINK = re.compile(r"url\(\s*#[\w-]+\s*\)")
_FORBIDDEN = re.compile(r"url\s*\(|[\w+.-]+script\s*:|data\s*:|&#|\\", re.IGNORECASE)

register_namespace("", SVG)


class DrawingRefused(ValueError):
    """The file is not a plain drawing; the message says why."""


@dataclass(frozen=True)
class CleanDrawing:
    """A drawing that can be sent to anybody."""

    svg: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.svg.encode()).hexdigest()[:24]

    @property
    def weight(self) -> int:
        return len(gzip.compress(self.svg.encode(), mtime=0))


def clean_drawing(content: bytes) -> CleanDrawing:
    """Return the drawing in ``content``, or refuse it."""
    if len(content) > MAX_BYTES:
        raise DrawingRefused(
            _("The drawing has %(size)d KB; at most %(most)d KB are allowed.")
            % {"size": len(content) // 1024, "most": MAX_BYTES // 1024}
        )
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise DrawingRefused(_("The file is not a drawing.")) from error
    if root.tag != f"{{{SVG}}}svg":
        raise DrawingRefused(_("The file is not a drawing."))
    for element in root.iter():
        _inspect(element)
    width, height = _size(root)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.set("width", str(width))
    root.set("height", str(height))
    return CleanDrawing(tostring(root, encoding="unicode"), width, height)


def _inspect(element: Element) -> None:
    namespace, _brace, name = str(element.tag).rpartition("}")
    if namespace != f"{{{SVG}" or name not in ELEMENTS:
        raise DrawingRefused(_("The drawing holds <%(name)s>.") % {"name": name[:40]})
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES or _FORBIDDEN.search(_INNER_LINK.sub("", value)):
            raise DrawingRefused(
                _("The drawing holds the attribute %(name)s.") % {"name": attribute[:60]}
            )


def _size(root: Element) -> tuple[int, int]:
    box = (root.get("viewBox") or "").replace(",", " ").split()
    try:
        _left, _top, width, height = (round(float(number)) for number in box)
    except ValueError:
        raise DrawingRefused(_("The drawing has no viewBox.")) from None
    if not (0 < width <= 4000 and 0 < height <= 4000):
        raise DrawingRefused(_("The drawing has no sensible size."))
    return width, height
