"""What a lesson is made of: one block is one screen on a phone.

A draft may be half-written; what a learner would stumble over is refused when it is published.
"""

from courses.blocks.body import LessonBody, SourceBody
from courses.blocks.pictures import PictureBlock
from courses.blocks.questions import QuestionBody

__all__ = ["LessonBody", "PictureBlock", "QuestionBody", "SourceBody"]
