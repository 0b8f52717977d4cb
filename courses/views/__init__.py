"""The courses' own screens; lessons themselves are pages."""

from courses.views.audio import audio, audio_record, audio_report, audio_withdraw
from courses.views.figures import figure, figures
from courses.views.public import course_list, picture, writing_closed
from courses.views.screen_reports import screen_report
from courses.views.search import search
from courses.views.sheets import sheet
from courses.views.variants import variant, variant_lesson, variants
from courses.views.whole import whole

__all__ = [
    "audio",
    "audio_record",
    "audio_report",
    "audio_withdraw",
    "course_list",
    "figure",
    "figures",
    "picture",
    "screen_report",
    "search",
    "sheet",
    "variant",
    "variant_lesson",
    "variants",
    "whole",
    "writing_closed",
]
