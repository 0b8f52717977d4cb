"""What authors should look at next."""

from courses.reports.audio import CourseSound, LessonSound, missing_audio
from courses.reports.review import (
    OldPicture,
    Reason,
    ReportedScreen,
    Review,
    narrowed,
    reasons_in,
    to_review,
)

__all__ = [
    "CourseSound",
    "LessonSound",
    "OldPicture",
    "Reason",
    "ReportedScreen",
    "Review",
    "missing_audio",
    "narrowed",
    "reasons_in",
    "to_review",
]
