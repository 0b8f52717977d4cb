"""What a team is told about an evening or a shift: polite, complete, ready to be pasted.

Always in Vietnamese: it goes to volunteers, not to whoever looks at the screen.
"""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import ClassSession, Shift, Turn
from campaigns.services.channels import Letter
from people.rules import shown_phone


def message_for(occasion: ClassSession | Shift) -> str:
    """Return the words for the team's chat about one evening or shift."""
    with translation.override("vi"):
        turns = list(
            occasion.turns.standing().select_related("membership").order_by("asked_at", "pk")
        )
        coming = [turn.membership.name for turn in turns if turn.state in Turn.COUNTED]
        asked = [turn.membership.name for turn in turns if turn.state == Turn.State.OFFERED]
        lines = [_("Reminder: %(what)s") % {"what": _what(occasion)}, *_facts(occasion)]
        if coming:
            lines.append(_("Coming: %(names)s") % {"names": ", ".join(coming)})
        if asked:
            lines.append(_("Please answer: %(names)s") % {"names": ", ".join(asked)})
        missing = missing_at(occasion, len(coming))
        if missing:
            lines.append(
                ngettext(
                    "We still need %(n)s more person; who can come, please?",
                    "We still need %(n)s more people; who can come, please?",
                    missing,
                )
                % {"n": missing}
            )
        lines += [_bring(occasion), _whom_to_tell(occasion)]
        return "\n".join(lines)


def notice_for(occasion: ClassSession | Shift) -> str:
    """Return what may hang where anybody reads it: what, when and where, and nobody's name."""
    with translation.override("vi"):
        return "\n".join([capfirst(_what(occasion)), *_facts(occasion)])


def letter_for(turn: Turn, reference: str) -> Letter:
    """Return what one volunteer is told about his or her own turn."""
    with translation.override("vi"):
        occasion = turn.occasion
        what = _what(occasion)
        opening = (
            _("Dear %(name)s, could you come? %(what)s")
            if turn.state == Turn.State.OFFERED
            else _("Dear %(name)s, a reminder: %(what)s")
        )
        lines = [
            opening % {"name": turn.membership.name, "what": what},
            *_facts(occasion),
            _bring(occasion),
            _whom_to_tell(occasion),
        ]
        parts = {
            "name": turn.membership.name,
            "what": what,
            "when": _when(occasion),
            "where": _place(occasion),
        }
        return Letter(reference, f"{what}, {_when(occasion)}", "\n".join(lines), parts)


def missing_at(occasion: ClassSession | Shift, coming: int) -> int:
    """Return how many are still missing; an evening asks for no number."""
    return max(0, occasion.needed - coming) if isinstance(occasion, Shift) else 0


def _what(occasion):
    if isinstance(occasion, Shift):
        return str(occasion.get_kind_display())
    return occasion.class_group.name


def _when(occasion):
    begins, ends = timezone.localtime(occasion.starts_at), timezone.localtime(occasion.ends_at)
    day = date_format(begins, "l").lower()
    return f"{begins:%H:%M}–{ends:%H:%M} {day} {begins:%d/%m/%Y}"


def _place(occasion):
    venue = occasion.venue if isinstance(occasion, Shift) else occasion.class_group.venue
    house = [venue.name, venue.address] if venue else []
    return ", ".join(filter(None, [*house, occasion.place.full_name]))


def _facts(occasion):
    lines = [
        _("When: %(when)s") % {"when": _when(occasion)},
        _("Where: %(where)s") % {"where": _place(occasion)},
    ]
    if isinstance(occasion, ClassSession) and occasion.lesson:
        lines.append(_("Lesson: %(title)s") % {"title": occasion.lesson.title})
    return lines


def _bring(occasion):
    if isinstance(occasion, ClassSession):
        return _("Please bring: a charged telephone, the paper register, the lesson sheets.")
    if occasion.kind == Shift.Kind.VISIT:
        return _("Please bring: a charged telephone, the list of people to visit, lesson sheets.")
    return _("Please bring: a charged telephone, a pen and the notebook of the shift.")


def _whom_to_tell(occasion):
    team = occasion.team if isinstance(occasion, Shift) else occasion.class_group.team
    leader = team.memberships.current().filter(leads=True).order_by("name").first()
    if leader is None:
        return capfirst(_("whoever cannot come, please say so early. Thank you!"))
    phone = f" ({shown_phone(leader.phone)})" if leader.phone else ""
    return _(
        "Whoever cannot come, please tell %(name)s%(phone)s early, so that somebody can stand in. "
        "Thank you!"
    ) % {"name": leader.name, "phone": phone}
