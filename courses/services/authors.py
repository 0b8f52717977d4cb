"""Authors in Wagtail's admin.

Whether somebody may enter it is asked of our own table of roles, like everything else
(`people.roles`). What an author may do to which page Wagtail can only ask of a group, so the
group holds the pages and nothing else: without the role it opens no door.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from people.models import User
from people.roles import Role

AUTHORS = "authors"
PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
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
    """Give the authors' group what it needs to write on ``shelf``; safe to repeat."""
    group, _created = Group.objects.get_or_create(name=AUTHORS)
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=shelf, permission=permission)
    collection = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"],
        codename__in=COLLECTION_PERMISSIONS,
    ):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )
    wanted = Q(pk__in=[])
    for app, names in MODEL_PERMISSIONS.items():
        wanted |= Q(content_type__app_label=app, codename__in=names)
    group.permissions.add(*Permission.objects.filter(wanted))
    return group


def sync_author(user: User) -> bool:
    """Put ``user`` into the authors' group, or take him or her out; return whether inside."""
    is_author = user.assignments.in_force().filter(role=Role.AUTHOR).exists()
    if is_author:
        user.groups.add(Group.objects.get_or_create(name=AUTHORS)[0])
    else:
        user.groups.remove(*user.groups.filter(name=AUTHORS))
    return is_author
