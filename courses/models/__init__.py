"""What is taught: courses and their lessons, written in Wagtail."""

from courses.models.figures import FigureAnswer, FigureValue, FigureWords, LocalFigure
from courses.models.lesson import LessonPage, Screen
from courses.models.packs import PackPage
from courses.models.pages import CourseIndexPage, CoursePage
from courses.models.pictures import Drawing
from courses.models.skills import Skill

__all__ = [
    "CourseIndexPage",
    "CoursePage",
    "Drawing",
    "FigureAnswer",
    "FigureValue",
    "FigureWords",
    "LessonPage",
    "LocalFigure",
    "PackPage",
    "Screen",
    "Skill",
]
