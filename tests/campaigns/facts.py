"""Learners and evenings for the counters' tests, and their figures worked out the slow way.

Marks are written here without the register's ceremony: these tests are about counting alone.
"""

import datetime as dt
from collections import Counter, defaultdict

from django.db import transaction
from django.utils import timezone

from campaigns.models import MEASURES, CountKind
from campaigns.rules import age_band, group_slot, sex_slot
from campaigns.services import count_new, counting
from people.models import User
from progress.models import Attendance, Enrolment, Mark
from tests.factories import ClassSessionFactory


@transaction.atomic
def enrol(campaign, resident, *, day=1, count=True):
    """Enrol a resident and count it."""
    row = Enrolment.objects.create(
        campaign=campaign,
        resident=resident,
        village=resident.village,
        age_band=age_band(resident.birth_year, campaign.first_day.year),
        sex_slot=sex_slot(resident.sex),
        enrolled_day=day,
    )
    if count:
        count_new(row)
    return row


def came(enrolment, day, session=None):
    """The person was there on a day of the campaign."""
    session = session or session_on(enrolment.campaign, day, enrolment.resident.village)
    with counting([enrolment.pk]) as rows:
        row = rows[enrolment.pk]
        if Attendance.objects.filter(session=session, enrolment=row).exists():
            return
        user, _ = User.objects.get_or_create(username="register")
        mark = Mark.objects.create(
            campaign_id=row.campaign_id,
            session=session,
            enrolment=row,
            status="present",
            observed_at=timezone.now(),
            observed_by=user,
            sent_by=user,
        )
        Attendance.objects.create(
            campaign_id=row.campaign_id,
            session=session,
            enrolment=row,
            status="present",
            mark=mark,
            observed_at=mark.observed_at,
        )
        rows.visit(row, day)
        _derive(row)


def went(enrolment, day, session=None):
    """The mark was a mistake and is taken back."""
    session = session or session_on(enrolment.campaign, day, enrolment.resident.village)
    with counting([enrolment.pk]) as rows:
        row = rows[enrolment.pk]
        gone, _ = Attendance.objects.filter(session=session, enrolment=row).delete()
        if gone:
            rows.visit(row, day, -1)
        _derive(row)


def session_on(campaign, day, village):
    """The evening of a day; made when there is none yet."""
    starts = timezone.make_aware(
        dt.datetime.combine(campaign.first_day + dt.timedelta(days=day - 1), dt.time(19))
    )
    found = campaign.class_groups.filter(sessions__starts_at=starts).first()
    if found:
        return found.sessions.get(starts_at=starts)
    return ClassSessionFactory(
        class_group__campaign=campaign, class_group__place=village, starts_at=starts
    )


def _derive(row):
    days = [session_day(a.session) for a in row.attendances.came().select_related("session")]
    row.first_day, row.evenings = min(days, default=None), len(days)


def session_day(session):
    return session.day


def facts_of(campaign):
    """Recompute every counter of the villages from the rows, one by one."""
    facts = defaultdict(lambda: Counter(dict.fromkeys(MEASURES, 0)))

    def count(row, day, measure):
        for kind, slot in (
            (CountKind.DAY, day),
            (CountKind.GROUP, group_slot(row.age_band, row.sex_slot)),
            (CountKind.LANGUAGE, row.language_slot),
            (CountKind.TEAM, row.team_id or 0),
            (CountKind.AUDIENCE, row.audience),
        ):
            facts[kind, row.village_id, slot][measure] += 1

    for row in Enrolment.objects.filter(campaign=campaign, withdrawn_at=None):
        days = sorted(a.session.day for a in row.attendances.came().select_related("session"))
        count(row, row.enrolled_day, "enrolled")
        for day in days:
            count(row, day, "visits")
        if days:
            count(row, days[0], "reached")
        for measure in ("lessons", "skills"):
            for day in getattr(row, f"{measure[:-1]}_days").split():
                count(row, int(day), measure)
        for measure in ("completed", "certified", "kept"):
            if (day := getattr(row, f"{measure}_day")) is not None:
                count(row, day, measure)
    return facts
