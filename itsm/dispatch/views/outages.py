"""Sickness, a broken car, a closed school: one form, and what it does to the visits."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.dispatch import outage_queries, policy, team_queries
from itsm.dispatch.models import Outage, OutageKind
from itsm.dispatch.plan_forms import OutageForm
from itsm.dispatch.service import outages as service
from itsm.dispatch.views.blueprint import bp

BUSY = "Der Bezirk wird gerade schon geplant. Bitte starten Sie die Planung für den Ausfall, wenn sie fertig ist."


@bp.route("/einsatz/ausfall", methods=["GET", "POST"])
def outage() -> ResponseReturnValue:
    """Report an outage."""
    me, today = actor(), clock.local_day(clock.now())
    people = [member.user for member in team_queries.members_for(me, today)]
    schools = outage_queries.schools_for(me)
    chosen = request.args.get("person", 0, type=int) or _only(people)
    form = OutageForm(first_on=today, person=chosen).offer(people, schools)
    if form.validate_on_submit():
        made = None
        with form.shows_errors(), writing():
            made = service.report(actor(), form.read(people, schools), clock.now())
        if made is not None and not form.form_errors:
            flash("Der Ausfall ist gemeldet. Noch hat keine Schule davon gehört.", "success")
            return redirect(url_for("dispatch.show_outage", outage_id=made.id))
    rows = outage_queries.outages_for(actor(), today)
    return render_template("dispatch/outage.html", form=form, outages=rows, words=service.words), form.status


@bp.get("/einsatz/ausfall/<int:outage_id>")
def show_outage(outage_id: int) -> ResponseReturnValue:
    """Show the visits an outage touches, and the proposal for them."""
    found, at = outage_queries.get_for(actor(), outage_id), clock.now()
    visits, begun = outage_queries.affected_by(found), outage_queries.begun_by(found)
    return render_template(
        "dispatch/outage_show.html",
        outage=found,
        words=service.words(found),
        visits=visits,
        begun=begun,
        at=at,
        today=clock.local_day(at),
        may_decide=found.plan is not None and policy.may_decide_plan(actor(), found.plan),
    )


@bp.post("/einsatz/ausfall/<int:outage_id>/planen")
def replan_outage(outage_id: int) -> ResponseReturnValue:
    """Ask for the plan again."""
    with writing():
        plan = service.replan(actor(), outage_queries.get_for(actor(), outage_id), clock.now())
    if plan is None:
        flash(BUSY, "warning")
    return redirect(url_for("dispatch.show_outage", outage_id=outage_id))


@bp.post("/einsatz/ausfall/<int:outage_id>/beenden")
def end_outage(outage_id: int) -> ResponseReturnValue:
    """Let an outage end today."""
    found = outage_queries.get_for(actor(), outage_id)
    sentence = _over(found)
    with writing():
        service.end(actor(), found, clock.now())
    flash(sentence, "success")
    return redirect(url_for("dispatch.outage"))


def _over(outage: Outage) -> str:
    if outage.kind is OutageKind.SCHOOL_CLOSED:
        return "Die Schule ist wieder offen. Besuche, die noch niemand verlegt hat, finden statt."
    return "Der Ausfall ist beendet. Besuche, die noch niemand übernommen hat, stehen wieder wie vorher."


def _only(people: list[User]) -> int:
    """A manager reports themselves."""
    return people[0].id if len(people) == 1 else 0
