"""The page of a claim: who owes what and why, the letters, the money, and what comes next."""

from flask import render_template
from flask.typing import ResponseReturnValue

from itsm.claims import queries
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.web import actor


@bp.get("/forderungen/<int:claim_id>")
def claim(claim_id: int) -> ResponseReturnValue:
    """Show a claim to those who work on claims."""
    me, at = actor(), clock.now()
    return render_template("claims/claim.html", claim=queries.claim_for(me, claim_id), actor=me, at=at)
