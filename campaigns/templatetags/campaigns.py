"""Small words for the campaign's templates."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from campaigns.exports.coverage import MEASURE_LABELS, STATUS_LABELS

register = template.Library()

_KINDS = {
    "good": ("good", "check"),
    "warn": ("warn", "clock"),
    "bad": ("bad", "triangle-alert"),
    "silent": ("muted", "circle-help"),
    "none": ("muted", "minus"),
}


@register.filter
def get(mapping, key):
    """Look a key up; templates cannot."""
    return mapping.get(key, "")


@register.simple_tag
def measure_labels():
    return MEASURE_LABELS


@register.simple_tag
def tile_words(row):
    """Say a tile in words: who hears the page learns what the colour says."""
    values = {
        "place": row.place.full_name,
        "n": row.numerator if row.numerator is not None else 0,
        "goal": row.goal,
        "share": row.share,
        "status": STATUS_LABELS[row.status],
    }
    if row.share is not None:
        text = _("%(place)s: %(n)s of %(goal)s, %(share)s %%, %(status)s") % values
    elif row.numerator is not None:
        text = _("%(place)s: %(n)s, %(status)s") % values
    else:
        text = _("%(place)s: %(status)s") % values
    return format_html("{}", text)


@register.inclusion_tag("components/badge.html")
def status_badge(status):
    kind, icon = _KINDS[status]
    return {"kind": kind, "icon": icon, "label": STATUS_LABELS[status]}
