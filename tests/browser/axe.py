"""What axe finds on a page: WCAG 2.0 to 2.2 A and AA, with the size of targets switched on."""

from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from playwright.sync_api import Page, ViewportSize
from werkzeug.middleware.shared_data import SharedDataMiddleware

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}

Options = dict[str, Any]

_FILE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_ADDRESS = "/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_ALL = {
    "runOnly": {"type": "tag", "values": _TAGS},
    "rules": {"target-size": {"enabled": True}},
}
_ALL_BUT_COLOURS = _ALL | {
    "rules": {"target-size": {"enabled": True}} | {rule: {"enabled": False} for rule in _OF_COLOUR}
}
_COLOURS = {"runOnly": {"type": "rule", "values": _OF_COLOUR}}

# From an address the browser keeps it compiled; as text it would be sent and compiled anew for every page.
_RUN = f"""async options => {{
    if (!window.axe) await new Promise((loaded, failed) => document.head.append(
        Object.assign(document.createElement('script'), {{src: '{_ADDRESS}', onload: loaded, onerror: failed}})));
    const found = await axe.run(document, {{...options, resultTypes: ['violations']}});
    return found.violations.map(v => `${{v.id}}: ${{v.nodes[0].html}} ${{v.nodes[0].failureSummary}}`);
}}"""
# Every visible text by all that decides how far its colour is from what lies behind it and from the words around it.
_TEXTS = """() => {
    const isText = one => one.matches('input, textarea, select')
        || [...one.childNodes].some(part => part.nodeType === Node.TEXT_NODE && part.data.trim());
    const isSeen = one => one.checkVisibility({opacityProperty: true, visibilityProperty: true});
    const isOpaque = colour => !/rgba|\\//.test(colour);
    const behind = one => {
        const found = [];
        let covered = false;
        for (let box = one; box; box = box.parentElement) {
            const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(box);
            if (!covered && backgroundColor !== 'rgba(0, 0, 0, 0)') found.push(backgroundColor);
            if (!covered && backgroundImage !== 'none') found.push(backgroundImage);
            if (!covered && ['absolute', 'fixed', 'sticky'].includes(position)) found.push(box.className);
            if (opacity !== '1') found.push(opacity);
            covered ||= isOpaque(backgroundColor);
        }
        return found;
    };
    const drawn = one => {
        const {color, fontSize, fontWeight, textDecorationLine} = getComputedStyle(one);
        const around = one.parentElement;
        return [innerWidth, color, getComputedStyle(around).color, fontSize, fontWeight, textDecorationLine,
            ...behind(one)].join(';');
    };
    const texts = [...document.body.querySelectorAll('*')].filter(one => isText(one) && isSeen(one));
    return [...new Set(texts.map(drawn))];
}"""

# Texts whose colours axe has found far enough apart.
_legible: set[str] = set()


def serving_axe(app: WSGIApplication) -> WSGIApplication:
    """Return the application with axe beside its pages, where their policy allows a script."""
    return SharedDataMiddleware(app, {_ADDRESS: str(_FILE)})


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    return list(page.evaluate(_RUN, _ALL))


def violations_beside_known_colours(page: Page) -> list[str]:
    """Return what axe finds, with colours measured only if a text is drawn as none was before."""
    return _found(page, _ALL, _ALL_BUT_COLOURS)


def violations_in_every_look(page: Page) -> list[str]:
    """Return what axe finds and what is wider than the window, on the phone in light and on the desk in dark.

    Light and dark differ in nothing but colour. Every pattern is looked at in all four ways by test_patterns.
    """
    looks = [(PHONE, "light", _ALL, _ALL_BUT_COLOURS), (DESK, "dark", _COLOURS, None)]
    found = []
    # Begin as the page before ended: every change of the window lays the page out anew.
    for size, scheme, rules, without_colours in looks[::-1] if page.viewport_size == DESK else looks:
        if page.viewport_size != size:
            page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{size['width']} {scheme} {one}" for one in _found(page, rules, without_colours)]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"{size['width']} {scheme}: the page is wider than the window")
    return found


def _found(page: Page, rules: Options, without_colours: Options | None) -> list[str]:
    """Return what axe finds; it measures colours if a text is drawn here as none was before."""
    texts = set(page.evaluate(_TEXTS))
    if texts <= _legible:
        return list(page.evaluate(_RUN, without_colours)) if without_colours else []
    found = list(page.evaluate(_RUN, rules))
    if not found:
        _legible.update(texts)
    return found
