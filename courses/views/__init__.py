"""The courses' own screens; lessons themselves are pages."""

from courses.views.public import course_list, picture, writing_closed

__all__ = ["course_list", "picture", "writing_closed"]
