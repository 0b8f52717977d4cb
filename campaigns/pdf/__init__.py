"""Paper for the tier above: a report in administrative layout, and scorecards."""

from campaigns.pdf.report import report_pdf

__all__ = ["report_pdf"]
