"""The list of claims; names are searched, not shown."""

from flask.typing import ResponseReturnValue

from itsm.claims import claim_list, policy
from itsm.claims.views.blueprint import bp
from itsm.core import clock, lists
from itsm.core.access import Actor
from itsm.core.errors import NotAllowed
from itsm.core.web import NavEntry, actor, add_nav

START_TAB, START_ORDER = "pruefen", "neu"


@bp.get("/forderungen")
def claim_index() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me, on = _staff(), clock.local_day(clock.now())
    asked = lists.asked("claims.claim_index", tab=START_TAB, order=START_ORDER)
    return lists.answered(
        "claims/claims/index.html",
        asked,
        lambda: claim_list.page(me, asked.tab, asked.q, asked.order, asked.after, on),
        claim_list.WORDS,
        lambda page: asked.tabs(claim_list.TABS, page.counts if page else claim_list.counts(me, on)),
        help=claim_list.HELP,
        on=on,
    )


def _staff() -> Actor:
    if not policy.may_see_claims(actor()):
        raise NotAllowed("Forderungen sieht nur die Schadensbearbeitung, denn darin stehen Namen.")
    return actor()


def init() -> None:
    """Put the list into the menu of the claims staff."""
    add_nav(NavEntry("Forderungen", "claims.claim_index", "draft", policy.may_see_claims, 36))
