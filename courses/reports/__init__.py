"""What authors should look at next."""

from courses.reports.review import Reason, Review, to_review

__all__ = ["Reason", "Review", "to_review"]
