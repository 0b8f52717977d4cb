"""What stands a hundred times on a map's page, in Python: a template takes ten times as long.

The words, the escaping and the classes are those of the templates around it.
"""

from functools import lru_cache

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.exports.coverage import STATUS_LABELS

register = template.Library()

_NOTHING = "–"
_BADGES = {
    "good": ("good", "check"),
    "warn": ("warn", "clock"),
    "bad": ("bad", "triangle-alert"),
    "silent": ("muted", "circle-help"),
    "none": ("muted", "minus"),
}


@register.simple_tag
def tile_square(tile) -> SafeString:
    """Draw one tile; the words for those who do not see it stand at the link around it."""
    row = tile.row
    stale = " is-stale" if row.is_stale else ""
    hatch = (
        '<rect class="hatch" fill="url(#hatch-silent)" x="3" y="3" width="94" height="94" rx="10"/>'
        if row.status == "silent"
        else ""
    )
    if row.share is None:
        narrow, wide = _mark(row.status, 25, 25, 50), _mark(row.status, 38, 13, 24)
    else:
        narrow = f'{_mark(row.status, 33, 11, 34)}<text x="50" y="83">{row.share}</text>'
        wide = (
            f'{_mark(row.status, 12, 13, 24)}<text class="tile-n" x="60" y="35">{row.share}</text>'
        )
    heights = (62,) if len(tile.lines) == 1 else (54, *[71] * len(tile.lines))
    names = "".join(
        f'<text class="tile-name" x="50" y="{y}">{conditional_escape(line)}</text>'
        for line, y in zip(tile.lines, heights, strict=False)
    )
    n = row.numerator
    known = "" if n is None else str(n)
    of = f"{known or _NOTHING}/{row.goal}" if row.goal else known
    return mark_safe(  # noqa: S308 (numbers, words of ours, and names that are escaped above)
        f'<g class="tile is-{row.status}{stale}" transform="translate({tile.x} {tile.y})"'
        ' aria-hidden="true"><rect x="3" y="3" width="94" height="94" rx="10"/>'
        f'{hatch}\n<g class="tile-narrow">{narrow}</g>\n<g class="tile-wide">{wide}{names}'
        f'<text class="tile-of" x="50" y="88">{of}</text></g></g>'
    )


@register.simple_tag(takes_context=True)
def coverage_line(context, row, cells) -> SafeString:
    """Write one line of the table beside the map."""
    place = row.place.pk
    name: str = conditional_escape(cells[0])
    if not row.is_common and context["place"].kind != "village":
        link = conditional_escape(f"{context['unit_base']}?place={place}")
        name = f'<a href="{link}{conditional_escape(context["unit_query"])}">{name}</a>'
    language = get_language()
    work = _number(cells[5], language)
    if cells[5] and context.get("work_url"):
        work = f'<a href="{conditional_escape(context["work_url"])}?place={place}">{work}</a>'
    status = "" if row.is_common else badge_of(row.status, language)
    news = _day(cells[6])
    if cells[6] and row.is_stale:
        news += f" {_old_badge(language)}"
    source = _NOTHING if cells[10] is None else conditional_escape(cells[10])
    numbers = [
        f'<td class="number">{_number(cell, language)}</td>' for cell in (*cells[1:4], *cells[7:9])
    ]
    return mark_safe(  # noqa: S308 (numbers, badges of ours, and names that are escaped above)
        f'<tr><th scope="row">{name}</th>{"".join(numbers[:3])}<td>{status}</td>'
        f'<td class="number">{work}</td><td>{news}</td>{"".join(numbers[3:])}'
        f"<td>{_day(cells[9])}</td><td>{source}</td></tr>"
    )


@lru_cache(maxsize=64)
def badge_of(status: str, language: str | None) -> SafeString:
    """Return the badge of a status; there are few, and each stands on the page many times."""
    kind, icon = _BADGES[status]
    values = {"kind": kind, "icon": icon, "label": STATUS_LABELS[status]}
    return render_to_string("components/badge.html", values)


@lru_cache(maxsize=8)
def _old_badge(language: str | None) -> SafeString:
    values = {"kind": "muted", "icon": "clock", "label": _("old figures")}
    return render_to_string("components/badge.html", values)


def _mark(status: str, x: int, y: int, size: int) -> str:
    return (
        f'<use class="sign" href="#sign-{status}" x="{x}" y="{y}" width="{size}" height="{size}"/>'
    )


@lru_cache(maxsize=4096)
def _number(n: int | None, language: str | None) -> str:
    return _NOTHING if n is None else str(format_html("{}", intcomma(n)))


def _day(on) -> str:
    return date_format(on, "SHORT_DATE_FORMAT") if on else _NOTHING
