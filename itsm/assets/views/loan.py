"""The page of one loan: confirm, correct, take back, give up."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import loan_queries, policy
from itsm.assets.loan_forms import HolderForm, ReturnForm, WayForm, correct_form
from itsm.assets.service import loans
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.forms import Form
from itsm.core.web import actor


@bp.get("/geraete/ausgabe/<int:loan_id>")
def loan(loan_id: int) -> ResponseReturnValue:
    """Show a loan."""
    return _page(loan_id)


@bp.post("/geraete/ausgabe/<int:loan_id>/bestaetigen")
def acknowledge_loan(loan_id: int) -> ResponseReturnValue:
    """Note that the holder agrees, or mail the link."""
    found, form = loan_queries.get_for(actor(), loan_id), WayForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            loans.acknowledge(actor(), found, form.chosen, clock.now(), form.signature.data)
        if not form.form_errors:
            return _done(loan_id, "Gespeichert.")
    return _page(loan_id, way=form)


@bp.post("/geraete/ausgabe/<int:loan_id>/aendern")
def correct_loan(loan_id: int) -> ResponseReturnValue:
    """Change who has the device, or until when."""
    me, at, form = actor(), clock.now(), HolderForm()
    found = loan_queries.get_for(me, loan_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            holder = form.holder(loan_queries.staff_names(me, clock.local_day(at)))
            loans.correct(me, found, holder, form.due_on.data, at, form.accessories.data or "")
        if not form.form_errors:
            return _done(loan_id, "Die Angaben sind geändert.")
    return _page(loan_id, facts=form)


@bp.post("/geraete/ausgabe/<int:loan_id>/zurueck")
def take_back(loan_id: int) -> ResponseReturnValue:
    """End the loan."""
    found, form = loan_queries.get_for(actor(), loan_id), ReturnForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            loans.take_back(actor(), found, form.condition.data, clock.now(), form.note.data or "")
        if not form.form_errors:
            return _done(loan_id, "Das Gerät ist zurück.")
    return _page(loan_id, back=form)


@bp.post("/geraete/ausgabe/<int:loan_id>/nicht-zurueck")
def give_up_loan(loan_id: int) -> ResponseReturnValue:
    """Declare the device not returned."""
    with writing():
        loans.give_up(actor(), loan_queries.get_for(actor(), loan_id), clock.now())
    return _done(loan_id, "Als nicht zurückgegeben gemeldet. Kommt das Gerät doch noch, nehmen Sie es hier zurück.")


def _done(loan_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("assets.loan", loan_id=loan_id), 303)


def _page(loan_id: int, **failed: Form) -> ResponseReturnValue:
    me, at = actor(), clock.now()
    found = loan_queries.get_for(me, loan_id)
    forms = {"back": ReturnForm(formdata=None), "way": WayForm(formdata=None), "facts": correct_form(found)} | failed
    page = render_template(
        "assets/loans/loan.html",
        loan=found,
        forms=forms,
        failed=failed,
        names=loan_queries.staff_names(me, clock.local_day(at)),
        may_edit=policy.may_lend_at(me, found.school),
        today=clock.local_day(at),
    )
    return page, max((form.status for form in failed.values()), default=200)
