"""Known disturbances: the list, one-tap join, enter and end."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.web import actor
from itsm.tickets import disturbances, queries
from itsm.tickets.views.blueprint import bp


@bp.post("/bekannte-stoerungen/<int:disturbance_id>/dabei")
def join_disturbance(disturbance_id: int) -> ResponseReturnValue:
    """Say with one tap that the school has it too."""
    school = queries.school_to_report_for(actor(), request.form.get("school", type=int))
    if school is None:
        raise NotFound
    with writing():
        disturbances.join(actor(), disturbances.get_for(actor(), disturbance_id), school, clock.now())
    flash("Danke. Ihre Schule ist vermerkt, wir schreiben Ihnen, sobald es behoben ist.", "success")
    return redirect(url_for("tickets.report", schule=school.id), 303)
