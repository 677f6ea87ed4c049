"""The clerk's desk: what is due today first, what is new, what waits for others; beside it the list of cases."""

from collections.abc import Mapping

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import desk as blocks
from itsm.claims import desk_queries, handling, policy
from itsm.claims.service import cases
from itsm.claims.views.blueprint import bp
from itsm.core import clock, lists
from itsm.core.access import Actor
from itsm.core.errors import NotFound
from itsm.core.web import NavEntry, actor, add_nav

SHOWN = 3
ALL = 200
TODAY = "heute"


@bp.get("/schaeden/bearbeitung")
def desk() -> ResponseReturnValue:
    """Show the first rows of every block, or one page of the list; the address holds the whole state."""
    me, on = _staff(), clock.local_day(clock.now())
    asked = lists.asked("claims.desk", tab="alle" if request.args.get("q") else TODAY, order="neu")
    if asked.tab == TODAY:
        filled, tabs = blocks.fill(me, on, SHOWN), _tabs(asked, desk_queries.counts(me))
        return render_template("claims/desk.html", filled=filled, groups=blocks.GROUPS, tabs=tabs)
    return lists.answered(
        "claims/desk_list.html",
        asked,
        lambda: desk_queries.page(me, asked.tab, asked.q, asked.order, asked.after, on),
        desk_queries.WORDS,
        lambda page: _tabs(asked, page.counts if page else desk_queries.counts(me)),
        help=desk_queries.HELP,
        next_step=handling.next_step,
    )


@bp.get("/schaeden/bearbeitung/<slug>")
def desk_block(slug: str) -> ResponseReturnValue:
    """Show one block as a whole."""
    me, block = _staff(), blocks.BY_SLUG.get(slug)
    if block is None:
        raise NotFound
    on = clock.local_day(clock.now())
    return render_template("claims/desk_block.html", part=block.fill(me, on, ALL), on=on)


def _tabs(asked: lists.Asked, counts: Mapping[str, int]) -> list[lists.Tab]:
    """What is to be done first, then the list of cases in its parts."""
    today = ("Heute", url_for("claims.desk"), None, asked.tab == TODAY)
    return [today, *asked.tabs(desk_queries.TABS, counts)]


def nav_count(me: Actor) -> int:
    """Return how much this person can act on today."""
    return blocks.count_to_do(me, clock.local_day(clock.now())) if policy.may_work(me) else 0


def _staff() -> Actor:
    cases.check_work(actor())
    return actor()


def init() -> None:
    """Put the desk into the menu of the claims staff."""
    add_nav(NavEntry("Schadensfälle", "claims.desk", "warning", policy.may_work, 22, nav_count, short="Fälle"))
