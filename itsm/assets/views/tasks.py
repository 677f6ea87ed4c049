"""Open tasks about devices: what is missing, in the wrong place, to be brought or to be taken away."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import policy, task_queries
from itsm.assets.service import tasks as service
from itsm.assets.task_forms import OutcomeForm
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor


@bp.get("/geraete/aufgaben")
def tasks() -> ResponseReturnValue:
    """List what is open, or what was done lately."""
    if not actor().may_somewhere(Verb.DEVICE_SEE):
        raise NotAllowed("Aufgaben zu Geräten sehen die Medienkoordination, die Schulleitung und die Schul-IT.")
    return _page(OutcomeForm(formdata=None))


@bp.post("/geraete/aufgaben/<int:device_task_id>/erledigt")
def settle_task(device_task_id: int) -> ResponseReturnValue:
    """Say that a task is done."""
    form = OutcomeForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            task = task_queries.get_for(actor(), device_task_id)
            service.settle(actor(), task, form.outcome.data or "", clock.now())
        if not form.form_errors:
            flash("Erledigt. Unter „Erledigt“ lässt sich das zurücknehmen.", "success")
            return redirect(_address())
    return _page(form)


@bp.post("/geraete/aufgaben/<int:device_task_id>/offen")
def reopen_task(device_task_id: int) -> ResponseReturnValue:
    """Say that a task is not done after all."""
    with writing():
        service.reopen(actor(), task_queries.get_for(actor(), device_task_id), clock.now())
    flash("Die Aufgabe ist wieder offen.", "success")
    return redirect(_address())


def _page(form: OutcomeForm) -> ResponseReturnValue:
    me, done, number = actor(), request.args.get("tab") == "erledigt", request.args.get("schule", "")
    found, more = task_queries.page(me, done=done, school=number, after=request.args.get("nach", type=int))
    page = render_template(
        "assets/tasks.html",
        tasks=found,
        form=form,
        done=done,
        open_count=task_queries.count_open(me),
        school=number or None,
        next_href=_address(more) if more else None,
        policy=policy,
        actor=me,
        today=clock.local_day(clock.now()),
    )
    return page, form.status


def _address(after: int | None = None) -> str:
    """The address of the list as it stands: a form goes back to where it was sent from."""
    return url_for("assets.tasks", tab=request.args.get("tab"), schule=request.args.get("schule"), nach=after)
