"""One visit: drive off, arrive, results, finish, report."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.dispatch import notices, policy, queries
from itsm.dispatch.forms import ResultForm, TaskForm
from itsm.dispatch.models import Visit
from itsm.dispatch.service import device_tasks, endings, stops
from itsm.dispatch.states import OPEN
from itsm.dispatch.views.blueprint import bp


@bp.get("/besuche/<int:visit_id>")
def visit(visit_id: int) -> ResponseReturnValue:
    """Show a visit with everything to do on it."""
    response = make_response(_page(queries.get_for(actor(), visit_id)))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/besuche/<int:visit_id>/bericht")
def report(visit_id: int) -> ResponseReturnValue:
    """Show what was done on a visit."""
    found = queries.get_for(actor(), visit_id)
    lines = [notices.report_line(found, job.id) for job in found.jobs]
    return render_template("dispatch/report.html", visit=found, lines=lines, at=clock.now())


@bp.post("/besuche/<int:visit_id>/losfahren")
def depart(visit_id: int) -> ResponseReturnValue:
    """Drive off."""
    with writing():
        stops.depart(actor(), queries.to_drive(actor(), visit_id), clock.now())
    return redirect(url_for("dispatch.my_day"))


@bp.post("/besuche/<int:visit_id>/angekommen")
def arrive(visit_id: int) -> ResponseReturnValue:
    """Be there."""
    with writing():
        stops.arrive(actor(), queries.to_drive(actor(), visit_id), clock.now())
    return redirect(url_for("dispatch.visit", visit_id=visit_id))


@bp.post("/besuche/<int:visit_id>/zurueck")
def take_back(visit_id: int) -> ResponseReturnValue:
    """Undo the last tap on Losfahren or Angekommen."""
    with writing():
        stops.take_back(actor(), queries.to_drive(actor(), visit_id), clock.now())
    flash("Zurückgenommen.", "success")
    return redirect(url_for("dispatch.my_day"))


@bp.post("/besuche/<int:visit_id>/niemand-da")
def turn_away(visit_id: int) -> ResponseReturnValue:
    """Note that nobody was there, and look for what to do next."""
    with writing():
        visit = queries.to_drive(actor(), visit_id)
        endings.turn_away(actor(), visit, clock.now())
    flash("Eingetragen: niemand angetroffen. Die Störungen stehen wieder unter „Ungeplant“.", "success")
    return redirect(url_for("dispatch.next_stop", day=visit.visit_on.isoformat()))


@bp.post("/besuche/<int:visit_id>/vorziehen")
def bring_forward(visit_id: int) -> ResponseReturnValue:
    """Drive this stop next."""
    with writing():
        visit = queries.to_drive(actor(), visit_id)
        endings.take_visit(actor(), visit, clock.now())
    flash(f"{visit.school.short_name} ist Ihr nächster Halt.", "success")
    return redirect(url_for("dispatch.my_day"))


@bp.post("/besuche/<int:visit_id>/fertig")
def finish(visit_id: int) -> ResponseReturnValue:
    """Leave, with a result for every ticket."""
    with writing():
        stops.finish(actor(), queries.to_drive(actor(), visit_id), clock.now())
    flash("Der Besuch ist fertig. Die Schule bekommt den Bericht.", "success")
    return redirect(url_for("dispatch.my_day"))


@bp.post("/besuche/<int:visit_id>/stoerungen/<int:ticket_id>")
def record(visit_id: int, ticket_id: int) -> ResponseReturnValue:
    """Record what became of a ticket."""
    found, form = queries.to_drive(actor(), visit_id), ResultForm(prefix=_prefix(ticket_id))
    job = queries.job_of(found, ticket_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            stops.record(actor(), found, job, form.read(), clock.now())
        if not form.form_errors:
            flash(f"Das Ergebnis für {job.ticket.number} ist eingetragen.", "success")
            return redirect(url_for("dispatch.visit", visit_id=visit_id))
    return _page(queries.to_drive(actor(), visit_id), failed_ticket=ticket_id, failed=form), form.status


@bp.post("/besuche/<int:visit_id>/aufgaben")
def add_task(visit_id: int) -> ResponseReturnValue:
    """Add a task."""
    found, form = queries.to_plan(actor(), visit_id), TaskForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            stops.add_task(actor(), found, form.text.data)
        if not form.form_errors:
            return redirect(url_for("dispatch.visit", visit_id=visit_id))
    return _page(queries.to_plan(actor(), visit_id), task_form=form), form.status


@bp.post("/besuche/<int:visit_id>/aufgaben/<int:task_id>")
def tick(visit_id: int, task_id: int) -> ResponseReturnValue:
    """Tick a task off, or take the tick away."""
    with writing():
        found = queries.to_drive(actor(), visit_id)
        stops.tick(actor(), found, queries.task_of(found, task_id), clock.now())
    return redirect(url_for("dispatch.visit", visit_id=visit_id))


def _page(
    found: Visit,
    *,
    failed_ticket: int | None = None,
    failed: ResultForm | None = None,
    task_form: TaskForm | None = None,
) -> str:
    forms = {
        job.ticket_id: failed
        if job.ticket_id == failed_ticket and failed is not None
        else ResultForm(formdata=None, obj=job, prefix=_prefix(job.ticket_id))
        for job in found.jobs
    }
    return render_template(
        "dispatch/visit.html",
        visit=found,
        today=clock.local_day(clock.now()),
        forms=forms,
        failed=failed_ticket,
        task_form=task_form or TaskForm(formdata=None),
        policy=policy,
        actor=actor(),
        at=clock.now(),
        may_take_back=stops.may_take_back,
        device_tasks=device_tasks.open_at(found) if found.state in OPEN and policy.may_plan(actor(), found) else (),
    )


def _prefix(ticket_id: int) -> str:
    """Keep the forms of several tickets on one page apart."""
    return f"t{ticket_id}"
