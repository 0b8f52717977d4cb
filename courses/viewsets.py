"""The courses' reference lists in Wagtail's admin."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.models import Drawing, LocalFigure, Skill


class LookOnly(ModelPermissionPolicy):
    """Drawings come with content packs and in no other way, not even for a superuser."""

    def user_has_permission(self, user, action):
        return action in ("view", "choose") and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class PictureColumn(Column):
    def get_value(self, instance):
        return format_html(
            '<img src="{}" alt="" width="96" height="72" loading="lazy">', instance.url
        )


class DrawingViewSet(SnippetViewSet):
    model = Drawing
    icon = "image"
    menu_label = _("Drawings")
    list_display = [PictureColumn("picture", label=_("Picture")), "name", "weight"]
    search_fields = ["name"]
    list_per_page = 30
    copy_view_enabled = False


class LocalFigureViewSet(SnippetViewSet):
    model = LocalFigure
    icon = "site"
    menu_label = _("Local figures")
    list_display = ["__str__", "key"]
    search_fields = ["key"]
    copy_view_enabled = False


class SkillViewSet(SnippetViewSet):
    model = Skill
    icon = "tag"
    menu_label = _("Skills")
    list_display = ["framework", "code", "title"]
    list_filter = ["framework"]
    search_fields = ["code", "title"]
    copy_view_enabled = False


class TeachingGroup(SnippetViewSetGroup):
    """Everything that lessons refer to, in one menu."""

    items = (LocalFigureViewSet, SkillViewSet, DrawingViewSet)
    menu_label = _("For lessons")
    menu_icon = "folder-open-inverse"
    menu_order = 350
