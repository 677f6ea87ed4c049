"""The list of articles for those who look after them, and the recycle bin."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock, lists
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.kb import bin_queries, list_search, listing, policy, record
from itsm.kb.service import bin as recycle_bin
from itsm.kb.views.blueprint import bp

START_ORDER = "neu"


@bp.get("/wissen/artikel")
def articles() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, on = _writer(), clock.local_day(clock.now())
    asked = lists.asked("kb.articles", tab="arbeit" if policy.is_editor(me) else "meine", order=START_ORDER)
    return lists.answered(
        "kb/flow/articles.html",
        asked,
        lambda: listing.page(me, asked.tab, asked.q, asked.order, asked.after, on),
        list_search.WORDS,
        lambda page: asked.tabs(listing.TABS, page.counts if page else listing.counts(me)),
        help=list_search.HELP,
        on=on,
    )


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
