"""Words that are the same in every language."""

from wagtail import blocks


class CodeBlock(blocks.CharBlock):
    """A name that authors and programs use, and no learner reads: never to be translated."""

    def __init__(self, *, default="", **options):
        super().__init__(default=default, **options)

    def get_translatable_segments(self, value):
        return []

    def restore_translated_segments(self, value, segments):
        return value
