"""What the work on a ticket takes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.german import local_date
from itsm.core.web import actor
from itsm.dispatch import need_queries, policy
from itsm.dispatch.plan_forms import needs_form
from itsm.dispatch.service import needs as service
from itsm.dispatch.views.blueprint import bp
from itsm.tickets import queries as tickets


@bp.route("/stoerungen/<int:ticket_id>/einsatz", methods=["GET", "POST"])
def needs(ticket_id: int) -> ResponseReturnValue:
    """Say how long the work takes, who can do it and when everything is there."""
    ticket = tickets.get_for(actor(), ticket_id)
    if not policy.may_say_needs(actor(), ticket):
        raise NotAllowed("Was der Einsatz braucht, sagt das Campusmanagement des Bezirks oder die Teamleitung.")
    form = needs_form(need_queries.need_of(ticket_id), need_queries.skills())
    if form.validate_on_submit():
        early = None
        with form.shows_errors(), writing():
            early = service.say(actor(), ticket, form.read(), clock.now())
        if not form.form_errors:
            flash("Gespeichert. Die Einsatzplanung richtet sich danach.", "success")
            if early is not None:
                flash(f"Der Besuch am {local_date(early.visit_on)} ist zu früh. Bitte verschieben Sie ihn.", "warning")
            return redirect(url_for("tickets.show", ticket_id=ticket_id))
    ticket = tickets.get_for(actor(), ticket_id)
    return render_template("dispatch/needs.html", ticket=ticket, form=form), form.status
