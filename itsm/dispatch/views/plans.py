"""Week plans: ask for one, watch it being worked out, compare, accept or reject."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.dispatch import board_queries, comparison, plan_queries
from itsm.dispatch.service import plans as service
from itsm.dispatch.states import UNDER_WAY
from itsm.dispatch.views.blueprint import bp
from itsm.dispatch.week_forms import WeekPlanForm

ALL = "alle"


@bp.route("/einsatz/planen", methods=["GET", "POST"])
def plan_week() -> ResponseReturnValue:
    """Ask for a plan of some districts and a week."""
    at = clock.now()
    districts = board_queries.districts_for(actor())
    form = WeekPlanForm().offer(districts, clock.local_day(at))
    if form.validate_on_submit():
        plan, span = None, form.chosen_span()
        with form.shows_errors(), writing():
            plan = service.ask(actor(), form.districts.data, span.first_on, at, joint=form.joint.data, days=span.days)
        if plan is not None:
            return redirect(url_for("dispatch.week_plan", plan_id=plan.id))
    running = plan_queries.under_way_for([district.id for district in board_queries.districts_for(actor())])
    return render_template(
        "dispatch/plan_ask.html", form=form, districts=districts, running=running, span=comparison.span_words
    ), form.status


@bp.get("/einsatz/plaene")
def week_plans() -> ResponseReturnValue:
    """List the plans, the newest first."""
    names = {district.id: district.name for district in board_queries.districts_for(actor())}
    found, more = plan_queries.plans_for(actor(), request.args.get("vor", type=int))
    return render_template(
        "dispatch/plan_list.html",
        plans=found,
        more=more,
        names=names,
        words=comparison,
        counts=plan_queries.counts(found),
    )


@bp.get("/einsatz/plaene/<int:plan_id>")
def week_plan(plan_id: int) -> ResponseReturnValue:
    """Show a plan: how far it is, or what it would change."""
    plan = plan_queries.get_for(actor(), plan_id)
    districts = plan_queries.districts(plan.district_ids)
    if plan.before:
        found = comparison.compare(plan, districts)
        return render_template("dispatch/plan.html", plan=plan, districts=districts, found=found, words=comparison)
    waits = plan.state in UNDER_WAY
    return render_template("dispatch/plan_wait.html", plan=plan, districts=districts, words=comparison, waits=waits)


@bp.get("/einsatz/plaene/<int:plan_id>/stand")
def plan_progress(plan_id: int) -> ResponseReturnValue:
    """Say how far a plan is, for the page that waits."""
    plan = plan_queries.get_for(actor(), plan_id)
    return jsonify(percent=plan.percent, words=comparison.state_words(plan), waits=plan.state in UNDER_WAY)


@bp.post("/einsatz/plaene/<int:plan_id>/uebernehmen")
def accept_plan(plan_id: int) -> ResponseReturnValue:
    """Let all or the chosen steps come into force."""
    plan = plan_queries.get_for(actor(), plan_id)
    chosen = None if request.form.get("wahl") == ALL else request.form.getlist("schritt", type=int)
    with writing():
        done = service.accept(actor(), plan, chosen, clock.now())
    flash(comparison.accepted_words(done.applied, len(done.skipped)), "warning" if done.skipped else "success")
    return redirect(url_for("dispatch.week_plan", plan_id=plan_id))


@bp.post("/einsatz/plaene/<int:plan_id>/verwerfen")
def reject_plan(plan_id: int) -> ResponseReturnValue:
    """Turn a proposal down."""
    with writing():
        service.reject(actor(), plan_queries.get_for(actor(), plan_id), clock.now())
    flash("Der Vorschlag ist verworfen. Es bleibt alles, wie es ist.", "success")
    return redirect(url_for("dispatch.week_plans"))


@bp.post("/einsatz/plaene/<int:plan_id>/abbrechen")
def cancel_plan(plan_id: int) -> ResponseReturnValue:
    """Stop a plan that is being worked out."""
    with writing():
        service.cancel(actor(), plan_queries.get_for(actor(), plan_id), clock.now())
    flash("Die Planung ist abgebrochen. Es bleibt alles, wie es ist.", "success")
    return redirect(url_for("dispatch.week_plans"))
