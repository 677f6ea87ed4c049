"""Swap a device in one step, on a visit or from the page of a ticket; open device tasks of a school on its visit."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.dispatch import queries
from itsm.dispatch.service import device_tasks
from itsm.dispatch.service import swaps as service
from itsm.dispatch.swap_forms import SwapForm
from itsm.dispatch.views.blueprint import bp
from itsm.tickets import devices
from itsm.tickets import queries as tickets
from itsm.tickets.models import Ticket


@bp.route("/stoerungen/<int:ticket_id>/tausch", methods=["GET", "POST"])
def swap(ticket_id: int) -> ResponseReturnValue:
    """Swap a device at the desk that works on a ticket."""
    ticket, form, back = tickets.get_for(actor(), ticket_id), SwapForm(), url_for("tickets.show", ticket_id=ticket_id)
    service.require_swap(actor(), ticket)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            flash(service.swap(actor(), ticket, form.read(), clock.now()), "success")
        if not form.form_errors:
            return redirect(back, 303)
    return _page(tickets.get_for(actor(), ticket_id), form, back)


@bp.route("/besuche/<int:visit_id>/stoerungen/<int:ticket_id>/tausch", methods=["GET", "POST"])
def swap_on_visit(visit_id: int, ticket_id: int) -> ResponseReturnValue:
    """Swap a device on a visit."""
    visit, form, back = queries.to_drive(actor(), visit_id), SwapForm(), url_for("dispatch.visit", visit_id=visit_id)
    job = queries.job_of(visit, ticket_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            flash(service.swap_on_visit(actor(), visit, job, form.read(), clock.now()), "success")
        if not form.form_errors:
            return redirect(f"{back}#stoerung-{ticket_id}", 303)
    return _page(queries.job_of(queries.to_drive(actor(), visit_id), ticket_id).ticket, form, back)


@bp.post("/besuche/<int:visit_id>/geraeteaufgaben/<int:device_task_id>")
def take_device_task(visit_id: int, device_task_id: int) -> ResponseReturnValue:
    """Put an open task about devices on a visit of its school."""
    with writing():
        device_tasks.take(actor(), queries.to_plan(actor(), visit_id), device_task_id, clock.now())
    flash("Die Aufgabe steht jetzt auf diesem Besuch.", "success")
    return redirect(url_for("dispatch.visit", visit_id=visit_id) + "#aufgaben")


def _page(ticket: Ticket, form: SwapForm, back: str) -> ResponseReturnValue:
    numbers = [one.device.tag if one.device else one.tag for one in devices.of_ticket(ticket)]
    if not form.is_submitted() and len(numbers) == 1:
        form.defect.data = numbers[0]
    page = render_template(
        "dispatch/swap.html",
        ticket=ticket,
        form=form,
        numbers=numbers,
        asks_loan=service.asks_loan(ticket, form.defect.data or ""),
        back=back,
    )
    return page, form.status
