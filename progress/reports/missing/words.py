"""What can be sent to people who are missing: polite, complete, and the same for everybody.

Always in Vietnamese, and without anybody's name: it goes to many telephones.
"""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Campaign, ClassSession, Membership
from people.rules import shown_phone
from places.models import Place
from progress.reports.missing.kinds import MissingKind


def invitation(kind: str, campaign: Campaign, place: Place) -> str:
    """Return the words for a message to the people of a place who are missing in this sense."""
    with translation.override("vi"):
        lines = [_opening(kind)]
        session = _next_evening(campaign, place)
        if session and kind not in (MissingKind.UNCERTIFIED, MissingKind.RECHECK):
            lines += _when_and_where(session)
        if kind in (MissingKind.UNREACHED, MissingKind.NEVER_CAME):
            lines.append(_("It is free of charge, and you are helped step by step."))
        lines.append(_whom_to_ask(session, place))
        return "\n".join(line for line in lines if line)


def _opening(kind):
    return {
        MissingKind.UNREACHED: _("Dear neighbour, you are invited to the class on your telephone."),
        MissingKind.NEVER_CAME: _(
            "Dear neighbour, you have signed up for the class and we look forward to seeing you."
        ),
        MissingKind.ABSENT: _(
            "Dear neighbour, we missed you at the last two evenings and hope that you are well."
        ),
        MissingKind.NEAR: _(
            "Dear neighbour, you have nearly finished: only one step is missing. "
            "Come and finish it!"
        ),
        MissingKind.UNCERTIFIED: _(
            "Dear neighbour, you have completed the class. Your certificate is being prepared; "
            "please check your name and year of birth with us."
        ),
        MissingKind.RECHECK: _(
            "Dear neighbour, may we come by for ten minutes, to see whether everything works?"
        ),
    }[MissingKind(kind)]


def _next_evening(campaign, place) -> ClassSession | None:
    """Return the next evening in the place, or else in its commune."""
    ahead = (
        ClassSession.objects.ahead()
        .filter(campaign=campaign)
        .select_related("class_group__venue", "class_group__place", "class_group__team")
        .order_by("starts_at", "pk")
    )
    here = ahead.filter(class_group__place__path__startswith=place.path).first()
    commune = place.commune
    if here or commune is None:
        return here
    return ahead.filter(class_group__place__path__startswith=commune.path).first()


def _when_and_where(session):
    begins = timezone.localtime(session.starts_at)
    group = session.class_group
    house = [group.venue.name, group.venue.address] if group.venue else []
    when = f"{begins:%H:%M}, {date_format(begins, 'l').lower()} {begins:%d/%m}"
    where = ", ".join(filter(None, [*house, group.place.full_name]))
    return [
        _("When: %(when)s") % {"when": when},
        _("Where: %(where)s") % {"where": where},
    ]


def _whom_to_ask(session, place):
    members = Membership.objects.current().filter(leads=True).exclude(phone="").order_by("name")
    leader = (
        members.filter(team=session.class_group.team_id).first()
        if session
        else members.filter(team__place__path__startswith=(place.commune or place).path).first()
    )
    if leader is None:
        return _("Questions? Ask the digital team of your village.")
    return _("Questions? Call %(name)s, %(phone)s.") % {
        "name": leader.name,
        "phone": shown_phone(leader.phone),
    }
