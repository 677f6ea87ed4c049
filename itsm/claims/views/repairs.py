"""The repairs of a case: each attempt, what it costs beside the value on the day, and the form to go on with it."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import costs
from itsm.claims import handling, policy, queries
from itsm.claims.models import DamageCase
from itsm.claims.repair_forms import RepairForm, prefix_of
from itsm.claims.service import handling as service
from itsm.claims.service import repairs
from itsm.claims.views.blueprint import bp
from itsm.claims.views.handling import to_work
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.web import actor, fill_slot


@bp.post("/schaeden/<int:case_id>/reparaturen/<int:repair_id>")
def edit_repair(case_id: int, repair_id: int) -> ResponseReturnValue:
    """Write down what has become known of an attempt."""
    case = to_work(case_id)
    repair = repairs.repair_of(case, repair_id)
    form = RepairForm(prefix=prefix_of(repair))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.as_seen(case, form.seen.data)
            repairs.change(actor(), case, repair, form.told, clock.now())
        if not form.form_errors:
            flash("Die Reparatur ist gespeichert.", "success")
            return redirect(url_for("claims.case", case_id=case_id, _anchor="reparaturen"), 303)
    return render_template("claims/handling/repair.html", case=to_work(case_id), repair=repair, form=form), form.status


def repairs_of_case(case: DamageCase, actor: Actor, at: datetime, **_: Any) -> str:
    """Show the claims staff every attempt, newest last."""
    if not policy.may_work(actor) or not case.repairs:
        return ""
    known = queries.latest_valuation(case)
    rows = [
        (repair, handling.verdict(repair, known.value_cents if known else None), RepairForm.of(case, repair))
        for repair in case.repairs
    ]
    return render_template("claims/handling/_repairs.html", case=case, rows=rows)


def init() -> None:
    """Show the repairs on the page of a case, and count them among the costs of the device."""
    fill_slot("case.main", repairs_of_case)
    costs.add_source("Reparaturen aus Schadensfällen", repairs.spent_cents)
