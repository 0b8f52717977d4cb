"""What a lesson is made of: one block is one screen on a phone."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class StepBlock(blocks.StructBlock):
    """A picture and a few words: the usual screen."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80)
    picture = blocks.CharBlock(label=_("picture"), required=False, max_length=120)
    image = ImageChooserBlock(label=_("photo"), required=False)
    alt = blocks.CharBlock(label=_("picture in words"), required=False, max_length=200)
    words = blocks.TextBlock(label=_("words"))

    class Meta:
        label = _("Step")
        icon = "image"
        template = "courses/blocks/step.html"


class LessonBody(blocks.StreamBlock):
    step = StepBlock()


class QuestionBody(blocks.StreamBlock):
    pass
