"""What axe finds on a page: WCAG 2.0 to 2.2 A and AA, with the size of targets switched on."""

from pathlib import Path
from typing import Any, Literal
from wsgiref.types import WSGIApplication

from playwright.sync_api import Page, ViewportSize
from werkzeug.middleware.shared_data import SharedDataMiddleware

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}

Seen = dict[str, Any]

_FILE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_ADDRESS = "/axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_ALL: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": _TAGS},
    "rules": {"target-size": {"enabled": True}},
}
_COLOURS = {"runOnly": {"type": "rule", "values": _OF_COLOUR}}

# From an address the browser keeps it compiled; as text it would be sent and compiled anew for every page.
# What a closed details holds axe passes over, but it costs a layout for each question unless it is not drawn at all.
_RUN = f"""async options => {{
    if (!window.axe) await new Promise((loaded, failed) => document.head.append(
        Object.assign(document.createElement('script'), {{src: '{_ADDRESS}', onload: loaded, onerror: failed}})));
    const closed = new CSSStyleSheet();
    closed.replaceSync('details:not([open]) > :not(summary) {{display: none !important}}');
    document.adoptedStyleSheets.push(closed);
    const found = await axe.run(document, {{...options, resultTypes: ['violations']}});
    document.adoptedStyleSheets.pop();
    return found.violations.map(v => `${{v.id}}: ${{v.nodes[0].html}} ${{v.nodes[0].failureSummary}}`);
}}"""
# Every visible text by all that decides how far its colour is from what lies behind it and from the words around it.
_TEXTS = """
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
    return [...new Set(texts.map(drawn))];"""
# Every part that is there for somebody by all that a rule of axe asks about it: what it is and in what, whether it
# has words, and whether what it points at exists. An address used twice is a part of its own. No rule asks what
# stands beside a part but that of targets too small for a finger, where it is narrow.
_PARTS = """
    const KEPT = ['role', 'type', 'autocomplete', 'lang', 'scope', 'tabindex', 'content'];
    const POINTS = ['aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-owns', 'aria-errormessage',
        'aria-activedescendant', 'for', 'headers', 'list'];
    const UNASKED = ['class', 'name', 'min', 'max', 'minlength', 'maxlength', 'rows', 'size', 'accept', 'inputmode',
        'autocapitalize', 'spellcheck'];
    const isThere = id => document.getElementById(id) !== null;
    const said = ({name, value}) => {
        if (POINTS.includes(name)) return value.trim().split(/\\s+/).every(isThere);
        if (KEPT.includes(name)) return value;
        if (name.startsWith('aria-') && value.length < 12 && name !== 'aria-label') return value;
        return value.trim() !== '';
    };
    const isAsked = ({name}) => !UNASKED.includes(name) && !name.startsWith('data-');
    const part = one => [one.parentElement?.tagName, one.parentElement?.getAttribute('role'),
        one.tagName, one.getAttribute('class'), narrow.has(one),
        ...[...one.attributes].filter(isAsked).map(each => each.name + '=' + said(each)).sort(),
        one.childElementCount > 0, one.textContent.trim() !== '', one.labels ? one.labels.length : ''].join(';');
    const isSeen = one => one.checkVisibility() || one.matches('meta[name=viewport]');
    const parts = [...document.querySelectorAll('*')].filter(isSeen).map(part);
    const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
    const twice = ids.filter((id, place) => ids.indexOf(id) !== place).map(id => 'twice: ' + id);
    return [...new Set([...parts, ...twice, 'titled: ' + (document.title.trim() !== '')])];"""
# The controls smaller than 24 pixels or covered by another: the only ones that may be too small for a finger.
_NARROW = """
    const CONTROLS = 'a[href], area, button, input, select, textarea, summary, [contenteditable]';
    const ROLES = ['button', 'checkbox', 'combobox', 'gridcell', 'link', 'listbox', 'menuitem', 'menuitemcheckbox',
        'menuitemradio', 'option', 'progressbar', 'radio', 'scrollbar', 'searchbox', 'slider', 'spinbutton', 'switch',
        'tab', 'textbox', 'treeitem'];
    const isControl = one => one.matches(CONTROLS) || ROLES.includes(one.getAttribute('role'));
    const controls = [...document.body.querySelectorAll('*')].filter(one => isControl(one) && one.checkVisibility())
        .map(one => ({one, box: one.getBoundingClientRect()})).sort((a, b) => a.box.top - b.box.top);
    const found = new Set(controls.filter(({box}) => box.width < 24 || box.height < 24).map(({one}) => one));
    controls.forEach(({one, box}, place) => {
        for (const other of controls.slice(place + 1)) {
            if (other.box.top >= box.bottom) break;
            if (other.box.left < box.right && box.left < other.box.right) found.add(one).add(other.one);
        }
    });
    return found;"""
# All that a look needs to know of the page, in one question.
_LOOK = f"""withParts => {{
    const narrow = withParts ? (() => {{{_NARROW}}})() : new Set();
    const headings = document.querySelectorAll('h1').length;
    return {{
        texts: (() => {{{_TEXTS}}})(),
        parts: withParts ? (() => {{{_PARTS}}})() : [],
        isNarrow: narrow.size > 0,
        wrong: [
            ...document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : [],
            ...headings === 1 ? [] : [`the page has ${{headings}} first headings`],
        ],
    }};
}}"""

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
    """Return what is wrong; axe is asked only if there is a part, or a text drawn, as there was none on a page before.

    For a page that is a variant of one already looked at: sent with errors, with less on it, or for somebody else.
    """
    seen = page.evaluate(_LOOK, True)
    is_known = _sound.issuperset(seen["parts"]) and _legible.issuperset(seen["texts"])
    return list(seen["wrong"]) if is_known else _found(page, seen)


def violations_in_every_look(page: Page, *, is_variant: bool = False) -> list[str]:
    """Return what is wrong, on the phone in light and on the desk in dark.

    Light and dark differ in nothing but colour. Every pattern is looked at in all four ways by test_patterns.
    Of a variant of pages already looked at axe is asked only if it has a part that none of them had.
    """
    looks: list[tuple[ViewportSize, Literal["light", "dark"]]] = [(PHONE, "light"), (DESK, "dark")]
    found = []
    # Begin as the page before ended: every change of the window lays the page out anew.
    for size, scheme in looks[::-1] if page.viewport_size == DESK else looks:
        if page.viewport_size != size:
            page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if size == DESK:
            now = _found(page, page.evaluate(_LOOK, False))
        else:
            now = violations_beside_known_parts(page) if is_variant else _found(page, page.evaluate(_LOOK, True))
        found += [f"{size['width']} {scheme} {one}" for one in now]
    return found


def _found(page: Page, seen: Seen) -> list[str]:
    """Return what is wrong with a page, and what axe finds.

    It measures colours only if a text is drawn here as none was before, targets only if some are narrow, and nothing
    else where parts are not looked at.
    """
    is_known = _legible.issuperset(seen["texts"])
    if is_known and not seen["parts"]:
        return list(seen["wrong"])
    passed_over = {rule: {"enabled": False} for rule in _OF_COLOUR if is_known}
    rules = _ALL["rules"] | {"target-size": {"enabled": seen["isNarrow"]}} | passed_over
    found = list(page.evaluate(_RUN, _ALL | {"rules": rules} if seen["parts"] else _COLOURS))
    if not found:
        _legible.update(seen["texts"])
        _sound.update(seen["parts"])
    return [*seen["wrong"], *found]
