"""The questions after a lesson; each becomes plain data, which `courses.rules` can judge."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.blocks.pictures import PictureBlock
from courses.rules import can_be_accepted

# On a phone three answers fit beside "I am not sure yet" (learner-screens, rule 4).
MAX_OPTIONS = 3
MAX_ROWS = 4
MAX_PARTS = 6
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


class PairBlock(blocks.StructBlock):
    """Two things that belong together."""

    text = blocks.CharBlock(label=_("What is shown"), max_length=80)
    match = blocks.CharBlock(
        label=_("Its partner"),
        max_length=60,
        help_text=_("Two may have the same one: “genuine”, “a scam”."),
    )
    feedback = _feedback(_("Said when another partner was chosen."))

    class Meta:
        label = _("Pair")
        icon = "link"


class PartBlock(blocks.StructBlock):
    """A piece of a message."""

    text = blocks.CharBlock(label=_("Words of the message"), max_length=120)
    is_right = blocks.BooleanBlock(label=_("This is suspicious"), required=False)
    feedback = _feedback(_("Why it is suspicious, or why it is harmless."))

    class Meta:
        label = _("Part of the message")
        icon = "doc-full-inverse"


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
                    **self._more(option.value),
                }
                for option in self._options(value)
            ],
            "explanation": value["explanation"],
        }

    def _options(self, value):
        return value["options"].bound_blocks

    def _more(self, option) -> dict:
        return self._picture(option)

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

    def _refuse(self, message, code, field="options"):
        error = ValidationError(message, code)
        if field == "options":
            error = ListBlockValidationError(non_block_errors=[error])
            error.code = code
        raise StructBlockValidationError({field: error})


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


class MatchBlock(QuestionBlock):
    options = _options(PairBlock(), _("Pairs"), least=3, most=MAX_ROWS)
    explanation = _explanation()

    def judge(self, value):
        partners = {option["match"] for option in value["options"]}
        if len(partners) > MAX_OPTIONS:
            self._refuse(
                _("At most three different partners: more do not fit on a phone."), "many_partners"
            )
        if len(partners) < 2:
            self._refuse(_("There must be at least two different partners."), "few_partners")

    def _more(self, option):
        return {"match": option["match"]}

    class Meta:
        label = _("Find the partner")
        icon = "link"


class SpotBlock(QuestionBlock):
    options = _options(PartBlock(), _("The message, part by part"), least=3, most=MAX_PARTS)
    explanation = _explanation()

    def judge(self, value):
        if not any(option["is_right"] for option in value["options"]):
            self._refuse(_("Mark at least one part as suspicious."), "some_right")

    class Meta:
        label = _("Spot the scam")
        icon = "warning"


class TypedBlock(QuestionBlock):
    """A question that is answered by writing a word or a number."""

    def _options(self, value):
        return []


class NumberBlock(TypedBlock):
    answer = blocks.DecimalBlock(label=_("Right answer"), max_digits=15, decimal_places=4)
    tolerance = blocks.DecimalBlock(
        label=_("Give or take"),
        required=False,
        default=0,
        min_value=0,
        max_digits=15,
        decimal_places=4,
        help_text=_("0: exactly this number."),
    )
    unit = blocks.CharBlock(
        label=_("Unit"),
        max_length=20,
        required=False,
        default="",
        help_text=_("Shown behind the field: “đồng”, “days”."),
    )
    feedback = _feedback(_("Said to a wrong answer. Never scold."))
    explanation = _explanation()

    def plain(self, question_id, value):
        return super().plain(question_id, value) | {
            "answer": _decimal(value["answer"]),
            "tolerance": _decimal(value["tolerance"]) or "0",
            "unit": value["unit"] or "",
            "feedback": value["feedback"],
        }

    class Meta:
        label = _("Write a number")
        icon = "pick"


class TextBlock(TypedBlock):
    accepted = blocks.TextBlock(
        label=_("Right answers"),
        rows=3,
        max_length=500,
        help_text=_(
            "One spelling on each line. Accents, capitals, spaces and the way of writing a date "
            "do not matter."
        ),
    )
    feedback = _feedback(_("Said to a wrong answer. Never scold."))
    explanation = _explanation()

    def plain(self, question_id, value):
        return super().plain(question_id, value) | {
            "accepted": _lines(value["accepted"]),
            "feedback": value["feedback"],
        }

    def judge(self, value):
        if not all(map(can_be_accepted, _lines(value["accepted"]))):
            message = _("Each right answer needs a letter or a digit.")
            self._refuse(message, "not_acceptable", "accepted")

    class Meta:
        label = _("Write a word or a date")
        icon = "edit"


def _decimal(value) -> str:
    return "" if value is None else format(Decimal(str(value)).normalize(), "f")


def _lines(text) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class QuestionBody(blocks.StreamBlock):
    """The questions after a lesson."""

    single = SingleBlock()
    several = SeveralBlock()
    true_false = TrueFalseBlock()
    picture = PictureChoiceBlock()
    order = OrderBlock()
    match = MatchBlock()
    number = NumberBlock()
    text = TextBlock()
    spot = SpotBlock()

    def clean(self, value):
        value = super().clean(value)
        if not self.is_deferred_validation and len(value) < MIN_QUESTIONS:
            message = _("A lesson needs at least three questions.")
            raise StreamBlockValidationError(
                non_block_errors=[ValidationError(message, "few_questions")]
            )
        return value
