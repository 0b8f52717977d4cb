"""What stands on the paper of a report, in the order of decree 30/2020/NĐ-CP.

PDF and DOCX are both made of this, so they say the same. The paper is an administrative one: it
is in Vietnamese whatever language the reader's screen has.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps

from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Report, ReportEvent
from campaigns.reports.papers import paper_words
from campaigns.reports.reporting import differences, figures_now, label_of, period_of, unit_of
from campaigns.rules.reporting import WHOLE

NATION = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class PaperTable:
    """A table with a heading; cells that are numbers stand right."""

    heading: str
    columns: list[str]
    rows: list[list]
    # Too many columns for an upright page.
    is_wide: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the text: its heading, its paragraphs, and what is set between them."""

    heading: str
    paragraphs: list[str] = field(default_factory=list)
    table: PaperTable | None = None
    notes: list[str] = field(default_factory=list)
    # {indicator: (label, sums by day)}, drawn as curves.
    curves: Mapping[str, tuple[str, list[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Appendix:
    """Tables behind the signature."""

    number: str
    title: str
    tables: list[PaperTable]


@dataclass(frozen=True)
class ReportPaper:
    """One report as it is printed."""

    organ_above: str
    organ: list[str]
    number: str
    place_and_day: str
    title: str
    subject: str
    bases: list[str]
    opening: str
    sections: list[Section]
    closing: str
    recipients: list[str]
    signer: list[str]
    signer_name: str
    appendices: list[Appendix]
    attached_to: str
    # Said on top of what is not sent yet.
    is_draft: bool
    length: int
    # To whose even pace the curves are compared.
    goal: int | None


def in_vietnamese(make: Callable) -> Callable:
    """Let what a function writes be Vietnamese."""

    @wraps(make)
    def made(*args, **kwargs):
        with translation.override("vi"):
            return make(*args, **kwargs)

    return made


def shown(value) -> str:
    """Return what stands in a cell: numbers with their thousands apart, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return number_format(value, use_l10n=True, force_grouping=True)
    return str(value)


@in_vietnamese
def paper_of(report: Report, *, names_teams: bool = True) -> ReportPaper:
    """Return what stands on a report's paper: the frozen figures, or today's of a draft.

    Without ``names_teams`` a commune's paper does not say which of its teams reported.
    """
    unit, period = unit_of(report), period_of(report)
    is_open = report.state in (Report.State.DRAFT, Report.State.RETURNED)
    figures = figures_now(report.campaign, unit, period) if is_open else report.figures
    # What was handed in before these words were frozen has none.
    words = (None if is_open else figures.get("paper")) or paper_words(
        report.campaign, unit, period
    )
    is_whole = report.period == WHOLE
    approved = report.events.filter(verb=ReportEvent.Verb.APPROVED).last()
    on = timezone.localtime(approved.at).date() if approved and not is_open else None
    number = report.number or _blank_number(unit)
    return ReportPaper(
        organ_above=words["above"].upper() if unit.team else "",
        organ=[words["unit"].upper()]
        if unit.team
        else [_("People’s Committee").upper(), words["place"].upper()],
        number=_("No.: %(number)s") % {"number": number},
        place_and_day=f"{words['seat']}, {_day(on)}",
        title=pgettext("paper", "Report").upper(),
        subject=_subject(words, period),
        bases=[_("On the basis of %(source)s;") % {"source": one} for one in words["sources"]],
        opening=_("%(unit)s reports on the results of “%(campaign)s” as follows:")
        % {"unit": words["self"], "campaign": words["campaign"]},
        sections=_sections(report, figures, is_whole),
        closing=_("This is the report of %(unit)s./.") % {"unit": words["self"]},
        recipients=_recipients(unit, words),
        signer=[_("Head of the team").upper()]
        if unit.team
        else [_("For the People’s Committee").upper(), _("Chairperson").upper()],
        signer_name=words["head"],
        appendices=_appendices(figures, unit, is_whole, names_teams=names_teams),
        attached_to=_("(Attached to report %(number)s, %(day)s of %(unit)s)")
        % {"number": number, "day": _day(on), "unit": words["self"]},
        is_draft=report.state not in (Report.State.APPROVED, Report.State.ACCEPTED),
        length=words["length"],
        goal=next((row["goal"] for row in figures["rows"] if row["key"] == "reached"), None),
    )


def _blank_number(unit) -> str:
    return "……/BC-TCNS" if unit.team else "……/BC-UBND"


def _day(on: dt.date | None) -> str:
    """Return a date as the decree wants it: days below 10 and months below 3 with a nought."""
    if on is None:
        return "ngày …… tháng …… năm ……"
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    return f"ngày {on.day:02} tháng {month} năm {on.year}"


def _subject(paper, period):
    words = {
        "campaign": paper["campaign"],
        "number": paper["number"],
        "first": f"{period.first_day:%d/%m/%Y}",
        "last": f"{period.last_day:%d/%m/%Y}",
    }
    if period.kind == WHOLE:
        return _("Summing up of “%(campaign)s” (from %(first)s to %(last)s)") % words
    return {
        "week": _("Results of “%(campaign)s”, week %(number)s (from %(first)s to %(last)s)"),
        "fortnight": _(
            "Results of “%(campaign)s”, fortnight %(number)s (from %(first)s to %(last)s)"
        ),
        "month": _("Results of “%(campaign)s”, month %(number)s (from %(first)s to %(last)s)"),
    }[period.kind] % words


def _sections(report, figures, is_whole) -> list[Section]:
    rows, activity = figures["rows"], figures["activity"]
    labels = {row["key"]: capfirst(label_of(row)) for row in rows}
    found = [
        Section(
            _("I. RESULTS"),
            [*_paragraphs(report.narrative), _activity(activity)],
            _own_table(rows, report.declared),
            [*_why(rows, report), _counted_at(figures)],
            {
                key: (labels[key], sums)
                for key, sums in figures["curves"].items()
                if key in labels and any(sums)
            },
        ),
        Section(_("II. DIFFICULTIES"), _paragraphs(report.difficulties) or [_("None.")]),
        Section(_("III. PROPOSALS"), _paragraphs(report.proposals) or [_("None.")]),
    ]
    if is_whole:
        found.insert(1, Section(_("WHAT REMAINS"), _remains(rows)))
        romans = ("I", "II", "III", "IV")
        found = [
            Section(
                f"{roman}. {section.heading.split('. ', 1)[-1]}",
                section.paragraphs,
                section.table,
                section.notes,
                section.curves,
            )
            for roman, section in zip(romans, found, strict=True)
        ]
    return found


def _paragraphs(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


def _activity(activity) -> str:
    return _(
        "In the period %(held)s class evenings were held and %(cancelled)s called off; "
        "%(done)s work items were finished, %(overdue)s are overdue."
    ) % {
        "held": shown(activity["held"]),
        "cancelled": shown(activity["cancelled"]),
        "done": shown(activity["work_done"]),
        "overdue": shown(activity["work_overdue"]),
    }


def _own_table(rows, declared) -> PaperTable:
    return PaperTable(
        _("Figures of the period"),
        [
            _("No."),
            pgettext("report", "Figure"),
            _("New in the period"),
            _("Our own count"),
            _("Total"),
            _("Goal"),
            _("% of the goal"),
        ],
        [
            [
                number,
                capfirst(label_of(row)),
                row["period"],
                declared.get(row["key"]),
                row["total"],
                row["goal"],
                row["share"],
            ]
            for number, row in enumerate(rows, start=1)
        ],
    )


def _why(rows, report) -> list[str]:
    return [
        _("%(figure)s: counted %(counted)s, our own count %(own)s, because: %(why)s")
        % {
            "figure": capfirst(label_of(row)),
            "counted": shown(row["period"]),
            "own": shown(report.declared[row["key"]]),
            "why": report.explanations.get(row["key"], "…"),
        }
        for row in differences(rows, report.declared)
    ]


def _counted_at(figures) -> str:
    at = timezone.localtime(dt.datetime.fromisoformat(figures["at"]))
    return _(
        "Figures counted by the system from registers, lessons and outcomes, as of %(at)s."
    ) % {"at": f"{at:%H:%M %d/%m/%Y}"}


def _remains(rows) -> list[str]:
    lines = [
        _("%(figure)s: %(total)s of %(goal)s; %(left)s remain.")
        % {
            "figure": capfirst(label_of(row)),
            "total": shown(row["total"]),
            "goal": shown(row["goal"]),
            "left": shown(max(row["goal"] - row["total"], 0)),
        }
        for row in rows
        if row["goal"]
    ]
    return lines or [_("No targets were set.")]


def _recipients(unit, words) -> list[str]:
    if unit.tier == "team":
        return [f"- {words['above']};", "- " + _("Files: the team.")]
    if unit.tier == "commune":
        return [f"- {words['above']};", "- " + _("Files: office.")]
    return ["- " + _("People’s Committees of communes and wards;"), "- " + _("Files: office.")]


def _appendices(figures, unit, is_whole, *, names_teams) -> list[Appendix]:
    found = [
        _classes(figures) if unit.team else None,
        None if unit.team else _by_unit(figures, is_whole),
        None if unit.team else _towards_goals(figures),
        _punctual(figures, is_whole) if names_teams or unit.tier == "province" else None,
    ]
    numbers = ("I", "II", "III", "IV")
    return [
        Appendix(number, title, tables)
        for number, (title, tables) in zip(numbers, filter(None, found), strict=False)
    ]


def _classes(figures):
    rows = [
        [number, group["name"], group["place"], group["held"], group["cancelled"]]
        for number, group in enumerate(figures["units"], start=1)
    ]
    columns = [_("No."), _("Class"), _("Place"), _("Evenings held"), _("Called off")]
    return (_("CLASSES OF THE TEAM"), [PaperTable("", columns, rows)]) if rows else None


def _by_unit(figures, is_whole):
    units, rows = figures["units"], figures["rows"]
    if not units:
        return None
    columns = [_("No."), pgettext("report", "Unit"), *(capfirst(label_of(row)) for row in rows)]

    def table(heading, which):
        lines = [
            [number, unit["name"], *(unit["figures"][row["key"]][which] for row in rows)]
            for number, unit in enumerate(units, start=1)
        ]
        # Who is counted in no unit below (the commune's own livestream) stands in the sum alone.
        together = ["", pgettext("report", "Together"), *(row[which] for row in rows)]
        return PaperTable(heading, columns, [*lines, together], is_wide=True)

    tables = [table(_("Total since the first day"), "total")]
    if not is_whole:
        tables.insert(0, table(_("New in the period"), "period"))
    return _("RESULTS UNIT BY UNIT"), tables


def _towards_goals(figures):
    units = figures["units"]
    tables = []
    for row in figures["rows"]:
        found = [(unit["name"], unit["figures"][row["key"]]) for unit in units]
        lines = [
            [
                number,
                name,
                counted["total"],
                counted["goal"],
                counted["total"] * 100 // counted["goal"],
                max(counted["goal"] - counted["total"], 0),
            ]
            for number, (name, counted) in enumerate(
                ((name, counted) for name, counted in found if counted["goal"]), start=1
            )
        ]
        if lines:
            columns = [
                _("No."),
                pgettext("report", "Unit"),
                _("Total"),
                _("Goal"),
                _("% of the goal"),
                _("Still to reach"),
            ]
            tables.append(PaperTable(capfirst(label_of(row)), columns, lines))
    return (_("TOWARDS THE TARGETS"), tables) if tables else None


_PUNCTUAL = {
    "on_time": lambda: pgettext("report", "on time"),
    "late": lambda: pgettext("report", "late"),
    "missing": lambda: pgettext("report", "missing"),
    "open": lambda: pgettext("report", "still in time"),
    "running": lambda: pgettext("report", "period runs"),
}


def _punctual(figures, is_whole):
    found = figures.get("reports", [])
    if not found:
        return None
    if is_whole:
        columns = [
            _("No."),
            pgettext("report", "Unit"),
            _("On time"),
            pgettext("report", "Late"),
            pgettext("report", "Missing"),
            _("% on time"),
        ]
        rows = [
            [number, item["unit"], *item["counts"], item["rate"]]
            for number, item in enumerate(found, start=1)
        ]
    else:
        columns = [_("No."), pgettext("report", "Unit"), pgettext("paper", "Report")]
        rows = [
            [number, item["unit"], capfirst(_PUNCTUAL[item["status"]]())]
            for number, item in enumerate(found, start=1)
        ]
    return _("REPORTS FROM THE TIER BELOW"), [PaperTable("", columns, rows)]
