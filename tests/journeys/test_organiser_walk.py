"""An organiser walks from the province to a person, and on to a visit, with the keyboard alone."""

import datetime as dt

import pytest

from tests.journeys.measures import accessibility_faults, runs_over

# The demo's commune begins a campaign of its own; the province looks into the same one.
LOOK = """
from campaigns.models import Campaign, Membership
from places.models import Place
# Other journeys begin campaigns of their own; the demo's were there first.
campaign = Campaign.objects.filter(place__kind="commune").earliest("pk")
village = (
    Place.objects.below(campaign.place).filter(kind="village", residents__isnull=False).first()
)
from people.services import register_resident
from people.models import User
person = register_resident(
    full_name="Hoàng Thị Vắng", village=village, birth_year=1953, by=User.objects.get(username="xa")
)
provincial = Campaign.objects.filter(place__kind="province").earliest("pk")
print(campaign.pk, campaign.place_id, village.pk, provincial.pk, provincial.place_id)
"""


@pytest.fixture
def world(site):
    return dict(
        zip(
            ("campaign", "commune", "village", "provincial", "province"),
            site.run(LOOK).split(),
            strict=True,
        )
    )


def reach(page, link):
    """Go to something with the tabulator alone, and say whether one can see where one is."""
    for _step in range(200):
        page.keyboard.press("Tab")
        if link.evaluate("it => it === document.activeElement"):
            break
    else:
        pytest.fail(f"The keyboard does not reach {link}")
    outline = link.evaluate(
        "it => getComputedStyle(it).outlineStyle + getComputedStyle(it).boxShadow"
    )
    assert outline != "nonenone"


def is_sound(page):
    assert accessibility_faults(page) == [], page.url
    assert runs_over(page) <= 0, page.url
    assert page.problems == [], page.url


def test_from_the_province_to_a_commune_with_the_keyboard(sign_in, world):
    page = sign_in("tinh", "desktop")
    page.goto(f"/progress/missing/{world['provincial']}/?place={world['province']}")
    is_sound(page)

    commune = page.locator("table.data tbody th a").first
    reach(page, commune)
    name = commune.inner_text()
    page.keyboard.press("Enter")

    page.wait_for_url("**kind=unreached**")
    assert name in page.locator("h1").inner_text()
    is_sound(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_from_a_village_to_a_person_and_to_a_visit(sign_in, shoot, world, size):
    page = sign_in("xa", size)
    page.goto(f"/progress/missing/{world['campaign']}/?place={world['commune']}")
    is_sound(page)
    shoot(page, "missing-commune")
    page.goto(f"/progress/missing/{world['campaign']}/?place={world['village']}&kind=unreached")
    is_sound(page)
    shoot(page, "missing-village")

    person = page.get_by_label("Hoàng Thị Vắng").first
    reach(page, person)
    page.keyboard.press("Space")
    visit = page.locator(".missing-actions .button.is-primary")
    reach(page, visit)
    page.keyboard.press("Enter")

    page.wait_for_url("**/work/new/**")
    assert "V%E1%BA%AFng" not in page.url
    assert "Hoàng Thị Vắng" in page.locator(".work-people").text_content()
    is_sound(page)
    shoot(page, "work-new")

    owner = page.locator("select[name=owner]")
    reach(page, owner)
    page.keyboard.press("ArrowDown")
    due = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
    page.locator("input[name=due]").fill(due)
    save = page.locator("main form[method=post] .button.is-primary")
    reach(page, save)
    page.keyboard.press("Enter")

    page.wait_for_url("**/campaigns/work/*/")
    assert page.get_by_text("Hoàng Thị Vắng").first.is_visible()
    is_sound(page)
    shoot(page, "work-item")
    page.goto(f"/campaigns/{world['campaign']}/work/?place={world['village']}")
    is_sound(page)
    shoot(page, "work-board")
