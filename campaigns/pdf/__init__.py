"""Paper for the tier above: a report in administrative layout, and scorecards."""

from campaigns.pdf.report import report_pdf
from campaigns.pdf.scorecard import scorecards_pdf

__all__ = ["report_pdf", "scorecards_pdf"]
