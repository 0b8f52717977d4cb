"""The courses' own screens; lessons themselves are pages."""

from courses.views.figures import figure, figures
from courses.views.public import course_list, picture, writing_closed

__all__ = ["course_list", "figure", "figures", "picture", "writing_closed"]
