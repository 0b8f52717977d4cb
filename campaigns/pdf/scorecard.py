"""Scorecards on paper: one A4 page for each commune."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from campaigns.exports.report_paper import in_vietnamese
from campaigns.reports.scorecard import Scorecard
from people.pdf import render


@in_vietnamese
def scorecards_pdf(cards: Sequence[Scorecard]) -> bytes:
    """Return the cards, one after the other in the order given; nobody is ranked."""
    html = render_to_string("campaigns/paper/scorecards.html", {"cards": cards})
    return render(html, css=render_to_string("campaigns/paper/scorecards.css"))
