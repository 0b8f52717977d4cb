"""The screens that a learner reads."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.blocks.pictures import PictureBlock
from courses.blocks.practice import PracticeBlock

VIDEO_FILES = ("mp4", "webm")


def _heading():
    return blocks.CharBlock(
        label=_("Heading"), max_length=80, help_text=_("Begin with the verb: “Tap the blue box”.")
    )


def _words():
    return blocks.TextBlock(
        label=_("Text"),
        rows=4,
        help_text=_("Short sentences, at most 12 words. An empty line makes a new paragraph."),
    )


class StepBlock(blocks.StructBlock):
    """A picture and a few words: the usual screen."""

    heading = _heading()
    picture = PictureBlock(label=_("Picture"), required=False)
    words = _words()

    class Meta:
        label = _("Step")
        icon = "image"


class TipBlock(blocks.StructBlock):
    """A piece of advice."""

    heading = _heading()
    words = _words()

    class Meta:
        label = _("Tip")
        icon = "pick"


class WarningBlock(blocks.StructBlock):
    """How a scam looks, and what to do about it."""

    heading = _heading()
    words = _words()

    class Meta:
        label = _("Scam warning")
        icon = "warning"


class ChecklistBlock(blocks.StructBlock):
    """Things to have or to do, to be ticked off in the head or on paper."""

    heading = _heading()
    items = blocks.ListBlock(
        blocks.CharBlock(label=_("Item"), max_length=120), label=_("Items"), min_num=2, max_num=7
    )

    class Meta:
        label = _("Checklist")
        icon = "list-ul"


class FiguresBlock(blocks.StructBlock):
    """What differs from commune to commune: fees, hours, telephone numbers."""

    heading = _heading()
    figures = blocks.ListBlock(
        SnippetChooserBlock("courses.LocalFigure", label=_("Figure")),
        label=_("Local figures"),
        min_num=1,
        max_num=4,
    )

    class Meta:
        label = _("Local figures")
        icon = "site"


class VideoBlock(blocks.StructBlock):
    """A short film; whoever cannot hear it reads it."""

    heading = _heading()
    video = DocumentChooserBlock(label=_("Video"), help_text=_("MP4 or WebM, at most 5 MB."))
    captions = DocumentChooserBlock(
        label=_("Captions"), help_text=_("A WebVTT file, in the language of the lesson.")
    )
    transcript = blocks.TextBlock(label=_("What is said"), rows=4)

    def clean(self, value):
        value = super().clean(value)
        errors = {}
        if value.get("video") and value["video"].file_extension.lower() not in VIDEO_FILES:
            errors["video"] = ValidationError(_("Choose an MP4 or WebM file."), "not_a_video")
        if value.get("captions") and value["captions"].file_extension.lower() != "vtt":
            errors["captions"] = ValidationError(_("Choose a WebVTT file."), "not_captions")
        if errors:
            raise StructBlockValidationError(errors)
        return value

    class Meta:
        label = _("Video")
        icon = "media"


class LessonBody(blocks.StreamBlock):
    """The screens of a lesson, in the order in which they are read."""

    step = StepBlock()
    tip = TipBlock()
    warning = WarningBlock()
    checklist = ChecklistBlock()
    figures = FiguresBlock()
    video = VideoBlock()
    practice = PracticeBlock()


class SourceBlock(blocks.StructBlock):
    """Where a fact was read."""

    title = blocks.CharBlock(label=_("Title"), max_length=200)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        label = _("Source")
        icon = "link"

    def get_translatable_segments(self, value):
        # A source keeps the title under which it can be found.
        return []


class SourceBody(blocks.StreamBlock):
    """The sources of a course or a lesson."""

    source = SourceBlock()
