"""Work in five clear points: who, what, how far, with what result, and who answers for it."""

import datetime as dt

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from campaigns.models.teams import Membership
from people.scope import ScopedQuerySet, scope_filter
from places.models import Place

DOES = "campaigns.progress_workitem"
ANSWERS = "campaigns.change_workitem"


def serves_in(user, permission: str, place: Place) -> bool:
    """Whether the user may do this at a place, anywhere in its commune, or above."""
    area = place.path[: 2 * Place.steplen]
    return user.is_superuser or any(
        area.startswith(path) or path.startswith(area) for path in user.scope_paths(permission)
    )


def _where_serving(user, permission: str) -> Q:
    """Return the condition on work that ``serves_in`` asks about one piece of it."""
    if user.is_superuser:
        return Q()
    condition = Q(pk__in=[])
    for path in user.scope_paths(permission):
        above = [path[:end] for end in range(Place.steplen, len(path) + 1, Place.steplen)]
        condition |= Q(place__path__startswith=path[: 2 * Place.steplen])
        condition |= Q(place__path__in=above)
    return condition


class WorkItemQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Keep what lies in the user's places, and what the user is to do or answers for."""
        return self.filter(scope_filter(user, "place") | self._own(user))

    def open(self):
        return self.filter(state__in=WorkItem.OPEN)

    def overdue(self, on: dt.date | None = None):
        return self.open().filter(due__lt=on or timezone.localdate())

    def of(self, user):
        """What the user is to do, or answers for: as long as he or she serves there."""
        return self.filter(self._own(user))

    @staticmethod
    def _own(user) -> Q:
        """Return the condition; `WorkItem.is_own_of` asks the same of one piece of work."""
        today = timezone.localdate()
        stays = Q(member__until=None) | Q(member__until__gte=today)
        return (
            (Q(member__user=user) & stays)
            | (Q(person=user) & _where_serving(user, DOES))
            | (Q(responsible=user) & _where_serving(user, ANSWERS))
        )


class WorkItem(models.Model):
    """One piece of work: clear person, work, progress, result, responsibility ("5 rõ")."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("work", "not begun")
        DOING = "doing", pgettext_lazy("work", "being done")
        DONE = "done", pgettext_lazy("work", "done")
        DROPPED = "dropped", pgettext_lazy("work", "given up")

    OPEN = (State.PLANNED, State.DOING)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="work_items")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    # What the work is to move: "reached", "o3"; empty for work that no figure tells.
    indicator = models.CharField(_("indicator"), max_length=10, blank=True)
    # 1. Person: who does it, with an account or without one.
    person = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    member = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    # 2. Work.
    title = models.CharField(_("work"), max_length=160)
    # Whom to visit, if the work is about some people.
    residents = models.ManyToManyField("people.Resident", related_name="+", blank=True)
    # 3. Progress.
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.PLANNED)
    percent = models.PositiveSmallIntegerField(
        _("progress (%)"), default=0, validators=[MaxValueValidator(100)]
    )
    due = models.DateField(_("due"))
    # 4. Result: what is expected, and what came of it.
    expected = models.CharField(_("expected result"), max_length=200)
    result = models.TextField(_("result"), blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    # 5. Responsibility: who answers for it to the tier above.
    responsible = models.ForeignKey(
        "people.User", models.PROTECT, related_name="+", verbose_name=_("who answers for it")
    )
    created_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        indexes = [models.Index(fields=["campaign", "place", "state"], name="work_where")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, member__isnull=False)
                | Q(person__isnull=False, member=None),
                name="work_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "doing", "done", "dropped"]),
                name="work_state_known",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="work_percent_plausible"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due < timezone.localdate()

    def is_own_of(self, user) -> bool:
        """Whether the user does it or answers for it, and still serves there."""
        member = self.member
        return (
            (
                member is not None
                and member.user_id == user.pk
                and (member.until is None or member.until >= timezone.localdate())
            )
            or (self.person_id == user.pk and serves_in(user, DOES, self.place))
            or (self.responsible_id == user.pk and serves_in(user, ANSWERS, self.place))
        )

    @property
    def owner(self) -> str:
        """The name of whoever does it."""
        return str(self.person or self.member)


class WorkChange(models.Model):
    """Who changed a work item, when, and what it said before. Never changed, never deleted."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    # {field: [before, after]} as words; empty when the item was made.
    fields = models.JSONField(_("fields"), default=dict)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of a work item")
        verbose_name_plural = _("changes of work items")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.item} {self.at}"
