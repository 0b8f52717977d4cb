"""Small words for the campaign's templates."""

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from campaigns.exports.coverage import MEASURE_LABELS, STATUS_LABELS
from campaigns.views.shared import url_if_there

register = template.Library()

_KINDS = {
    "good": ("good", "check"),
    "warn": ("warn", "clock"),
    "bad": ("bad", "triangle-alert"),
    "silent": ("muted", "circle-help"),
    "none": ("muted", "minus"),
}

# What can be looked at of one campaign at one place: name, words, address, icon, permission.
_SECTIONS = [
    ("coverage", gettext_lazy("Map"), "campaigns:coverage", "map", "campaigns.view_coverage"),
    ("pace", gettext_lazy("Pace"), "campaigns:pace", "chart-column", "campaigns.view_coverage"),
    ("missing", gettext_lazy("Who is missing"), "progress:missing", "user", "progress.enrol"),
    ("work", gettext_lazy("Work"), "campaigns:work", "list-checks", "campaigns.view_workitem"),
    (
        "reports",
        pgettext_lazy("section", "Reports"),
        "campaigns:reports",
        "file-text",
        "campaigns.view_report",
    ),
    (
        "outcomes",
        gettext_lazy("Real outcomes"),
        "campaigns:outcomes",
        "circle-check",
        "campaigns.note_outcome",
    ),
    (
        "breakdown",
        gettext_lazy("By groups"),
        "campaigns:breakdown",
        "users",
        "campaigns.view_coverage",
    ),
    ("targets", gettext_lazy("Targets"), "campaigns:targets", "target", "campaigns.change_target"),
    ("quality", gettext_lazy("Data quality"), "progress:quality", "shield-check", "progress.enrol"),
]


@register.filter
def get(mapping, key):
    """Look a key up; templates cannot."""
    return mapping.get(key, "")


@register.simple_tag
def measure_labels():
    return MEASURE_LABELS


@register.simple_tag
def tile_words(row):
    """Say a tile in words: who hears the page learns what colour, sign and paleness say."""
    values = {
        "place": row.name,
        "n": row.numerator if row.numerator is not None else 0,
        "goal": row.goal,
        "share": row.share,
        "status": STATUS_LABELS[row.status],
    }
    if row.share is not None:
        words = [_("%(place)s: %(n)s of %(goal)s, %(share)s %%, %(status)s") % values]
    elif row.numerator is not None:
        words = [_("%(place)s: %(n)s, %(status)s") % values]
    else:
        words = [_("%(place)s: %(status)s") % values]
    if row.is_stale:
        words.append(stale_words(row))
    if row.is_nobodys:
        words.append(_("nobody is responsible yet"))
    elif row.work:
        words.append(
            ngettext("%(n)s open piece of work", "%(n)s open pieces of work", row.work)
            % {"n": row.work}
        )
    return format_html("{}", "; ".join(words))


@register.simple_tag
def stale_words(row):
    """Say that figures are old, and since when."""
    return _("nothing new since %(day)s") % {"day": date_format(row.news, "SHORT_DATE_FORMAT")}


@register.inclusion_tag("components/badge.html")
def status_badge(status):
    kind, icon = _KINDS[status]
    return {"kind": kind, "icon": icon, "label": STATUS_LABELS[status]}


@register.inclusion_tag("campaigns/_sections.html", takes_context=True)
def campaign_sections(context, current, campaign, place=None):
    """Lead from each screen about a campaign to the others, at the same place."""
    user = context["request"].user
    where = f"?place={place.pk}" if place else ""
    sections = []
    for name, words, address, icon, permission in _SECTIONS:
        url = url_if_there(address, campaign.pk)
        if url and user.has_perm(permission, place or campaign):
            icon_file = f"icons/{icon}.svg"
            sections.append(
                {"words": words, "url": url + where, "icon": icon_file, "current": name == current}
            )
    return {"sections": sections}
