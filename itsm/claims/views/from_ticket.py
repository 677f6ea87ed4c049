"""From a ticket to a case, and back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import policy, queries
from itsm.claims.models import DamageCase
from itsm.claims.report_forms import BackForm, HandOverForm
from itsm.claims.service import from_ticket as service
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.tickets import policy as tickets_policy
from itsm.tickets import queries as tickets
from itsm.tickets.models import Ticket


@bp.post("/stoerungen/<int:ticket_id>/schadensfall")
def from_ticket(ticket_id: int) -> ResponseReturnValue:
    """Make a case of a ticket."""
    form = HandOverForm()
    ticket = tickets.get_for(actor(), ticket_id)
    with writing():
        incident = service.hand_over(actor(), ticket, form.chosen, clock.now())
        case_id = incident.cases[0].id
    flash("Weitergegeben. Die Störung ist gelöst, der Schadensfall ist angelegt.", "success")
    return redirect(url_for("claims.case", case_id=case_id), 303)


@bp.post("/schaeden/<int:case_id>/nur-stoerung")
def back_to_ticket(case_id: int) -> ResponseReturnValue:
    """Make the ticket of a case out of it again."""
    case, form = queries.case_for(actor(), case_id), BackForm()
    with writing():
        service.give_back(actor(), case, form.reason.data or "", clock.now())
    flash("Der Fall ist zurückgezogen, die Störung ist wieder offen.", "success")
    return redirect(url_for("claims.case", case_id=case_id), 303)


def offer_on_ticket(ticket: Ticket, actor: Actor, **_: Any) -> str:
    """Offer on a ticket to make a case of it, or lead to the one it became."""
    incident = service.incident_of(ticket)
    if incident is not None:
        seen = [case for case in incident.cases if policy.may_see(actor, case)]
        return render_template("claims/list/_became.html", cases=seen) if seen else ""
    if not service.may_hand_over(actor, ticket):
        return ""
    return render_template("claims/list/_hand_over.html", ticket=ticket, form=HandOverForm(formdata=None))


def offer_on_case(case: DamageCase, actor: Actor, **_: Any) -> str:
    """Show where a case came from, and offer the way back."""
    if case.ticket is None:
        return ""
    return render_template(
        "claims/list/_from_ticket.html",
        case=case,
        sees_ticket=tickets_policy.may_see(actor, case.ticket),
        form=BackForm(formdata=None) if service.may_give_back(actor, case) else None,
    )
