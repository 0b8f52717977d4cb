"""What every template knows."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass
class NavItem:
    """One entry of the main menu."""

    label: str
    url: str
    icon: str
    current: bool = False


def site(request):
    """Give templates the learner and the menu: nothing that the person may not use is in it."""
    return {
        "learner": getattr(request, "learner", None),
        "nav_items": _menu(request),
        "look": {
            "size": request.COOKIES.get("look_size", "0"),
            "theme": request.COOKIES.get("look_theme", "auto"),
        },
    }


def _menu(request) -> list[NavItem]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [NavItem(_("Home"), reverse("home"), "house", request.path == reverse("home"))]
