"""A practice on a simulated phone: screens, and places on them that can be tapped."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.pictures import PictureBlock
from courses.blocks.words import CodeBlock

MAX_SCREENS = 12
MAX_ZONES = 6


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

    class Meta:
        label = _("Practice")
        icon = "mobile-alt"
        value_class = PracticeValue
