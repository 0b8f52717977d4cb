from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _


def save_new(thing: models.Model) -> None:
    """Save something new, or refuse it in words when somebody made the same a moment ago.

    Whoever taps twice sends twice, and both may look before either has saved.
    """
    thing.full_clean()
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError:
        raise ValidationError(_("This is there already."), code="twice") from None
