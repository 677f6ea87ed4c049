"""Instalments: what the rates would be, agreeing on them, and making the whole due after a missed one."""

from dateutil.relativedelta import relativedelta
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import queries
from itsm.claims.booking_forms import PlanForm, ReasonForm
from itsm.claims.models import Claim
from itsm.claims.service import bookings, claims, payments, plans
from itsm.claims.service.plans import Rate
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor


@bp.route("/forderungen/<int:claim_id>/raten", methods=["GET", "POST"])
def agree_plan(claim_id: int) -> ResponseReturnValue:
    """Show what the rates of a plan would be, and agree on it."""
    claim, at = _claim(claim_id), clock.now()
    open_cents = bookings.balance(claim).open_cents
    asked = request.method == "POST" or "first_on" in request.args
    form = PlanForm() if request.method == "POST" or not asked else PlanForm(request.args, meta={"csrf": False})
    if not asked:
        form.first_on.data = clock.local_day(at) + relativedelta(months=1, day=1)
    rates: tuple[Rate, ...] = ()
    if asked and form.validate():
        with form.shows_errors():
            rates = form.rates(open_cents)
    if rates and request.method == "POST":
        with form.shows_errors(), writing():
            plans.agree(actor(), queries.locked_claim(actor(), claim_id), rates, at)
        if not form.form_errors:
            flash("Die Raten sind vereinbart. Bitte erstellen Sie nun das Schreiben dazu.", "success")
            return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="konto"), 303)
    return render_template(
        "claims/money/plan.html", claim=claim, form=form, rates=rates, open_cents=open_cents, chosen=form.chosen
    ), form.status


@bp.route("/forderungen/<int:claim_id>/raten/faellig", methods=["GET", "POST"])
def call_in_plan(claim_id: int) -> ResponseReturnValue:
    """Make the whole due again after a missed rate."""
    claim, form = _claim(claim_id), ReasonForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            plans.call_in(actor(), queries.locked_claim(actor(), claim_id), form.reason.data or "", clock.now())
        if not form.form_errors:
            flash("Das Ganze ist wieder fällig. Sie können jetzt mahnen.", "success")
            return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="konto"), 303)
    return render_template(
        "claims/money/call_in.html", claim=claim, form=form, balance=bookings.balance(claim)
    ), form.status


def _claim(claim_id: int) -> Claim:
    claim = queries.claim_for(actor(), claim_id)
    claims.check_work(actor())
    payments.check_demanded(claim)
    return claim
