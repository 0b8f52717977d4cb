"""What every template knows."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from people.views.access import screen_of


@dataclass
class NavItem:
    """One entry of the main menu."""

    label: str
    url: str
    icon: str
    current: bool = False


def site(request):
    """Give templates the learner and the menu: nothing that the person may not use is in it."""
    learner = getattr(request, "learner", None)
    return {
        "learner": learner,
        # On a class's shared screen nothing is kept for later.
        "own_phone": bool(learner) and screen_of(request) is None,
        # Whoever takes registers has the evenings on the phone.
        "keeps_evenings": _may(request, "progress.mark_attendance"),
        "nav_items": _menu(request),
        "look": {
            "size": request.COOKIES.get("look_size", "0"),
            "theme": request.COOKIES.get("look_theme", "auto"),
        },
    }


# Every entry of the menu: words, URL, icon, and what one must be allowed to do somewhere.
_ENTRIES = [
    (gettext_lazy("Home"), "home", "house", None),
    (gettext_lazy("Tonight"), "campaigns:tonight", "calendar-clock", "campaigns.view_classgroup"),
    (pgettext_lazy("menu", "Work"), "campaigns:my_work", "list-checks", "campaigns.view_workitem"),
    (gettext_lazy("To decide"), "progress:inbox", "clipboard-check", "progress.decide"),
    (gettext_lazy("Campaigns"), "campaigns:list", "flag", "campaigns.view_campaign"),
    (gettext_lazy("Teams and classes"), "campaigns:teams", "users", "campaigns.view_classgroup"),
    (gettext_lazy("Residents"), "people:residents", "id-card", "people.view_resident"),
    (
        gettext_lazy("Certificates"),
        "certificates:list",
        "award",
        "certificates.view_certificate",
    ),
    (gettext_lazy("Places"), "places:browse", "map-pin", "places.view_place"),
    (gettext_lazy("Accounts"), "people:staff", "key-round", "people.view_staff"),
    (
        gettext_lazy("Missing recordings"),
        "courses:audio_report",
        "mic",
        "courses.record_audio",
    ),
    (gettext_lazy("Writing desk"), "wagtailadmin_home", "pencil", "courses.write"),
    (gettext_lazy("Lessons"), "courses:list", "book-open", None),
]


def _may(request, permission) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.has_perm(permission))


def _menu(request) -> list[NavItem]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    items = [
        NavItem(str(label), reverse(name), icon)
        for label, name, icon, permission in _ENTRIES
        if permission is None or user.has_perm(permission)
    ]
    # The longest address that the page lies below is where one is.
    here = max(
        (item for item in items if request.path.startswith(item.url)),
        key=lambda item: len(item.url),
        default=None,
    )
    if here and (here.url != "/" or request.path == "/"):
        here.current = True
    return items
