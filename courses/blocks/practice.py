"""A practice on a simulated phone: screens, and places on them that can be tapped."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.blocks.pictures import PictureBlock
from courses.blocks.words import CodeBlock
from courses.rules.practice import MIN_ZONE, Problem, problems

MAX_SCREENS = 12
MAX_ZONES = 6
# What an author is told, by the code of `courses.rules.practice.Problem`.
REASONS = {
    "no_screens": _("The practice has no screens."),
    "bad_name": _(
        "Screen %(number)s: its name “%(screen)s” may have small letters without accents, digits "
        "and hyphens, at most 20."
    ),
    "double_name": _("Screen %(number)s: another screen is already called “%(screen)s”."),
    "start_is_end": _("Screen “%(screen)s”: the practice begins here, so it cannot be an end."),
    "end_with_zones": _("Screen “%(screen)s” is an end: it cannot have places to tap."),
    "dead_screen": _(
        "Screen “%(screen)s”: nothing leads on from here. Give one place a screen that follows, "
        "or make this screen an end."
    ),
    "unknown_screen": _(
        "Screen “%(screen)s”: “%(zone)s” leads to the screen “%(other)s”, which is not there."
    ),
    "unreachable": _("Screen “%(screen)s”: nothing leads to it."),
    "no_good_end": _("Screen “%(screen)s”: from here nobody gets to a good end."),
    "zone_without_name": _("Screen “%(screen)s”: a place to tap has no name."),
    "zone_without_words": _(
        "Screen “%(screen)s”: “%(zone)s” is the wrong place to tap, so it needs words that say why."
    ),
    "zone_outside": _("Screen “%(screen)s”: “%(zone)s” reaches out of the picture."),
    "zones_overlap": _("Screen “%(screen)s”: “%(zone)s” and “%(other)s” overlap."),
    "zone_small": _(
        "Screen “%(screen)s”: “%(zone)s” is too small for a finger, %(other)s pixels on a phone. "
        "It needs %(least)s × %(least)s."
    ),
}


def reason(problem: Problem) -> str:
    """Say what is wrong with a practice, in the author's language."""
    return REASONS[problem.code] % {
        "screen": problem.screen or problem.number,
        "number": problem.number,
        "zone": problem.zone,
        "other": problem.other,
        "least": MIN_ZONE,
    }


def _per_cent(label):
    return blocks.DecimalBlock(label=label, min_value=0, max_value=100, decimal_places=1)


class ZoneBlock(blocks.StructBlock):
    """A place on the picture that answers to a tap. Left, top, width and height in per cent."""

    label = blocks.CharBlock(
        label=_("Name"), max_length=60, help_text=_("What the button is called: “Hang up”.")
    )
    left = _per_cent(_("Left"))
    top = _per_cent(_("Top"))
    width = _per_cent(_("Width"))
    height = _per_cent(_("Height"))
    # The name of the screen that follows; empty where the tap leads nowhere.
    to = CodeBlock(
        label=_("Leads to the screen"),
        max_length=20,
        required=False,
        help_text=_("Its name; empty when this is the wrong place to tap."),
    )
    says = blocks.CharBlock(
        label=_("What to say to it"),
        max_length=160,
        required=False,
        default="",
        help_text=_("Said after the tap; needed where the tap leads nowhere. Never scold."),
    )

    class Meta:
        label = _("Place to tap")
        icon = "crosshairs"


class PracticeScreenBlock(blocks.StructBlock):
    """One screen of the simulated phone."""

    name = CodeBlock(
        label=_("Name of the screen"), max_length=20, help_text=_("Short, only for authors.")
    )
    outcome = blocks.ChoiceBlock(
        label=_("What this screen is"),
        choices=[
            ("", _("the practice goes on here")),
            ("done", _("the good end")),
            ("again", _("a bad end: explain, then try again")),
        ],
        required=False,
        default="",
    )
    picture = PictureBlock(label=_("Picture"), must_show=True)
    words = blocks.TextBlock(
        label=_("Words"),
        rows=2,
        max_length=240,
        help_text=_("What to do here, or at an end what has happened. Read aloud."),
    )
    hint = blocks.CharBlock(
        label=_("Hint"),
        max_length=120,
        required=False,
        default="",
        help_text=_("Shown after two wrong taps: “The green button, at the bottom”."),
    )
    zones = blocks.ListBlock(
        ZoneBlock(), label=_("Places to tap"), min_num=0, max_num=MAX_ZONES, default=[]
    )

    class Meta:
        label = _("Screen")
        icon = "mobile-alt"


class PracticeValue(blocks.StructValue):
    """The practice as plain data; see `courses.rules.practice`."""

    @property
    def plain_screens(self) -> list[dict]:
        return [
            {
                "name": screen["name"].strip(),
                "outcome": screen["outcome"] or "",
                "picture": screen["picture"].plain,
                "words": screen["words"],
                "hint": screen["hint"],
                "zones": [
                    {
                        "id": zone.id,
                        "label": zone.value["label"],
                        **{
                            name: float(zone.value[name] or 0)
                            for name in ("left", "top", "width", "height")
                        },
                        "to": zone.value["to"].strip(),
                        "says": zone.value["says"],
                    }
                    for zone in screen["zones"].bound_blocks
                ],
            }
            for screen in self["screens"]
        ]


class PracticeBlock(blocks.StructBlock):
    """A rehearsal without fear: nothing that is tapped here does anything."""

    heading = blocks.CharBlock(
        label=_("Heading"), max_length=80, help_text=_("The task: “Call your son”.")
    )
    screens = blocks.ListBlock(
        PracticeScreenBlock(), label=_("Screens"), min_num=2, max_num=MAX_SCREENS
    )

    def clean(self, value):
        """Refuse to publish what a learner could not walk to a good end."""
        value = super().clean(value)
        if not self.is_deferred_validation and (found := problems(value.plain_screens)):
            raise StructBlockValidationError({"screens": _refusal(found)})
        return value

    class Meta:
        label = _("Practice")
        icon = "mobile-alt"
        value_class = PracticeValue


def _refusal(found: list[Problem]) -> ListBlockValidationError:
    refusal = ListBlockValidationError(
        non_block_errors=[ValidationError(reason(problem), problem.code) for problem in found]
    )
    refusal.code = found[0].code
    return refusal
