"""Hand a page's other languages to wagtail-localize, as if an author had typed them there.

So an author goes on from what the pack brought: each string is a segment with its translation,
and a change to the Vietnamese shows which English sentence has to follow.
"""

from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.strings import StringValue


def translate(page: Page, locale: Locale, words: dict[str, str]) -> Page:
    """Publish ``page`` in ``locale``; ``words`` are the translations by path."""
    source, _changed = TranslationSource.update_or_create_from_instance(page)
    Translation.objects.update_or_create(
        source=source, target_locale=locale, defaults={"enabled": True}
    )
    known = {
        (row.translation_of_id, row.context_id): row
        for row in StringTranslation.objects.filter(
            locale=locale, context__object_id=page.translation_key
        )
    }
    new, changed = [], []
    for segment in StringSegment.objects.filter(source=source).select_related("context"):
        if segment.context.path not in words:
            continue
        text = StringValue.from_plaintext(words[segment.context.path]).data
        row = known.get((segment.string_id, segment.context_id))
        if row is None:
            new.append(
                StringTranslation(
                    translation_of_id=segment.string_id,
                    context_id=segment.context_id,
                    locale=locale,
                    data=text,
                    translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
                )
            )
        elif row.data != text or row.has_error:
            row.data, row.has_error, row.updated_at = text, False, timezone.now()
            changed.append(row)
    StringTranslation.objects.bulk_create(new)
    StringTranslation.objects.bulk_update(changed, ["data", "has_error", "updated_at"])
    # Published here and not on commit, as localize would: the import is one transaction.
    translated, _created = source.create_or_update_translation(locale, publish=False, fallback=True)
    translated.get_latest_revision().publish()
    return Page.objects.get(pk=translated.pk).specific
