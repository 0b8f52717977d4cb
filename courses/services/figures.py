"""Local figures: asked by lessons, answered by places."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import FigureAnswer, FigureValue, LocalFigure, Screen
from people.models import User
from places.models import Place


def figures_of(screen: Screen, place: Place | None = None) -> list[FigureAnswer]:
    """Return the figures on ``screen`` as they are at ``place``."""
    return screen.figures(place)


@transaction.atomic
def set_figure(
    figure: LocalFigure,
    place: Place,
    text: str,
    *,
    by: User,
    source: str,
    as_of: dt.date | None = None,
) -> FigureValue:
    """Say what ``figure`` is at ``place`` from a day on; said again on the same day, corrected."""
    as_of = as_of or timezone.localdate()
    if as_of > timezone.localdate():
        raise ValidationError(_("The date lies in the future."), code="future")
    if not text.strip():
        raise ValidationError(_("Write what it is at this place."), code="empty")
    if not source.strip():
        raise ValidationError(_("Say who told you."), code="no_source")
    value, _created = FigureValue.objects.update_or_create(
        figure=figure,
        place=place,
        as_of=as_of,
        defaults={"text": text.strip(), "source": source.strip(), "set_by": by},
    )
    return value
