"""Reports as paper: to sign, or to edit."""

from django.http import Http404, HttpResponse

from campaigns.exports.report_docx import report_docx
from campaigns.pdf import report_pdf
from campaigns.reports.reporting import unit_of
from campaigns.views.reporting import report_for
from people.views.papers import pdf_response
from places.rules import fold

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def report_file(request, pk, kind):
    """Hand out a report as PDF or DOCX, as frozen; a draft as it stands this moment."""
    report = report_for(request.user, pk)
    name = "-".join(["bao-cao", *fold(unit_of(report).place.full_name).split()])
    name = f"{name}-{report.first_day:%Y%m%d}"
    if kind == "pdf":
        return pdf_response(report_pdf(report), f"{name}.pdf")
    if kind == "docx":
        return HttpResponse(
            report_docx(report),
            content_type=DOCX,
            headers={"Content-Disposition": f'attachment; filename="{name}.docx"'},
        )
    raise Http404
