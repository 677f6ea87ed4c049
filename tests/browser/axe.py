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
# Every part that is there for somebody by all that a rule of axe asks about it: what it is and in what, whether it
# has words, and whether what it points at exists. An address used twice is a part of its own.
_PARTS = """() => {
    const KEPT = ['role', 'type', 'autocomplete', 'lang', 'scope', 'tabindex', 'content'];
    const POINTS = ['aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-owns', 'aria-errormessage',
        'aria-activedescendant', 'for', 'headers', 'list'];
    const isThere = id => document.getElementById(id) !== null;
    const said = ({name, value}) => {
        if (POINTS.includes(name)) return value.trim().split(/\\s+/).every(isThere);
        if (KEPT.includes(name)) return value;
        if (name.startsWith('aria-') && value.length < 12 && name !== 'aria-label') return value;
        return value.trim() !== '';
    };
    const kind = one => one ? [one.tagName, one.getAttribute('class'), one.getAttribute('role')].join() : '';
    const part = one => [kind(one.parentElement), kind(one.previousElementSibling), kind(one),
        ...[...one.attributes].filter(({name}) => name !== 'class').map(each => each.name + '=' + said(each)).sort(),
        one.childElementCount > 0, one.textContent.trim() !== '', one.labels ? one.labels.length : ''].join(';');
    const isSeen = one => one.checkVisibility() || one.matches('meta[name=viewport]');
    const parts = [...document.querySelectorAll('*')].filter(isSeen).map(part);
    const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
    const twice = ids.filter((id, place) => ids.indexOf(id) !== place).map(id => 'twice: ' + id);
    return [...new Set([...parts, ...twice, 'titled: ' + (document.title.trim() !== '')])];
}"""

# Texts whose colours axe has found far enough apart, and parts it has found nothing wrong with.
_legible: set[str] = set()
_sound: set[str] = set()


def serving_axe(app: WSGIApplication) -> WSGIApplication:
    """Return the application with axe beside its pages, where their policy allows a script."""
    return SharedDataMiddleware(app, {_ADDRESS: str(_FILE)})


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    return list(page.evaluate(_RUN, _ALL))


def violations_beside_known_parts(page: Page) -> list[str]:
    """Return what axe finds, asked only if there is a part, or a text drawn, as there was none on a page before.

    For a page that is a variant of one already looked at: sent with errors, with less on it, or for somebody else.
    """
    if set(page.evaluate(_PARTS)) <= _sound and set(page.evaluate(_TEXTS)) <= _legible:
        return []
    return _found(page, _ALL, _ALL_BUT_COLOURS)


def violations_in_every_look(page: Page, *, is_variant: bool = False) -> list[str]:
    """Return what axe finds and what is wider than the window, on the phone in light and on the desk in dark.

    Light and dark differ in nothing but colour. Every pattern is looked at in all four ways by test_patterns.
    Of a variant of pages already looked at axe is asked only if it has a part that none of them had.
    """
    looks = [(PHONE, "light", _ALL, _ALL_BUT_COLOURS), (DESK, "dark", _COLOURS, None)]
    found = []
    # Begin as the page before ended: every change of the window lays the page out anew.
    for size, scheme, rules, without_colours in looks[::-1] if page.viewport_size == DESK else looks:
        if page.viewport_size != size:
            page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        now = violations_beside_known_parts(page) if is_variant and without_colours else None
        if now is None:
            now = _found(page, rules, without_colours)
        found += [f"{size['width']} {scheme} {one}" for one in now]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"{size['width']} {scheme}: the page is wider than the window")
    return found


def _found(page: Page, rules: Options, without_colours: Options | None) -> list[str]:
    """Return what axe finds; it measures colours if a text is drawn here as none was before."""
    texts = set(page.evaluate(_TEXTS))
    is_known = texts <= _legible
    if is_known and not without_colours:
        return []
    found = list(page.evaluate(_RUN, without_colours if is_known and without_colours else rules))
    if not found:
        _legible.update(texts)
        if without_colours:
            _sound.update(page.evaluate(_PARTS))
    return found
