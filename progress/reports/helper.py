"""Whom a learner may call."""

from campaigns.models import ClassGroup, Membership


def helper_of(group: ClassGroup | None) -> dict | None:
    """Return ``{"name", "phone"}`` of whoever leads the team of a class, or helps in it."""
    if group is None:
        return None
    members = Membership.objects.filter(team=group.team_id).current().exclude(phone="")
    return members.order_by("-leads", "pk").values("name", "phone").first()
