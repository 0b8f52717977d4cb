"""Authors and reviewers in Wagtail's admin.

Whether somebody may enter it is asked of our own table of roles, like everything else
(`people.roles`). What an author may do to which page Wagtail can only ask of a group, so the
groups hold the pages and nothing else: without the role they open no door.

Authors write and hand in, reviewers publish: what two people have read has fewer mistakes. Whoever
writes alone is given both roles, and then publishes what he has written.
"""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from people.models import User
from people.roles import Role

AUTHORS, REVIEWERS = "authors", "reviewers"
GROUPS = {Role.AUTHOR: AUTHORS, Role.REVIEWER: REVIEWERS}
PAGE_PERMISSIONS = {
    AUTHORS: ("add_page", "change_page"),
    REVIEWERS: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
}
COLLECTION_PERMISSIONS = (
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "choose_document",
)
MODEL_PERMISSIONS = {
    "courses": (
        "add_skill",
        "change_skill",
        "view_skill",
        "add_localfigure",
        "change_localfigure",
        "view_localfigure",
        "view_drawing",
    ),
    "wagtail_localize": ("submit_translation",),
}


@transaction.atomic
def prepare_authors(shelf: Page) -> Group:
    """Let authors write on ``shelf`` and reviewers publish there; safe to repeat."""
    for name in PAGE_PERMISSIONS:
        _prepare_group(name, shelf)
    _prepare_workflow(shelf)
    return Group.objects.get(name=AUTHORS)


def _prepare_group(name, shelf):
    group, _created = Group.objects.get_or_create(name=name)
    on_pages = Permission.objects.filter(content_type__app_label="wagtailcore")
    wanted = on_pages.filter(codename__in=PAGE_PERMISSIONS[name])
    for permission in wanted:
        GroupPagePermission.objects.get_or_create(group=group, page=shelf, permission=permission)
    # There was a time when authors published by themselves.
    group.page_permissions.filter(page=shelf).exclude(permission__in=wanted).delete()
    collection = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"],
        codename__in=COLLECTION_PERMISSIONS,
    ):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )
    of_models = Q(pk__in=[])
    for app, names in MODEL_PERMISSIONS.items():
        of_models |= Q(content_type__app_label=app, codename__in=names)
    group.permissions.add(*Permission.objects.filter(of_models))


def _prepare_workflow(shelf):
    """Have what is written on ``shelf`` read by a reviewer before it is published."""
    task = GroupApprovalTask.objects.filter(groups__name=REVIEWERS).first()
    if task is None:
        with translation.override(settings.LANGUAGE_CODE):
            task = GroupApprovalTask.objects.create(name=_("A reviewer reads it"))
            task.groups.add(Group.objects.get(name=REVIEWERS))
            workflow = Workflow.objects.create(name=_("Four eyes"))
        WorkflowTask.objects.create(workflow=workflow, task=task)
    if not WorkflowPage.objects.filter(page=shelf).exists():
        workflow = Workflow.objects.filter(workflow_tasks__task=task).first()
        WorkflowPage.objects.create(workflow=workflow, page=shelf)


def sync_author(user: User) -> bool:
    """Put ``user`` into the groups of those who write, or take out; return whether in any."""
    held = set(user.assignments.in_force().values_list("role", flat=True))
    for role, name in GROUPS.items():
        if role in held:
            user.groups.add(Group.objects.get_or_create(name=name)[0])
        else:
            user.groups.remove(*user.groups.filter(name=name))
    return bool(held & set(GROUPS))
