"""A leader walks from the province to a person with the keyboard, and through the hundred days."""

from tests.journeys.measures import accessibility_faults, runs_over


def _press(page, link):
    """Follow a link as somebody does who has no mouse."""
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_the_province_to_a_person_without_a_mouse(sign_in, shoot):
    page = sign_in("tinh", "desktop")
    _press(page, page.locator("main a[href*='/coverage/']").first)
    slider = page.locator("#map-day")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    day = int(slider.get_attribute("max")) - 10
    page.wait_for_selector(f"#coverage-live[data-day='{day}']")
    assert f"day={day}" in page.url
    assert f"ngày thứ {day}" in page.locator("[data-day-words]").inner_text()
    assert accessibility_faults(page) == []
    page.keyboard.press("End")
    page.wait_for_selector(f"#coverage-live[data-day='{day + 10}']")
    shoot(page, "map")

    # Somewhere learners are enrolled who have not come.
    unit = page.locator("svg.coverage-map a[aria-label*='chậm']").first
    assert "%" in unit.get_attribute("aria-label")
    _press(page, unit)
    assert accessibility_faults(page) == []
    village = page.locator("svg.coverage-map a").first
    _press(page, village)
    assert "/missing/" in page.url
    assert page.locator("main h1").is_visible()

    page.go_back()
    _press(page, page.locator("nav.is-sections a[href*='/pace/']"))
    assert "Cần" in page.locator(".pace-need").inner_text()
    assert accessibility_faults(page) == []
    shoot(page, "pace")
    page.set_viewport_size({"width": 360, "height": 740})
    assert not runs_over(page)
