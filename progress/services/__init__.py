"""Everything that changes what a learner has learnt; screens, jobs and imports come here."""

from progress.services.completing import required_lessons
from progress.services.course_tests import start_course_test
from progress.services.disputes import settle_dispute
from progress.services.enrolling import (
    enrol,
    move_to_class,
    resync_class,
    resync_resident,
    resync_residents,
    withdraw,
)
from progress.services.lessons import (
    answer_question,
    finish_attempt,
    finish_reading,
    open_lesson,
    record_lesson,
    record_step,
    start_attempt,
)
from progress.services.marking import (
    NewMark,
    mark_attendance,
    mark_many,
    mark_rest,
    take_back_rest,
)
from progress.services.merging import merge_learning, merge_people
from progress.services.observing import observe
from progress.services.plausibility import explain_flag, flag_sessions, flag_what_arrived
from progress.services.practising import record_practice
from progress.services.rechecking import record_recheck
from progress.services.register import close_register, reopen_register
from progress.services.screens import (
    close_screens,
    on_screen,
    open_screen,
    screen_admits,
)
from progress.services.settling import settle, settle_batch, settle_campaign
from progress.services.walk_in import walk_in, welcome

__all__ = [
    "NewMark",
    "answer_question",
    "close_register",
    "close_screens",
    "enrol",
    "explain_flag",
    "finish_attempt",
    "finish_reading",
    "flag_sessions",
    "flag_what_arrived",
    "mark_attendance",
    "mark_many",
    "mark_rest",
    "merge_learning",
    "merge_people",
    "move_to_class",
    "observe",
    "on_screen",
    "open_lesson",
    "open_screen",
    "record_lesson",
    "record_practice",
    "record_recheck",
    "record_step",
    "reopen_register",
    "required_lessons",
    "resync_class",
    "resync_resident",
    "resync_residents",
    "screen_admits",
    "settle",
    "settle_batch",
    "settle_campaign",
    "settle_dispute",
    "start_attempt",
    "start_course_test",
    "take_back_rest",
    "walk_in",
    "welcome",
    "withdraw",
]
