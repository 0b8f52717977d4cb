"""A report on paper: A4, in the layout of decree 30/2020/NĐ-CP."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from campaigns.exports.report_paper import in_vietnamese, paper_of
from campaigns.models import Report
from campaigns.pdf.curves import curves_svg, key_svg, pace_key_svg
from campaigns.reports.reporting import CURVES
from people.pdf import render


@in_vietnamese
def report_pdf(report: Report) -> bytes:
    """Return the paper of a report: frozen figures, signature block, appendices."""
    paper = paper_of(report)
    files: dict[str, tuple[str, bytes]] = {}
    for number, section in enumerate(paper.sections):
        if section.curves:
            goal = _goal(report, section.curves)
            drawing = curves_svg(section.curves, paper.length, goal)
            files[f"file:curves-{number}.svg"] = ("image/svg+xml", drawing)
            files["file:pace.svg"] = ("image/svg+xml", pace_key_svg())
            for place in range(len(section.curves)):
                files[f"file:key-{place}.svg"] = ("image/svg+xml", key_svg(place))
    html = render_to_string(
        "campaigns/paper/report.html",
        {
            "paper": paper,
            "has_pace": _has_goal(report),
            "strokes": [_("solid line"), _("dashed line"), _("dotted line")],
        },
    )
    return render(html, css=render_to_string("campaigns/paper/report.css"), files=files)


def _goal(report, curves):
    """Return the goal to whose pace the curves are compared: that of who came, if drawn."""
    if "reached" not in curves:
        return None
    return next(
        (row["goal"] for row in report.figures.get("rows", []) if row["key"] == "reached"), None
    )


def _has_goal(report):
    return bool(_goal(report, dict.fromkeys(CURVES)))
