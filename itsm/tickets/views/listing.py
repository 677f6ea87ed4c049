"""The list of tickets, its saved filters and its export."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.errors import DomainError
from itsm.core.web import actor
from itsm.tickets import listing, search
from itsm.tickets.views.blueprint import bp

START_TAB = "offen"
START_ORDER = "neu"


@bp.get("/stoerungen")
def index() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, args = actor(), request.args
    tab, q, order = args.get("tab", START_TAB), args.get("q", ""), args.get("sort", START_ORDER)
    sentence, page = None, listing.Page([], None)
    try:
        page = listing.page(me, tab, q, order, args.get("ab", ""), clock.now())
    except DomainError as error:
        sentence = error.sentence
    state: dict[str, Any] = {"tab": tab, "q": q or None, "sort": order if order != START_ORDER else None}
    counts = listing.counts(me)
    html = render_template(
        "tickets/index.html",
        page=page,
        sentence=sentence,
        q=q,
        tab=tab,
        order=order,
        tabs=[_tab(name, label, counts[name], tab, state) for name, label in listing.TABS.items()],
        chips=[
            (text, url_for("tickets.index", **(state | {"q": rest or None})))
            for text, rest in ([] if sentence else search.chips(q))
        ],
        next_href=url_for("tickets.index", **state, ab=page.cursor) if page.cursor else None,
        first_href=url_for("tickets.index", **state) if args.get("ab") else None,
        help=search.HELP,
        is_school=not me.may_somewhere(Verb.TICKET_SEE_INTERNAL),
        may_report=me.may_somewhere(Verb.TICKET_REPORT),
    )
    return html, 422 if sentence else 200


def _tab(name: str, label: str, count: int, current: str, state: dict[str, Any]) -> tuple[str, str, int | None, bool]:
    over = count >= listing.COUNTED
    href = url_for("tickets.index", **(state | {"tab": name}))
    return f"{label} (über 1.000)" if over else label, href, None if over else count, name == current
