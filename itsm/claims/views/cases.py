"""The page of a damage case: what happened, what is done about it, and what comes next."""

from flask import render_template
from flask.typing import ResponseReturnValue

from itsm.claims import queries
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.web import actor


@bp.get("/schaeden/<int:case_id>")
def case(case_id: int) -> ResponseReturnValue:
    """Show a case as far as this person may read it."""
    me, at = actor(), clock.now()
    return render_template("claims/case.html", case=queries.case_for(me, case_id), actor=me, at=at)
