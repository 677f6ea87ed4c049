"""What axe finds on a page: WCAG 2.0 to 2.2 A and AA, with the size of targets switched on."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE

_SCRIPT = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = """only => axe
    .run(document, {runOnly: only, resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
    .then(found => found.violations.map(v => `${v.id}: ${v.nodes[0].html} ${v.nodes[0].failureSummary}`))"""

_EVERYTHING = {"type": "tag", "values": _TAGS}
# Light and dark differ in nothing but colour. Every pattern is looked at in all four ways by test_patterns.
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_LOOKS = [(PHONE, "light", _EVERYTHING), (DESK, "dark", _COLOURS)]


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    page.evaluate(_SCRIPT)
    return list(page.evaluate(_RUN, _EVERYTHING))


def violations_in_every_look(page: Page) -> list[str]:
    """Return what axe finds and what is wider than the window, on the phone in light and on the desk in dark."""
    page.evaluate(_SCRIPT)
    found = []
    for size, scheme, rules in _LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{size['width']} {scheme} {one}" for one in page.evaluate(_RUN, rules)]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"{size['width']} {scheme}: the page is wider than the window")
    return found
