"""Locking and locating: the panel of a case, the list of open orders, and each step as a form."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import lock_page, lock_queries, queries
from itsm.claims.lock_forms import DoneForm, LookForm, PurposeForm
from itsm.claims.lock_states import KIND_LABELS, LABELS, OrderKind
from itsm.claims.models import DamageCase
from itsm.claims.service import locks, positions
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.web import actor, fill_slot

_WORDS: dict[str, Any] = {"kinds": KIND_LABELS, "states": LABELS}
_ASKED = {
    OrderKind.LOCK: "Die Sperre ist beantragt. Jetzt muss eine zweite Person sie freigeben.",
    OrderKind.LOCATE: "Die Ortung ist beantragt. Jetzt muss eine zweite Person sie freigeben.",
    OrderKind.UNLOCK: "Die Entsperrung läuft.",
}
WISH = "<any(sperren, orten, entsperren):wish>"


@bp.get("/schaeden/sperren")
def lock_orders() -> ResponseReturnValue:
    """List every order that waits for a person or for the MDM."""
    me = actor()
    locks.check_staff(me)
    lines = [lock_page.line(me, order) for order in lock_queries.open_orders()]
    return render_template("claims/locks/index.html", lines=lines, **_WORDS)


@bp.route(f"/schaeden/<int:case_id>/auftrag/{WISH}", methods=["GET", "POST"])
def ask_order(case_id: int, wish: str) -> ResponseReturnValue:
    """Ask for a lock or a location, or set a device free."""
    me, kind, form = actor(), lock_page.WISHES[wish], PurposeForm()
    case = queries.case_for(me, case_id)
    locks.check_staff(me)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            locks.request(me, case, kind, form.purpose.data or "", clock.now())
        if not form.form_errors:
            flash(_ASKED[kind], "success")
            return _back(case_id)
    return render_template("claims/locks/ask.html", case=case, form=form, wish=wish, **_WORDS), form.status


@bp.post("/schaeden/auftraege/<int:order_id>/freigeben")
def release_order(order_id: int) -> ResponseReturnValue:
    """Release an order somebody else asked for."""
    order = lock_queries.order_for(actor(), order_id)
    with writing():
        locks.release(actor(), order, clock.now())
    flash("Freigegeben.", "success")
    return _back(order.case_id)


@bp.post("/schaeden/auftraege/<int:order_id>/zurueckziehen")
def withdraw_order(order_id: int) -> ResponseReturnValue:
    """Take an order back."""
    order = lock_queries.order_for(actor(), order_id)
    with writing():
        locks.withdraw(actor(), order, clock.now())
    flash("Zurückgezogen.", "success")
    return _back(order.case_id)


@bp.route("/schaeden/auftraege/<int:order_id>/erledigt", methods=["GET", "POST"])
def confirm_order(order_id: int) -> ResponseReturnValue:
    """Say when a person did it in the MDM."""
    me, form = actor(), DoneForm(data={"day": clock.local_day(clock.now())})
    order = lock_queries.order_for(me, order_id)
    locks.check_staff(me)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            locks.confirm(me, order, form.moment, clock.now())
        if not form.form_errors:
            flash("Danke. Die Uhrzeit ist eingetragen.", "success")
            return _back(order.case_id)
    return render_template("claims/locks/done.html", order=order, form=form, **_WORDS), form.status


@bp.route("/schaeden/<int:case_id>/standort", methods=["GET", "POST"])
def positions_of(case_id: int) -> ResponseReturnValue:
    """Show who looked at where a device was; where it was, only after a reason is typed, each time anew."""
    me, form, places = actor(), LookForm(), []
    case = queries.case_for(me, case_id)
    locks.check_staff(me)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            places = [lock_page.place(one) for one in positions.look(me, case, form.reason.data or "", clock.now())]
    known, looks = lock_queries.has_positions(case), lock_queries.looks_at(case)
    page = render_template("claims/locks/positions.html", case=case, form=form, places=places, known=known, looks=looks)
    return page, form.status


def main(*, case: DamageCase, actor: Actor, at: datetime, **_: object) -> str:
    """Show the claims staff the orders of a case and what can be done."""
    panel = lock_page.panel(actor, case)
    return render_template("claims/locks/_panel.html", case=case, panel=panel, **_WORDS) if panel else ""


def urgent(*, case: DamageCase, actor: Actor, at: datetime, **_: object) -> str:
    """Ask the claims staff on top of the page for what a lock waits for."""
    panel = lock_page.panel(actor, case)
    lines = lock_page.waiting(panel) if panel else []
    return render_template("claims/locks/_urgent.html", case=case, lines=lines, **_WORDS) if lines else ""


def aside(*, case: DamageCase, actor: Actor, at: datetime, **_: object) -> str:
    """Tell everybody who sees the case whether the device is locked."""
    status = lock_page.status(case)
    return render_template("claims/locks/_aside.html", status=status) if status else ""


def init() -> None:
    """Put the lock on the page of a case."""
    fill_slot("case.next", urgent, first=True)
    fill_slot("case.main", main)
    fill_slot("case.aside", aside)


def _back(case_id: int) -> ResponseReturnValue:
    return redirect(url_for("claims.case", case_id=case_id, _anchor="sperre"), 303)
