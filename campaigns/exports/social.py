"""The picture that stands beside the address of a public page, wherever somebody sends it."""

import io
from functools import cache

from django.conf import settings
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from campaigns.reports.public import PublicPage
from campaigns.rules.disclosure import STEP

SIZE = (1200, 630)
PAPER, INK, SOFT, GREEN, RED, PALE = (
    "#fffdf6",
    "#17352a",
    "#52655c",
    "#1f6b4a",
    "#b3261e",
    "#dfe5da",
)
_FONTS = settings.BASE_DIR / "people" / "fonts"


def social_card(page: PublicPage) -> bytes:
    """Draw a campaign's name, its day and how many have come, as a PNG of 1200 × 630."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    campaign = page.campaign
    draw.rectangle((0, 0, 18, SIZE[1]), fill=RED)
    draw.text((70, 54), "Trăm Ngày", font=_font(True, 34), fill=GREEN)
    y = 116
    for line in _lines(campaign.name, 62, 640, 3):
        draw.text((70, y), line, font=_font(True, 62), fill=INK)
        y += 76
    draw.text((70, y + 4), capfirst(campaign.place.full_name), font=_font(False, 38), fill=SOFT)
    n = page.totals["reached"]
    value = number_format(n, use_l10n=True, force_grouping=True) if n >= STEP else _("under 5")
    draw.text((70, 430), value, font=_font(True, 96), fill=GREEN)
    draw.text((70, 540), _("people have come to class"), font=_font(False, 36), fill=SOFT)
    _days(draw, page.day, campaign.length)
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _days(draw, day, length):
    """A dot for each hundredth of the campaign: the past ones green, today red."""
    left, top, gap = 776, 96, 37
    today = (day * 100 + length - 1) // length
    for number in range(1, 101):
        row, column = divmod(number - 1, 10)
        x, y = left + column * gap, top + row * gap
        colour = GREEN if number < today else RED if number == today else PALE
        draw.ellipse((x - 12, y - 12, x + 12, y + 12), fill=colour)
    words = _("Day %(day)s of %(length)s") % {"day": day, "length": length}
    draw.text((left - 12, 540), words, font=_font(True, 40), fill=INK)


def _lines(words, size, width, most):
    """Break words into lines that fit; what does not fit into ``most`` lines is cut."""
    font, lines = _font(True, size), [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return lines


@cache
def _font(bold, size):
    weight = "SemiBold" if bold else "Regular"
    return ImageFont.truetype(_FONTS / f"TramNgayPaper-{weight}.ttf", size)
