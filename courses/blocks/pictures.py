"""A picture and its words."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.blocks.words import CodeBlock

# Wide enough for a phone with a sharp screen; the file stays below 60 KB.
PHOTO_SIZE = "max-720x720|format-webp|webpquality-70"
PHOTO_MOST = 60 * 1024


class PictureValue(blocks.StructValue):
    """Either a drawing of a content pack or a photo that an author uploaded."""

    def __bool__(self):
        return bool(self.get("drawing") or self.get("photo"))

    @property
    def plain(self) -> dict:
        """The picture as a page needs it: address, size and words."""
        if drawing := self.get("drawing"):
            return {
                "url": drawing.url,
                "alt": self.get("alt", ""),
                "width": drawing.width,
                "height": drawing.height,
            }
        if photo := self.get("photo"):
            small = photo.get_rendition(PHOTO_SIZE)
            return {
                "url": small.url,
                "alt": self.get("alt", ""),
                "width": small.width,
                "height": small.height,
            }
        return {}


class PictureBlock(blocks.StructBlock):
    """A drawing or a photo, with the words for those who do not see it."""

    drawing = SnippetChooserBlock("courses.Drawing", label=_("Drawing"), required=False)
    photo = ImageChooserBlock(label=_("Or a photo"), required=False)
    alt = blocks.CharBlock(
        label=_("The picture in words"),
        help_text=_("What is to be seen, in one short sentence."),
        required=False,
        max_length=200,
    )
    # Of a picture of somebody's app: it grows old with the app.
    app = CodeBlock(label=_("Which app it shows"), required=False, max_length=40)
    version = CodeBlock(label=_("Its version"), required=False, max_length=20)
    taken_on = blocks.DateBlock(label=_("Seen on"), required=False)

    def clean(self, value):
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        if self.meta.must_show and not value:
            message = _("Choose a drawing or a photo.")
            raise StructBlockValidationError({"drawing": ValidationError(message, "no_picture")})
        if value and not value.get("alt", "").strip():
            message = _("Say in words what the picture shows.")
            raise StructBlockValidationError({"alt": ValidationError(message, "no_alt")})
        return value

    class Meta:
        label = _("Picture")
        icon = "image"
        value_class = PictureValue
        must_show = False
