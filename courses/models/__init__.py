"""What is taught: courses and their lessons, written in Wagtail."""

from courses.models.audio import AudioClip
from courses.models.figures import FigureAnswer, FigureValue, FigureWords, LocalFigure
from courses.models.lesson import LessonPage, Screen
from courses.models.packs import PackPage
from courses.models.pages import CourseIndexPage, CoursePage
from courses.models.pictures import Drawing
from courses.models.screens import LocalPicture, ScreenReport
from courses.models.skills import Skill

__all__ = [
    "AudioClip",
    "CourseIndexPage",
    "CoursePage",
    "Drawing",
    "FigureAnswer",
    "FigureValue",
    "FigureWords",
    "LessonPage",
    "LocalFigure",
    "LocalPicture",
    "PackPage",
    "Screen",
    "ScreenReport",
    "Skill",
]
