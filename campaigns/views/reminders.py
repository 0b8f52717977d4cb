"""Reminding volunteers: words to paste, a QR to hang up, and channels that send by themselves."""

import segno
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Reminder, Turn
from campaigns.services import message_for, notice_for, reason_words, remind, sending_channels
from campaigns.views.shared import require
from campaigns.views.turns import crumbs_of_occasion, occasion_for, occasion_url


def reminders(request, kind, pk):
    """The message for one evening or shift, and who was reminded how."""
    occasion = occasion_for(request.user, kind, pk)
    require(request.user, "campaigns.plan_shifts", occasion)
    ways = sending_channels()
    if request.method == "POST":
        if request.POST.get("channel") not in {way.name for way in ways}:
            raise Http404
        _remind(request, occasion, request.POST["channel"])
        return redirect(request.path)
    notice = notice_for(occasion)
    turns = list(
        occasion.turns.filter(state__in=[Turn.State.OFFERED, Turn.State.ACCEPTED]).select_related(
            "membership__user"
        )
    )
    context = {
        "occasion": occasion,
        "text": message_for(occasion),
        "notice": notice,
        "qr": _qr(notice),
        "ways": [
            {
                "channel": way,
                "is_on": way.is_on(),
                "reachable": sum(bool(way.address_of(turn.membership)) for turn in turns),
            }
            for way in ways
        ],
        "expected": len(turns),
        "sent": _sent(occasion, ways),
        "back": occasion_url(occasion),
        "crumbs": crumbs_of_occasion(occasion, (_("Remind"), "")),
    }
    return render(request, "campaigns/remind.html", context)


def _remind(request, occasion, channel):
    try:
        asked = remind(occasion, channel, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return
    if asked.queued:
        words = ngettext(
            "%(n)s reminder is on its way.", "%(n)s reminders are on their way.", asked.queued
        )
        messages.success(request, words % {"n": asked.queued})
    elif asked.already:
        messages.info(request, _("Everybody who can be reached this way was reminded already."))
    else:
        messages.warning(request, _("Nobody can be reached this way."))


def _sent(occasion, ways):
    """Return (name, channel, state, why not) of the reminders of this occasion."""
    labels = {way.name: way.label for way in ways}
    return [
        (
            reminder.membership.name,
            labels.get(reminder.channel, reminder.channel),
            reminder,
            reason_words(reminder.failed_because) if reminder.failed_because else "",
        )
        for reminder in Reminder.objects.filter(turn__in=occasion.turns.all())
        .select_related("membership")
        .order_by("channel", "membership__name", "pk")
    ]


def _qr(text):
    """Draw the words themselves: read without network and without an account."""
    try:
        code = segno.make(text, error="l", micro=False)
    except segno.DataOverflowError:
        return ""
    drawn = code.svg_inline(scale=4, border=3, light="#fff", svgclass="qr", lineclass=None)
    # Made of the dots of the code alone; nobody's words stand in it.
    return mark_safe(drawn)  # noqa: S308
