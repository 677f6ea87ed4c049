"""Lists of visits, tickets without a visit, moving and calling off."""

from datetime import time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.dispatch import policy, queries, unplanned
from itsm.dispatch.forms import ReasonForm, ShiftForm
from itsm.dispatch.models import Visit
from itsm.dispatch.service import visits as service
from itsm.dispatch.states import VisitState
from itsm.dispatch.views.blueprint import bp
from itsm.org import queries as org


@bp.get("/besuche")
def visits() -> ResponseReturnValue:
    """List the coming visits, or those that were."""
    me, at, past = actor(), clock.now(), request.args.get("tab") == "vorbei"
    found, more = queries.visits_for(me, today=clock.local_day(at), past=past, after=request.args.get("nach", ""))
    return render_template(
        "dispatch/visits.html",
        visits=found,
        more=more,
        past=past,
        at=at,
        sees_unplanned=policy.may_see_unplanned(me),
        may_subscribe=policy.may_subscribe(me),
    )


@bp.get("/besuche/ungeplant")
def unplanned_tickets() -> ResponseReturnValue:
    """List the tickets nobody is booked for, each with the reason."""
    if not policy.may_see_unplanned(actor()):
        raise NotAllowed("Diese Liste ist für das Campusmanagement und die Teamleitung.")
    rows, more = unplanned.rows_for(actor(), clock.now(), after=request.args.get("nach", type=int))
    return render_template("dispatch/unplanned.html", rows=rows, more=more)


@bp.post("/schulen/<number>/besuche/zuordnen")
def bundle(number: str) -> ResponseReturnValue:
    """Put what waits at a school on its next visits now, not over night."""
    school = org.by_number(actor(), number)
    with writing():
        count = unplanned.bundle_now(actor(), school, clock.now())
    text = "Auf den nächsten Besuch gelegt." if count else "Für diese Schule gibt es noch keinen Besuch."
    flash(text, "success" if count else "warning")
    return redirect(url_for("dispatch.unplanned_tickets"))


@bp.route("/besuche/<int:visit_id>/verschieben", methods=["GET", "POST"])
def shift(visit_id: int) -> ResponseReturnValue:
    """Move a visit to another day or time."""
    visit = queries.to_plan(actor(), visit_id)
    form = ShiftForm(visit_on=visit.visit_on, minutes=visit.minutes, starts=_fixed_time(visit))
    if form.validate_on_submit():
        moved = visit
        with form.shows_errors(), writing():
            moved = service.shift(actor(), visit, form.read(), at=clock.now())
        if not form.form_errors:
            flash("Der Besuch ist verschoben. Die Schule weiß Bescheid.", "success")
            return redirect(url_for("dispatch.visit", visit_id=moved.id))
    return render_template("dispatch/shift.html", visit=queries.to_plan(actor(), visit_id), form=form), form.status


@bp.route("/besuche/<int:visit_id>/absagen", methods=["GET", "POST"])
def cancel(visit_id: int) -> ResponseReturnValue:
    """Call a visit off, or note that it did not take place."""
    visit, form, at = queries.to_plan(actor(), visit_id), ReasonForm(), clock.now()
    missed = visit.visit_on < clock.local_day(at) or visit.state is VisitState.DRIVING
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            (service.miss if missed else service.cancel)(actor(), visit, form.reason.data, at)
        if not form.form_errors:
            flash("Der Besuch fällt aus. Seine Störungen stehen wieder unter „Ungeplant“.", "success")
            return redirect(url_for("dispatch.visit", visit_id=visit_id))
    found = queries.to_plan(actor(), visit_id)
    return render_template("dispatch/cancel.html", visit=found, form=form, missed=missed), form.status


def _fixed_time(visit: Visit) -> time | None:
    return clock.local(visit.starts_at).time() if visit.is_fixed else None
