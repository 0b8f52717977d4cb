"""Advice to authors, in a template."""

from collections import defaultdict

from django import template
from django.conf import settings
from django.utils import translation
from wagtail.users.models import UserProfile

from courses.services import advise, in_words

register = template.Library()


@register.simple_tag
def advice_on(page, user) -> dict[str, list[dict]]:
    """Return {screen or question: [{kind, text}]} in the author's language; "" is the whole."""
    found: dict[str, list[dict]] = defaultdict(list)
    # The preview may be in another language than the desk.
    preferred = user.is_authenticated and UserProfile.get_for_user(user).preferred_language
    with translation.override(preferred or settings.LANGUAGE_CODE):
        for _where, complaint in advise(page):
            found[complaint.block].append({"kind": complaint.kind, "text": in_words(complaint)})
    return dict(found)


@register.filter
def about(advice: dict[str, list[dict]], block: str) -> list[dict]:
    """Return the advice on one screen or question."""
    return advice.get(block, [])
