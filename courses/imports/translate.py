"""Hand a page's other languages to wagtail-localize, as if an author had typed them there.

So an author goes on from what the pack brought: each string is a segment with its translation,
and a change to the Vietnamese shows which English sentence has to follow.
"""

import json

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    OverridableSegment,
    RelatedObjectSegment,
    String,
    StringSegment,
    StringTranslation,
    TemplateSegment,
    TranslatableObject,
    Translation,
    TranslationContext,
    TranslationSource,
    get_schema_version,
)
from wagtail_localize.segments import (
    OverridableSegmentValue,
    RelatedObjectSegmentValue,
    StringSegmentValue,
    TemplateSegmentValue,
)
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.strings import StringValue


def translate(page: Page, locale: Locale, words: dict[str, str]) -> Page:
    """Publish ``page`` in ``locale``; ``words`` are the translations by path."""
    source = _source_of(page)
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


def _source_of(page: Page) -> TranslationSource:
    """Return what localize knows of the page, brought up to date."""
    page = page.specific
    known = TranslationSource.objects.filter(
        object_id=page.translation_key, locale_id=page.locale_id
    )
    if known.exists():
        return TranslationSource.update_or_create_from_instance(page)[0]
    return _new_source(page)


def _new_source(page: Page) -> TranslationSource:
    """Do at once what localize does for each string of a new page, a dozen queries at a time."""
    thing, _is_new = TranslatableObject.objects.get_or_create_from_instance(page)
    source = TranslationSource.objects.create(
        object=thing,
        locale=page.locale,
        specific_content_type=ContentType.objects.get_for_model(type(page)),
        object_repr=str(page)[:200],
        content_json=page.to_json(),
        schema_version=get_schema_version(page._meta.app_label),
        last_updated_at=timezone.now(),
    )
    values = list(extract_segments(page))
    contexts = _contexts(thing, page, {value.path for value in values})
    said = [value for value in values if isinstance(value, StringSegmentValue)]
    strings = _strings(page.locale, {value.string.data for value in said})
    StringSegment.objects.bulk_create(
        StringSegment(
            source=source,
            context=contexts[value.path],
            order=value.order,
            string_id=strings[value.string.data],
            attrs=json.dumps(value.attrs, cls=DjangoJSONEncoder),
        )
        for value in said
    )
    OverridableSegment.objects.bulk_create(
        OverridableSegment(
            source=source,
            context=contexts[value.path],
            order=value.order,
            data_json=json.dumps(value.data, cls=DjangoJSONEncoder),
        )
        for value in values
        if isinstance(value, OverridableSegmentValue)
    )
    for value in values:
        if isinstance(value, TemplateSegmentValue):
            TemplateSegment.from_value(source, value)
        elif isinstance(value, RelatedObjectSegmentValue):
            RelatedObjectSegment.from_value(source, value)
    return source


def _contexts(thing, page: Page, paths: set[str]) -> dict[str, TranslationContext]:
    """Return {path: where on the page it is}; those that are missing are made."""
    known = TranslationContext.objects.filter(object=thing)
    there = set(known.values_list("path", flat=True))
    new = []
    for path in sorted(paths - there):
        context = TranslationContext(
            object=thing, path=path, path_id=TranslationContext._get_path_id(path)
        )
        # It saves itself as soon as it knows; all of them are saved together below.
        context.save = lambda **_options: None
        context.get_field_path(page)
        new.append(context)
    TranslationContext.objects.bulk_create(new)
    return {context.path: context for context in known}


def _strings(locale: Locale, texts: set[str]) -> dict[str, int]:
    """Return {text: the number under which localize keeps it}; those that are missing are made."""
    hashes = {String._get_data_hash(text): text for text in sorted(texts)}
    String.objects.bulk_create(
        (String(locale=locale, data_hash=key, data=text) for key, text in hashes.items()),
        ignore_conflicts=True,
    )
    rows = String.objects.filter(locale=locale, data_hash__in=list(hashes))
    return {hashes[key]: pk for key, pk in rows.values_list("data_hash", "pk")}
