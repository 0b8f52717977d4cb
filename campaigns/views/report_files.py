"""Reports as paper: to sign, or to edit."""

from django.http import Http404, HttpResponse

from campaigns.exports.report_docx import report_docx
from campaigns.pdf import report_pdf
from campaigns.reports.reporting import unit_of
from campaigns.views.reporting import TEAMS, report_for
from people.views.papers import pdf_response
from places.rules import fold

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def report_file(request, pk, kind):
    """Hand out a report as PDF or DOCX, as frozen; a draft as it stands this moment."""
    report = report_for(request.user, pk)
    name = "-".join(["bao-cao", *fold(unit_of(report).place.full_name).split()])
    name = f"{name}-{report.first_day:%Y%m%d}"
    # Whoever learns nothing of teams on the screen learns nothing of them on paper either.
    names_teams = request.user.has_perm(TEAMS, report)
    if kind == "pdf":
        return pdf_response(report_pdf(report, names_teams=names_teams), f"{name}.pdf")
    if kind == "docx":
        return HttpResponse(
            report_docx(report, names_teams=names_teams),
            content_type=DOCX,
            headers={"Content-Disposition": f'attachment; filename="{name}.docx"'},
        )
    raise Http404
