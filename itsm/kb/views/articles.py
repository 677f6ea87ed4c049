"""The list of articles for those who look after them, and the recycle bin."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.web import actor
from itsm.kb import bin_queries, list_search, listing, policy, record
from itsm.kb.service import bin as recycle_bin
from itsm.kb.views.blueprint import bp

START_ORDER = "neu"


@bp.get("/wissen/artikel")
def articles() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, args, on = _writer(), request.args, clock.local_day(clock.now())
    start = "arbeit" if policy.is_editor(me) else "meine"
    tab, q, order = args.get("tab", start), args.get("q", "").strip(), args.get("sort", START_ORDER)
    state: dict[str, Any] = {"tab": tab, "q": q or None, "sort": order if order != START_ORDER else None}
    sentence, page = None, None
    try:
        page = listing.page(me, tab, q, order, args.get("ab", ""), on)
    except DomainError as error:
        sentence = error.sentence
    html = render_template(
        "kb/flow/articles.html",
        page=page,
        sentence=sentence,
        q=q,
        tab=tab,
        order=order,
        state=state,
        tabs=_tabs(page.counts if page else listing.counts(me), state),
        chips=[]
        if sentence
        else [(text, _address(state | {"q": rest or None})) for text, rest in list_search.chips(q)],
        next_href=_address(state | {"ab": page.cursor}) if page and page.cursor else None,
        first_href=_address(state) if args.get("ab") else None,
        help=list_search.HELP,
        on=on,
    )
    return html, 422 if sentence else 200


@bp.get("/wissen/papierkorb")
def bin() -> ResponseReturnValue:
    """Show what was thrown away and when it goes for good."""
    if not policy.is_editor(actor()):
        raise NotAllowed("Den Papierkorb sieht nur die Redaktion der Wissensdatenbank.")
    rows, days = bin_queries.thrown_away(actor(), clock.local_day(clock.now()))
    return render_template("kb/flow/bin.html", rows=rows, days=days)


@bp.post("/wissen/papierkorb/<int:article_id>/zurueck")
def undelete(article_id: int) -> ResponseReturnValue:
    """Take an article out of the bin."""
    with writing():
        recycle_bin.take_out(actor(), record.to_tend(actor(), article_id), clock.now())
    flash("Der Artikel ist wieder da.", "success")
    return redirect(url_for("kb.work", article_id=article_id), 303)


def _writer() -> Actor:
    if not policy.may_draft(actor()):
        raise NotAllowed("Die Artikelliste sehen die Redaktion und der Support. Lesen können Sie alles unter „Wissen“.")
    return actor()


def _tabs(counts: dict[str, int], state: dict[str, Any]) -> list[tuple[str, str, int | None, bool]]:
    return [
        (label, _address(state | {"tab": tab}), counts[tab], tab == state["tab"]) for tab, label in listing.TABS.items()
    ]


def _address(state: dict[str, Any]) -> str:
    return url_for("kb.articles", **state)
