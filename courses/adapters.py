"""How the writing desk's scripts get to know blocks that need more than fields."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.telepath import register
from wagtail.blocks.struct_block import StructBlockAdapter

from courses.blocks.practice import PracticeScreenBlock
from courses.rules.practice import MIN_ZONE


class PracticeScreenAdapter(StructBlockAdapter):
    """The places to tap are drawn on the picture; see `lms/static/lms/js/zones.js`."""

    js_constructor = "courses.blocks.PracticeScreenBlock"

    def js_args(self, block):
        name, children, meta = super().js_args(block)
        more = {
            "zonePicture": reverse("courses_practice_picture", args=["kind", 0]),
            "zoneLeast": MIN_ZONE,
            "zoneWords": {
                "draw": _(
                    "Draw the places to tap on the picture with the mouse, move them, or pull at "
                    "their corner. Or type the numbers below, in per cent of the picture."
                ),
                "small": _("too small:"),
            },
        }
        return [name, children, {**meta, **more}]

    @property
    def media(self):
        return super().media + forms.Media(
            js=["lms/js/zones.js"], css={"all": ["lms/css/zones.css"]}
        )


register(PracticeScreenAdapter(), PracticeScreenBlock)
