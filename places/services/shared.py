"""What every verb about places asks first."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from places.models import Place
from places.rules import fold, nfc

NAME_LENGTH = Place._meta.get_field("name").max_length


def checked_name(name):
    name = nfc(name)
    if not fold(name).strip("-.,;:|'\" "):
        raise ValidationError(_("The name is missing."), code="empty")
    if len(name) > NAME_LENGTH:
        raise ValidationError(
            _("The name has more than %(length)d letters.") % {"length": NAME_LENGTH},
            code="too_long",
        )
    return name


def refuse_ended(place, on=None):
    if place.valid_to is not None and not place.is_current(on):
        raise ValidationError(
            _("%(place)s no longer exists.") % {"place": place.full_name}, code="ended"
        )


def duplicate(place):
    return ValidationError(
        _("There is already a place called %(name)s here.") % {"name": place.full_name},
        code="duplicate",
    )
