"""The list of cases for schools and support; the claims staff has its desk."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import listing, policy
from itsm.claims.views.blueprint import bp
from itsm.core import lists
from itsm.core.access import Verb
from itsm.core.web import actor


@bp.get("/schaeden")
def cases() -> ResponseReturnValue:
    """Show one page of the list; the address holds its whole state."""
    me = actor()
    if policy.may_work(me) and not request.args:
        return redirect(url_for("claims.desk"))
    asked = lists.asked("claims.cases", tab="offen", order="neu")
    return lists.answered(
        "claims/list/cases.html",
        asked,
        lambda: listing.page(me, asked.tab, asked.q, asked.after),
        listing.WORDS,
        lambda page: asked.tabs(listing.TABS, page.counts) if page else [],
        help=listing.HELP,
        may_report=me.may_somewhere(Verb.CASE_REPORT),
    )
