"""Small words for the screens and papers of reports."""

import datetime as dt
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.exports.coverage import STATUS_LABELS
from campaigns.reports.punctual import period_name, period_words
from campaigns.reports.reporting import label_of

register = template.Library()

register.filter("period_words", period_words)
register.filter("period_head", period_name)
register.filter("label_of", label_of)

# status of a cell: (kind of badge, icon, words)
_CELLS = {
    "on_time": ("good", "check", pgettext_lazy("report", "on time")),
    "late": ("warn", "clock", pgettext_lazy("report", "late")),
    "missing": ("bad", "triangle-alert", pgettext_lazy("report", "missing")),
    "open": ("info", "calendar-clock", pgettext_lazy("report", "still in time")),
    "running": ("muted", "circle-dashed", pgettext_lazy("report", "period runs")),
    "none": ("muted", "minus", pgettext_lazy("report", "none due")),
}
_STATES = {
    "draft": ("muted", "pencil"),
    "submitted": ("info", "upload"),
    "approved": ("info", "arrow-up"),
    "accepted": ("good", "lock"),
    "returned": ("warn", "undo-2"),
}
STEP_WORDS = {
    "submit": gettext_lazy("Hand in"),
    "withdraw": gettext_lazy("Take back"),
    "approve": gettext_lazy("Approve and send up"),
    "return": gettext_lazy("Send back"),
    "accept": gettext_lazy("Accept and lock"),
    "reopen": gettext_lazy("Open again"),
}
STEP_ICONS = {
    "submit": "upload",
    "withdraw": "undo-2",
    "approve": "arrow-up",
    "return": "undo-2",
    "accept": "lock",
    "reopen": "key-round",
}


@lru_cache(maxsize=128)
def _badge(kind: str, icon: str, words: str) -> str:
    """Draw a badge once: a province's table holds two thousand of a dozen kinds."""
    return render_to_string("components/badge.html", {"kind": kind, "icon": icon, "label": words})


@register.simple_tag
def cell_badge(status):
    kind, icon, words = _CELLS[status]
    return _badge(kind, icon, str(words))


@register.simple_tag
def report_badge(report):
    return _badge(*_STATES[report.state], str(report.get_state_display()))


@register.filter
def step_words(verb):
    return STEP_WORDS[verb]


@register.filter
def step_icon(verb):
    return f"icons/{STEP_ICONS[verb]}.svg"


@register.filter
def event_icon(event):
    icons = {"begun": "pencil", "reminded": "bell", "submitted": "upload", "approved": "arrow-up"}
    icons |= {"returned": "undo-2", "withdrawn": "undo-2", "accepted": "lock"}
    return f"icons/{icons.get(event.verb, 'key-round')}.svg"


@register.filter
def status_words(status):
    return STATUS_LABELS[status]


@register.filter
def figure(number):
    """Write a number as the language does, with its thousands apart; nothing is a dash."""
    return "–" if number is None else number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def as_time(text):
    """Read a frozen moment again."""
    return dt.datetime.fromisoformat(text)


@register.filter
def is_number(value):
    return isinstance(value, int)
