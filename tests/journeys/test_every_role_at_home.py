"""Each account opens all that its menu offers; nothing there is broken, cramped or foreign."""

import re

import polib
import pytest
from django.conf import settings

from tests.journeys.measures import accessibility_faults, runs_over

ACCOUNTS = ("tinh", "xa", "totruong", "giaovien", "soanbai", "duyetbai")
# What each role finds first.
FIRST = {
    "tinh": "svg.coverage-map",
    "xa": "svg.coverage-map",
    "totruong": "#tonight",
    "giaovien": "#tonight",
    "soanbai": "#writing",
    "duyetbai": "#writing",
}


@pytest.fixture(scope="module")
def foreign():
    """The catalogue's English words that are said otherwise in Vietnamese, and the reverse."""
    catalogue = polib.pofile(str(settings.BASE_DIR / "lms/locale/vi/LC_MESSAGES/django.po"))
    pairs = [
        (entry.msgid, entry.msgstr)
        for entry in catalogue
        if entry.msgstr and entry.msgid != entry.msgstr and "%(" not in entry.msgid
    ]
    english = {msgid for msgid, _ in pairs if len(msgid) > 3}
    vietnamese = {msgstr for _, msgstr in pairs if len(msgstr) > 3}
    return {"vi": english - vietnamese, "en": vietnamese - english}


def words_of(page):
    """Return the texts of the page, one for each text node that can be read."""
    texts = page.evaluate(
        """() => {
          const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode;
            // A choice of languages names each in its own.
            const parent = node.parentElement;
            if (parent.checkVisibility() && !parent.closest('[lang]:not(html)'))
              found.push(node.data);
          }
          return found;
        }"""
    )
    return {re.sub(r"\s+", " ", text).strip(" :·,.") for text in texts}


# The server's database is tried from one of the two sizes.
@pytest.mark.parametrize("size", [pytest.param("phone", marks=pytest.mark.laptop), "desktop"])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_the_menu_offers_works(sign_in, shoot, foreign, account, size):
    page = sign_in(account, size)
    assert page.locator(FIRST[account]).first.is_visible()
    addresses = page.locator("#site-nav a").evaluate_all("links => links.map(a => a.pathname)")
    assert len(addresses) >= 3

    for address in addresses:
        answer = page.goto(address)

        assert answer.status == 200, address
        if address.startswith("/cms/"):
            continue
        assert accessibility_faults(page) == [], address
        assert runs_over(page) <= 0, address
        assert words_of(page) & foreign["vi"] == set(), address
        assert page.problems == [], address
        shoot(page, f"{account}{address.replace('/', '-')}")


@pytest.mark.laptop
@pytest.mark.parametrize("account", ["tinh", "giaovien"])
def test_english_is_whole(sign_in, foreign, account):
    page = sign_in(account, "desktop")
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": page.url}]
    )
    for address in page.locator("#site-nav a").evaluate_all("links => links.map(a => a.pathname)"):
        if address.startswith("/cms/"):
            continue
        page.goto(address)

        assert words_of(page) & foreign["en"] == set(), address


@pytest.mark.laptop
def test_a_role_finds_nothing_that_it_may_not_use(sign_in):
    page = sign_in("giaovien")
    addresses = page.locator("#site-nav a").evaluate_all("links => links.map(a => a.pathname)")

    assert "/people/staff/" not in addresses
    assert "/cms/" not in addresses
    assert page.goto("/people/staff/").status == 403
    assert page.goto("/cms/").status != 500
    assert "/cms/" not in page.url or page.locator("text=Wagtail").count() == 0


@pytest.mark.laptop
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_visitor_is_welcome(visit, shoot, size):
    page = visit(size)
    for address in ("/", "/courses/", "/accounts/login/", "/the", "/xac-minh/", "/khong-co/"):
        page.goto(address)

        assert accessibility_faults(page) == [], address
        assert runs_over(page) <= 0, address
        assert page.problems == [], address
        shoot(page, f"visitor{address.replace('/', '-')}")


def test_the_register_works_without_javascript(site, sign_in):
    page = sign_in("giaovien", script=False)
    page.locator("a[href$='/register/']").first.click()
    row = page.locator(".register-row").first
    name = row.locator("strong").inner_text()

    row.locator("button[value=late]").click()

    row = page.locator(".register-row", has_text=name).first
    assert row.locator("button[value=late]").get_attribute("aria-pressed") == "true"


# The province looks at its own campaign of the demo, the commune at its own.
CAMPAIGN = """
from campaigns.models import Campaign
print(Campaign.objects.filter(place__kind="{kind}").earliest("pk").pk)
"""


@pytest.mark.laptop
@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize(("account", "kind"), [("tinh", "province"), ("xa", "commune")])
def test_every_section_of_a_campaign_works(site, sign_in, foreign, account, kind, size):
    page = sign_in(account, size)
    page.goto(f"/campaigns/{site.run(CAMPAIGN.format(kind=kind))}/coverage/")
    sections = page.locator("nav.is-sections a").evaluate_all("links => links.map(a => a.href)")
    assert len(sections) >= 9

    for address in sections:
        answer = page.goto(address)

        assert answer.status == 200, address
        assert accessibility_faults(page) == [], address
        assert runs_over(page) <= 0, address
        assert not words_of(page) & foreign["vi"], address
    assert page.problems == []
