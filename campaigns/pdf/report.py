"""A report on paper: A4, in the layout of decree 30/2020/NĐ-CP."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from campaigns.exports.report_paper import MOTTO, NATION, in_vietnamese, paper_of
from campaigns.models import Report
from campaigns.pdf.curves import curves_svg, key_svg, pace_key_svg
from people.pdf import render


@in_vietnamese
def report_pdf(report: Report, *, names_teams: bool = True) -> bytes:
    """Return the paper of a report: frozen figures, signature block, appendices."""
    paper = paper_of(report, names_teams=names_teams)
    files: dict[str, tuple[str, bytes]] = {}
    for number, section in enumerate(paper.sections):
        if section.curves:
            drawing = curves_svg(section.curves, paper.length, paper.goal)
            files[f"file:curves-{number}.svg"] = ("image/svg+xml", drawing)
            files["file:pace.svg"] = ("image/svg+xml", pace_key_svg())
            for place in range(len(section.curves)):
                files[f"file:key-{place}.svg"] = ("image/svg+xml", key_svg(place))
    html = render_to_string(
        "campaigns/paper/report.html",
        {
            "paper": paper,
            "nation": NATION.upper(),
            "motto": MOTTO,
            "strokes": [_("solid line"), _("dashed line"), _("dotted line")],
        },
    )
    return render(html, css=render_to_string("campaigns/paper/report.css"), files=files)
