"""Everything that changes a campaign, and the counters of what it reached."""

from campaigns.services.campaigns import (
    change_campaign,
    close_campaign,
    create_campaign,
    drop_target,
    set_target,
    start_campaign,
)
from campaigns.services.classes import (
    add_session,
    cancel_session,
    change_class,
    create_class,
    move_session,
    plan_sessions,
    planned_times,
    restore_session,
    set_lesson,
    set_note,
    substitute_instructor,
)
from campaigns.services.counting import count_new, counting, figures, fold, total, totals
from campaigns.services.recounting import Difference, compare, repair
from campaigns.services.teams import (
    add_member,
    change_member,
    create_team,
    end_membership,
    rename_team,
    renew_calendar_key,
)

__all__ = [
    "Difference",
    "add_member",
    "add_session",
    "cancel_session",
    "change_campaign",
    "change_class",
    "change_member",
    "close_campaign",
    "compare",
    "count_new",
    "counting",
    "create_campaign",
    "create_class",
    "create_team",
    "drop_target",
    "end_membership",
    "figures",
    "fold",
    "move_session",
    "plan_sessions",
    "planned_times",
    "rename_team",
    "renew_calendar_key",
    "repair",
    "restore_session",
    "set_lesson",
    "set_note",
    "set_target",
    "start_campaign",
    "substitute_instructor",
    "total",
    "totals",
]
