"""The demo's reports: on time, late, sent back, accepted, and those that never came."""

import datetime as dt
import random

from campaigns.models import Campaign, Report
from campaigns.reports.reporting import Unit, periods_of, rows_now
from campaigns.services import change_campaign
from campaigns.services.reporting import (
    accept_report,
    approve_report,
    begin_report,
    return_report,
    submit_report,
    write_report,
)
from lms.demo import words
from lms.demo.clock import at, clock_of
from people.models import User

# Of a hundred communes, so many report about the last month, and about the one before.
REPORTING = (50, 20)
# Nothing happened since.
JUST_NOW = dt.timedelta(hours=3)


def reports_of_communes(
    campaign: Campaign,
    heads: dict[str, User],
    above: User,
    rng: random.Random,
    now: dt.datetime,
) -> None:
    """Communes report by month: some late, some sent back, and a few never."""
    campaign = change_campaign(campaign, by=above, report_every=Campaign.ReportEvery.MONTH)
    over = _over(campaign, now)
    groups = campaign.class_groups.select_related("place").order_by("place__path")
    communes = [commune for group in groups if (commune := group.place.commune)]
    for period, share in zip(reversed(over), REPORTING, strict=False):
        for place in rng.sample(communes, len(communes) * share // 100):
            by = heads[place.path]
            _report(campaign, Unit(place), period, rng, now, writer=by, head=by, above=above)


def reports_of_teams(
    campaign: Campaign, staff: dict[str, User], rng: random.Random, now: dt.datetime
) -> None:
    """Teams report by week to the commune, and the commune to the province."""
    over = _over(campaign, now)
    teams = [
        Unit(group.team.place, group.team)
        for group in campaign.class_groups.select_related("team__place").order_by("pk")
    ]
    for number, period in enumerate(over):
        for unit in teams:
            if rng.random() < 0.84:
                _report(
                    campaign,
                    unit,
                    period,
                    rng,
                    now,
                    writer=staff["totruong"],
                    head=staff["totruong"],
                    above=staff["xa"],
                )
        if number < len(over) - 1:
            _report(
                campaign,
                Unit(campaign.place),
                period,
                rng,
                now,
                writer=staff["xa"],
                head=staff["xa"],
                above=staff["tinh"],
                is_fine=True,
            )


def _over(campaign, now):
    """The periods that were over some hours ago, when the last report came."""
    then = (now - JUST_NOW).date()
    return [period for period in periods_of(campaign) if period.is_over(then)]


def _report(campaign, unit, period, rng, now, *, writer, head, above, is_fine=False) -> Report:
    """One report on its way: written, handed in, sent up, and accepted or sent back."""
    fate = 0 if is_fine else rng.random()
    # Most are on time, a tenth comes some days late.
    days = rng.randint(1, 2) if rng.random() < 0.9 or is_fine else rng.randint(3, 5)
    moment = min(
        clock_of(period.last_day + dt.timedelta(days=days), rng.randint(8, 16)),
        now - JUST_NOW,
    )
    with at(moment):
        report = begin_report(campaign, unit, period, by=writer)
        said: dict = {
            "narrative": rng.choice(words.NARRATIVES),
            "difficulties": rng.choice(words.DIFFICULTIES),
            "proposals": rng.choice(words.PROPOSALS),
        }
        if fate > 0.85:
            counted = {row["key"]: row["period"] for row in rows_now(campaign, unit, period)}
            said["declared"] = {"reached": counted["reached"] + 2}
            said["explanations"] = {"reached": rng.choice(words.WHY_DIFFERENT)}
        report = write_report(report, by=writer, **said)
        report = submit_report(report, by=writer)
        if fate < 0.93:
            report = approve_report(report, by=head)
    with at(min(moment + dt.timedelta(hours=26), now - dt.timedelta(minutes=40))):
        if fate < 0.8:
            report = accept_report(report, by=above)
        elif fate > 0.95:
            report = approve_report(report, by=head)
            report = return_report(report, rng.choice(words.RETURNED), by=above)
    return report
