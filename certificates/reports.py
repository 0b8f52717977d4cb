"""Sums over certificates, for homes and for the recount, and what has changed since one."""

import datetime as dt

from django.db.models import Count
from django.db.models.functions import Substr
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from certificates.models import Certificate
from certificates.rules import corrections
from certificates.services import facts_now
from people.rules import shown_birth_year
from places.models import Place


def issued(place: Place, *, campaign: Campaign | None = None) -> int:
    """Return how many certificates stand in a place and below it."""
    return _inside(place, campaign).count()


def issued_below(place: Place, *, campaign: Campaign | None = None) -> dict[int, int]:
    """Return {place id: certificates that stand} of the places directly below ``place``."""
    length = len(place.path) + Place.steplen
    by_path = dict(
        _inside(place, campaign)
        .annotate(branch=Substr("enrolment__village__path", 1, length))
        .values_list("branch")
        .annotate(n=Count("pk"))
        .order_by()
    )
    children = Place.objects.filter(path__in=by_path).values_list("path", "pk")
    return {pk: by_path[path] for path, pk in children if len(path) == length}


def certified_facts(campaign: Campaign) -> dict[int, int]:
    """Return {enrolment id: day of the campaign} of every enrolment whose certificate stands.

    It is what ``Enrolment.certified_day`` must say, of withdrawn enrolments too; all other
    enrolments of the campaign must have none.
    """
    standing = Certificate.objects.valid().filter(campaign=campaign)
    days: dict[dt.date, int] = {}
    return {
        enrolment: days.setdefault(on, campaign.day_number(on))
        for enrolment, on in standing.values_list("enrolment_id", "certified_on").iterator()
    }


def changes_since(certificate: Certificate) -> list[tuple[str, str, str]]:
    """Return (what, as printed, as it is now) of each printed fact that is no longer so."""
    labels = {
        "name": _("Name"),
        "birth_year": _("Year of birth"),
        "village": _("Village"),
        "commune": _("Commune"),
        "province": _("Province"),
        "campaign": _("Campaign"),
        "courses": _("Courses"),
        "evenings": _("Evenings attended"),
        "lessons": _("Lessons passed"),
        "completed_on": _("Completed on"),
        "team": _("Team"),
    }
    now = facts_now(certificate)
    # The year and whether it is approximate are printed as one.
    changed = {name.removesuffix("_is_about") for name in corrections(certificate.facts, now)}
    return [
        (label, _shown(name, certificate.facts), _shown(name, now))
        for name, label in labels.items()
        if name in changed
    ]


def _shown(name, facts):
    value = facts.get(name)
    if name == "birth_year":
        return shown_birth_year(value, facts.get("birth_year_is_about", False)) or "—"
    if name == "completed_on":
        return date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(value, list):
        return " · ".join(value) or "—"
    return "—" if value in (None, "") else str(value)


def _inside(place, campaign):
    rows = Certificate.objects.valid().filter(enrolment__village__path__startswith=place.path)
    return rows.filter(campaign=campaign) if campaign else rows
