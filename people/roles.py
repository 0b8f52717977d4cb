"""Who may do what. The whole table, in one place, so that it can be read aloud.

A role is held at a place and counts for everything below it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PROVINCE_ORGANISER = "province_organiser", _("province organiser")
    COMMUNE_ORGANISER = "commune_organiser", _("commune organiser")
    TEAM_LEADER = "team_leader", _("team leader")
    INSTRUCTOR = "instructor", _("instructor")
    OBSERVER = "observer", _("observer")
    AUTHOR = "author", _("author")
    REVIEWER = "reviewer", _("reviewer")


_OBSERVER = {
    "places.view_place",
    "campaigns.view_campaign",
    "campaigns.view_coverage",
    "campaigns.view_report",
}

_INSTRUCTOR = {
    *_OBSERVER,
    "campaigns.view_classgroup",
    "campaigns.hold_session",
    "people.view_resident",
    "people.register_resident",
    "people.change_resident",
    "people.issue_card",
    "people.open_class_screen",
    "progress.enrol",
    "progress.mark_attendance",
    "progress.close_register",
    "progress.record_lesson",
    "progress.observe",
    "campaigns.serve",
    # What really happened outside the class, and one's own share of the work.
    "campaigns.note_outcome",
    "campaigns.view_workitem",
    "campaigns.progress_workitem",
    "courses.report_screen",
    "courses.record_audio",
    "certificates.view_certificate",
}

_TEAM_LEADER = {
    *_INSTRUCTOR,
    "campaigns.change_classgroup",
    "campaigns.change_team",
    "campaigns.plan_shifts",
    "campaigns.change_workitem",
    "campaigns.write_report",
    "people.merge_residents",
    "progress.reopen_register",
    # What two volunteers saw differently, and what phones brought that could not simply be taken.
    "progress.decide",
    "places.change_venue",
}

_COMMUNE_ORGANISER = {
    *_TEAM_LEADER,
    "campaigns.change_campaign",
    "campaigns.change_target",
    "campaigns.change_indicator",
    # Approve what one's own unit sends up, accept or send back what comes from below.
    "campaigns.approve_report",
    "campaigns.accept_report",
    "campaigns.export_statistics",
    "courses.set_figure",
    "courses.vary_lesson",
    "certificates.issue_certificate",
    "progress.explain_flag",
    "certificates.revoke_certificate",
    "people.import_residents",
    "people.export_residents",
    "people.erase_resident",
    "people.change_assignment",
    "people.view_staff",
    "places.change_place",
    "places.import_villages",
}

# The last one opens Wagtail's admin; nobody else has it.
_WRITER = {
    "courses.write",
    "courses.set_figure",
    "courses.vary_lesson",
    "courses.record_audio",
    "wagtailadmin.access_admin",
}

PERMISSIONS: dict[str, set[str]] = {
    Role.PROVINCE_ORGANISER: {
        *_COMMUNE_ORGANISER,
        "jobs.view_dead",
        # Units that merge, split and change their names; the lines of the map.
        "places.change_units",
        "places.draw_boundaries",
        "campaigns.change_client",
    },
    Role.COMMUNE_ORGANISER: _COMMUNE_ORGANISER,
    Role.TEAM_LEADER: _TEAM_LEADER,
    Role.INSTRUCTOR: _INSTRUCTOR,
    Role.OBSERVER: _OBSERVER,
    Role.AUTHOR: _WRITER,
    # Four eyes: what an author hands in, a reviewer publishes. Who works alone holds both.
    Role.REVIEWER: {*_WRITER, "courses.publish"},
}

# Organisers see a whole commune's people; losing one of their passwords is losing all of them.
# What a reviewer publishes is read by everybody.
NEEDS_SECOND_FACTOR = [Role.PROVINCE_ORGANISER, Role.COMMUNE_ORGANISER, Role.REVIEWER]


def roles_with(permission: str) -> list[str]:
    """Return the roles whose row in the table holds ``permission``."""
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]


_LOCAL = [Role.TEAM_LEADER, Role.INSTRUCTOR, Role.OBSERVER]

# Which roles each role may give to others, at its own place and below it: never one above it.
GRANTS: dict[str, list[str]] = {
    Role.PROVINCE_ORGANISER: [*Role],
    Role.COMMUNE_ORGANISER: [Role.COMMUNE_ORGANISER, *_LOCAL],
    Role.TEAM_LEADER: [],
    Role.INSTRUCTOR: [],
    Role.OBSERVER: [],
    Role.AUTHOR: [],
    Role.REVIEWER: [],
}

# The kinds of place at which each role may be held.
HELD_AT: dict[str, list[str]] = {
    Role.PROVINCE_ORGANISER: ["province"],
    Role.COMMUNE_ORGANISER: ["commune"],
    Role.TEAM_LEADER: ["commune", "village"],
    Role.INSTRUCTOR: ["commune", "village"],
    Role.OBSERVER: ["province", "commune", "village"],
    Role.AUTHOR: ["province", "commune"],
    Role.REVIEWER: ["province", "commune"],
}
