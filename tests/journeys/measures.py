"""Measure a page as a learner's weak eyes and unsure finger would."""

from axe_playwright_python.sync_playwright import Axe

STRICT = {"rules": {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": True}}}
USUAL = {"rules": {"target-size": {"enabled": True}}}

_PARK_THE_BAR = """parked => {
  for (const e of document.querySelectorAll('body *')) {
    if (parked && ['fixed', 'sticky'].includes(getComputedStyle(e).position)) { e.dataset.parked = ''; e.style.position = 'static'; }
    if (!parked && 'parked' in e.dataset) { delete e.dataset.parked; e.style.removeProperty('position'); }
  }
}"""

_TEXTS = """among => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.textContent.trim() || !parent || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(parent.tagName)) continue;
    if (parent.closest('.visually-hidden, [hidden]')) continue;
    if (among && !parent.closest(among)) continue;
    const style = getComputedStyle(parent), box = parent.getBoundingClientRect();
    if (style.visibility === 'hidden' || style.display === 'none' || box.width < 2 || box.height < 2) continue;
    found.push([node.textContent.trim().slice(0, 40), parseFloat(style.fontSize)]);
  }
  return found;
}"""

_TARGETS = """() => [...document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden]), label:has(input)')]
  .filter(e => !e.closest('.visually-hidden, [hidden]') && !e.classList.contains('skip-link'))
  // An input inside its own label is tapped through the label; a link inside a sentence is text.
  .filter(e => !(e.tagName === 'INPUT' && e.closest('label')))
  .map(e => [e, e.getBoundingClientRect(), getComputedStyle(e)])
  .filter(([e, box, style]) => box.width > 1 && box.height > 1 && style.visibility !== 'hidden')
  .filter(([e, box]) => !(e.tagName === 'A' && e.parentElement.tagName === 'P' && e.parentElement.textContent.trim() !== e.textContent.trim()))
  .map(([e, box]) => ({words: (e.innerText || e.getAttribute('aria-label') || e.name || e.tagName).trim().slice(0, 40),
        x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, fixed: !!e.closest('[class*=bar]')}))"""


def accessibility_faults(page, *, strict=False):
    """Return what axe-core finds wrong, one line each.

    The learner's bar stays at the lower edge of the window while the page scrolls below it. axe
    looks at one scroll position only and takes whatever lies under the bar just then for covered,
    so the bar is put at the end of the page while it looks.
    """
    page.evaluate(_PARK_THE_BAR, True)
    results = Axe().run(page, options=STRICT if strict else USUAL).response
    page.evaluate(_PARK_THE_BAR, False)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]


def uncertain_contrasts(page):
    """Return texts whose contrast axe could not tell, such as words over a picture."""
    page.evaluate(_PARK_THE_BAR, True)
    results = Axe().run(page, options=STRICT).response
    page.evaluate(_PARK_THE_BAR, False)
    return [
        f"{rule['id']}: {node['target']}"
        for rule in results["incomplete"]
        if rule["id"].startswith("color-contrast")
        for node in rule["nodes"]
    ]


def silent_parts(page):
    """Return what can be heard but has no button to hear it."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main [data-speak]')]
        .filter(e => e.getBoundingClientRect().height > 1)
        .filter(e => !document.querySelector('button[data-listen=""]'))
        .map(e => e.innerText.slice(0, 40))"""
    )


def unnamed_controls(page):
    """Return buttons and links without words, and fields without a label that can be seen."""
    return page.evaluate(
        """() => [
          ...[...document.querySelectorAll('a[href], button, summary')]
            // The places on a rehearsed phone are seen on its picture, and named for who hears them.
            .filter(e => e.checkVisibility() && !e.innerText.trim() && !(e.matches('.zone') && e.getAttribute('aria-label')) && !e.matches('[aria-hidden=true]')),
          ...[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
            // What a closed part of the page hides has no words yet, and cannot be reached either.
            .filter(e => e.checkVisibility() && ![...(e.labels || [])].some(l => l.innerText.trim())),
        ].map(e => e.outerHTML.slice(0, 80))"""
    )


def small_texts(page, least, among=None):
    """Return the texts that are printed smaller than ``least`` pixels (``among``: a selector)."""
    return [(words, size) for words, size in page.evaluate(_TEXTS, among) if size < least]


def small_targets(page, least):
    """Return what is to be tapped and is smaller than ``least`` pixels in a direction."""
    return [
        (target["words"], round(target["width"]), round(target["height"]))
        for target in page.evaluate(_TARGETS)
        if target["width"] < least - 0.5 or target["height"] < least - 0.5
    ]


def crowded_targets(page, gap):
    """Return pairs of targets with less than ``gap`` pixels between them."""
    targets = page.evaluate(_TARGETS)
    return [
        (one["words"], other["words"])
        for index, one in enumerate(targets)
        for other in targets[index + 1 :]
        if one["fixed"] == other["fixed"] and _between(one, other) < gap - 0.5
        if not _inside(one, other) and not _inside(other, one)
    ]


def _between(one, other):
    across = max(one["x"] - other["x"] - other["width"], other["x"] - one["x"] - one["width"])
    down = max(one["y"] - other["y"] - other["height"], other["y"] - one["y"] - one["height"])
    return max(across, down)


def _inside(one, other):
    return (
        one["x"] >= other["x"] - 1
        and one["y"] >= other["y"] - 1
        and one["x"] + one["width"] <= other["x"] + other["width"] + 1
        and one["y"] + one["height"] <= other["y"] + other["height"] + 1
    )


def runs_over(page):
    """Tell by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
