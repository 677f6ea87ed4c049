"""Known disturbances: the list, one-tap join, enter and end."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.web import actor
from itsm.tickets import disturbances, policy, queries
from itsm.tickets.list_forms import DisturbanceForm, EndForm
from itsm.tickets.views.blueprint import bp


@bp.get("/bekannte-stoerungen")
def known_disturbances() -> ResponseReturnValue:
    """Show what the desk knows about."""
    me = actor()
    rows = disturbances.listed(me)
    return render_template(
        "tickets/disturbances.html",
        running=[row for row in rows if row[0].ended_at is None],
        ended=[row for row in rows if row[0].ended_at is not None],
        endable={row[0].id for row in rows if policy.may_edit_disturbance(me, row[0])},
        may_add=me.may_somewhere(Verb.DISTURBANCE_EDIT),
    )


@bp.route("/bekannte-stoerungen/neu", methods=["GET", "POST"])
def add_disturbance() -> ResponseReturnValue:
    """Enter a disturbance."""
    if not actor().may_somewhere(Verb.DISTURBANCE_EDIT):
        raise NotAllowed("Bekannte Störungen trägt das Serviceteam ein.")
    form, at = DisturbanceForm(), clock.now()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            disturbances.add(actor(), form.title.data, form.text.data, form.place.data or "", at)
        if not form.form_errors:
            return redirect(url_for("tickets.known_disturbances"), 303)
    return render_template("tickets/disturbance.html", form=form), form.status


@bp.route("/bekannte-stoerungen/<int:disturbance_id>/beenden", methods=["GET", "POST"])
def end_disturbance(disturbance_id: int) -> ResponseReturnValue:
    """End a disturbance and tell everyone who joined."""
    disturbance = disturbances.get_for(actor(), disturbance_id)
    if not policy.may_edit_disturbance(actor(), disturbance):
        raise NotAllowed("Diese bekannte Störung können Sie nicht beenden.")
    form = EndForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            told = disturbances.end(actor(), disturbance, form.text.data or "", clock.now())
        if not form.form_errors:
            flash(
                f"Beendet. {'Eine Person bekommt' if told == 1 else f'{told} Personen bekommen'} eine Mail.", "success"
            )
            return redirect(url_for("tickets.known_disturbances"), 303)
    return render_template("tickets/end_disturbance.html", form=form, disturbance=disturbance), form.status


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
