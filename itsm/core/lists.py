"""A list that is searched: its address holds its whole state, so that it can be sent to a colleague."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core.access import Actor
from itsm.core.errors import DomainError
from itsm.core.search import chips
from itsm.core.web import actor

Tab = tuple[str, str, int | None, bool]


class Page(Protocol):
    """One page of a list: where the next one begins, if there is one."""

    @property
    def cursor(self) -> str | None:
        """What the address of the next page carries; None on the last."""


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for: the tab, the search line, the order, and where the page begins."""

    endpoint: str
    tab: str
    q: str
    order: str
    after: str
    # What stands in the address; what a list begins with does not.
    state: Mapping[str, Any]

    def address(self, **changed: str | None) -> str:
        """Return the address of the list with something changed in it, at its first page."""
        return url_for(self.endpoint, **{**self.state, **changed})

    def tabs(self, labels: Mapping[str, str], counts: Mapping[str, int]) -> list[Tab]:
        """Return the tabs for `lists.tabs`."""
        return [(label, self.address(tab=tab), counts[tab], tab == self.tab) for tab, label in labels.items()]


def asked(endpoint: str, *, tab: str, order: str) -> Asked:
    """Read what the address asks for; `tab` and `order` are what the list begins with."""
    args = request.args
    q, order_asked = args.get("q", "").strip(), args.get("sort", order)
    tab_asked = args.get("tab", tab)
    state = {"tab": tab_asked, "q": q or None, "sort": order_asked if order_asked != order else None}
    return Asked(endpoint, tab_asked, q, order_asked, args.get("ab", ""), state)


def answered(
    template: str,
    asked: Asked,
    load: Callable[[], Page],
    words: Mapping[str, object],
    tabs: Callable[[Any], list[Tab]],
    **more: Any,
) -> ResponseReturnValue:
    """Return the list; a search line it does not understand is shown with the sentence that says why.

    `words` are the filters a line knows; `tabs` gets the page, or None.
    """
    sentence, page = "", None
    try:
        page = load()
    except DomainError as error:
        sentence = error.sentence
    html = render_template(
        template,
        page=page,
        sentence=sentence,
        q=asked.q,
        tab=asked.tab,
        order=asked.order,
        state=asked.state,
        tabs=tabs(page),
        chips=[] if sentence else [(text, asked.address(q=rest or None)) for text, rest in chips(asked.q, words)],
        next_href=asked.address(ab=page.cursor) if page and page.cursor else None,
        first_href=asked.address() if asked.after else None,
        **more,
    )
    return html, 422 if sentence else 200


class Section(NamedTuple):
    """One part of a package: its name, its first page, and who gets it."""

    label: str
    endpoint: str
    shown: Callable[[Actor], bool]


def section_tabs(sections: Iterable[Section], current: str) -> list[Tab]:
    """Return the parts this person gets, for `lists.tabs`; `current` is the endpoint of the part that is open."""
    return [
        (section.label, url_for(section.endpoint), None, section.endpoint == current)
        for section in sections
        if section.shown(actor())
    ]
