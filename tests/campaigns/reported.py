"""Units that report, and evenings to report about, for the tests of reports."""

import datetime as dt

import time_machine
from django.utils import timezone

from campaigns.models import Target
from campaigns.reports.reporting import Unit, periods_of
from campaigns.services import reporting
from tests.campaigns.facts import came, enrol
from tests.factories import ClassGroupFactory, ClassSessionFactory, ResidentFactory

WORDS = "Đã mở ba lớp buổi tối."


def at_noon(day):
    """Let it be noon of a day."""
    noon = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
    return time_machine.travel(noon, tick=False)


def after(period, days=1):
    """Let it be the day after a period, or a few days later."""
    return at_noon(period.last_day + dt.timedelta(days=days))


def two_weeks_of_class(campaign, village, team):
    """Three learners of a team's class: two came on day 3, one of them and another on day 10.

    Week 1 (days 1–7): enrolled 3, reached 2, evenings 2. Week 2 (8–14): reached 1, evenings 2.
    """
    group = ClassGroupFactory(campaign=campaign, place=village, team=team)
    people = [enrol(campaign, ResidentFactory(village=village), day=2) for _number in range(3)]
    for enrolment in people:
        type(enrolment).objects.filter(pk=enrolment.pk).update(class_group=group)
    third, tenth = (
        ClassSessionFactory(
            class_group=group,
            state="held",
            starts_at=timezone.make_aware(
                dt.datetime.combine(campaign.first_day + dt.timedelta(days=day - 1), dt.time(19))
            ),
        )
        for day in (3, 10)
    )
    for person in people[:2]:
        came(person, 3, third)
    for person in people[1:]:
        came(person, 10, tenth)
    return group, people


def target(campaign, place, indicator="reached", goal=50):
    return Target.objects.create(
        campaign=campaign,
        place=place,
        indicator=indicator,
        goal=goal,
        denominator=goal * 2,
        as_of=campaign.first_day,
        source="Kế hoạch 45/KH-UBND",
    )


def first_week(campaign):
    return periods_of(campaign)[0]


def begun(campaign, unit, period, by):
    with after(period):
        return reporting.begin_report(campaign, unit, period, by=by)


def brought_to(state, campaign, unit, period, *, writer, head, above, days=1):
    """Return a report of a unit that has come to a state in the proper way."""
    with after(period, days):
        report = reporting.begin_report(campaign, unit, period, by=writer)
        reporting.write_report(report, by=writer, narrative=WORDS)
        if state == "draft":
            return _fresh(report)
        reporting.submit_report(report, by=writer)
        if state == "returned":
            reporting.return_report(report, "Thiếu thôn 3", by=head)
        if state in ("approved", "accepted"):
            reporting.approve_report(report, by=head)
        if state == "accepted":
            reporting.accept_report(report, by=above)
    return _fresh(report)


def _fresh(report):
    return type(report).objects.select_related("campaign__place", "team", "place").get(pk=report.pk)


def commune_unit(commune):
    return Unit(commune)
