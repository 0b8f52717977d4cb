"""How figures for strangers are said."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.translation import gettext as _

from campaigns.exports.coverage import STATUS_LABELS
from campaigns.rules.disclosure import STEP

register = template.Library()


@register.filter
def told(n):
    """Say a told figure: 0 stands for under 5."""
    return intcomma(n) if n and n >= STEP else _("under 5")


@register.simple_tag
def told_tile(row):
    """Say a tile of the public map in words."""
    values = {
        "place": row.place.full_name,
        "n": told(row.numerator),
        "goal": row.goal,
        "status": STATUS_LABELS[row.status],
    }
    if row.goal:
        return format_html("{}", _("%(place)s: %(n)s of %(goal)s, %(status)s") % values)
    return format_html("{}", _("%(place)s: %(n)s") % values)
