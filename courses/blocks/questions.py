"""The questions after a lesson; each becomes plain data, which `courses.rules` can judge."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.blocks.pictures import PictureBlock

# On a phone three answers fit beside "I am not sure yet" (learner-screens, rule 4).
MAX_OPTIONS = 3
MAX_ROWS = 4
MIN_QUESTIONS = 3


def _feedback(help_text=""):
    return blocks.CharBlock(label=_("What to say to it"), max_length=200, help_text=help_text)


class OptionBlock(blocks.StructBlock):
    """One answer to choose, and what a kind teacher says about it."""

    text = blocks.CharBlock(label=_("Answer"), max_length=80)
    is_right = blocks.BooleanBlock(label=_("This is right"), required=False)
    feedback = _feedback(_("Why it is right, or what to look at again. Never scold."))

    class Meta:
        label = _("Answer")
        icon = "radio-full"


class PictureOptionBlock(blocks.StructBlock):
    """A picture to choose, with its caption."""

    picture = PictureBlock(label=_("Picture"), must_show=True)
    text = blocks.CharBlock(label=_("Caption"), max_length=80)
    is_right = blocks.BooleanBlock(label=_("This is right"), required=False)
    feedback = _feedback(_("Why it is right, or what to look at again. Never scold."))

    class Meta:
        label = _("Picture")
        icon = "image"


class RowBlock(blocks.StructBlock):
    """One of the things to put in order."""

    text = blocks.CharBlock(label=_("What is done"), max_length=80)
    feedback = _feedback(_("Said when this row lies in the wrong place."))

    class Meta:
        label = _("Row")
        icon = "list-ol"


class QuestionBlock(blocks.StructBlock):
    """What every question has. The kinds differ in their options."""

    text = blocks.CharBlock(label=_("Question"), max_length=160)

    def plain(self, question_id: str, value) -> dict:
        """Return the question as plain data; see `courses.rules.questions`."""
        return {
            "id": question_id,
            "kind": self.name,
            "text": value["text"],
            "options": [
                {
                    "id": option.id,
                    "text": option.value["text"],
                    "correct": bool(option.value.get("is_right")),
                    "feedback": option.value["feedback"],
                    "picture": "",
                    "alt": "",
                    **self._picture(option.value),
                }
                for option in value["options"].bound_blocks
            ],
            "explanation": value["explanation"],
        }

    def _picture(self, option) -> dict:
        picture = option.get("picture")
        if not picture:
            return {}
        plain = picture.plain
        return {
            "picture": plain["url"],
            "alt": plain["alt"],
            "width": plain["width"],
            "height": plain["height"],
        }

    def clean(self, value):
        value = super().clean(value)
        if not self.is_deferred_validation:
            self.judge(value)
        return value

    def judge(self, value):
        """Refuse what a learner could not answer."""

    def _refuse(self, message, code):
        refusal = ListBlockValidationError(non_block_errors=[ValidationError(message, code)])
        refusal.code = code
        raise StructBlockValidationError({"options": refusal})


class OneRightBlock(QuestionBlock):
    """A question with exactly one right answer."""

    def judge(self, value):
        if sum(bool(option["is_right"]) for option in value["options"]) != 1:
            self._refuse(_("Mark exactly one answer as right."), "one_right")


def _options(block, label, least=2, most=MAX_OPTIONS):
    return blocks.ListBlock(block, label=label, min_num=least, max_num=most)


def _explanation():
    return blocks.TextBlock(label=_("What to remember"), rows=2, max_length=300)


class SingleBlock(OneRightBlock):
    options = _options(OptionBlock(), _("Answers"))
    explanation = _explanation()

    class Meta:
        label = _("One right answer")
        icon = "radio-full"


class TrueFalseBlock(OneRightBlock):
    options = _options(OptionBlock(), _("True, then false"), most=2)
    explanation = _explanation()

    class Meta:
        label = _("True or false")
        icon = "check"


class PictureChoiceBlock(OneRightBlock):
    options = _options(PictureOptionBlock(), _("Pictures"))
    explanation = _explanation()

    class Meta:
        label = _("Which picture")
        icon = "image"


class SeveralBlock(QuestionBlock):
    options = _options(OptionBlock(), _("Answers"))
    explanation = _explanation()

    def judge(self, value):
        if not any(option["is_right"] for option in value["options"]):
            self._refuse(_("Mark at least one answer as right."), "some_right")

    class Meta:
        label = _("Several right answers")
        icon = "tasks"


class OrderBlock(QuestionBlock):
    options = _options(RowBlock(), _("Rows, in the right order"), least=3, most=MAX_ROWS)
    explanation = _explanation()

    class Meta:
        label = _("Put in order")
        icon = "list-ol"


class QuestionBody(blocks.StreamBlock):
    """The questions after a lesson."""

    single = SingleBlock()
    several = SeveralBlock()
    true_false = TrueFalseBlock()
    picture = PictureChoiceBlock()
    order = OrderBlock()

    def clean(self, value):
        value = super().clean(value)
        if not self.is_deferred_validation and len(value) < MIN_QUESTIONS:
            message = _("A lesson needs at least three questions.")
            raise StreamBlockValidationError(
                non_block_errors=[ValidationError(message, "few_questions")]
            )
        return value
