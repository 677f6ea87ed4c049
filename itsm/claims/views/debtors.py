"""Who owes a claim: the page on which a person is added or changed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import queries
from itsm.claims.claim_forms import GROUND_HINTS, DebtorForm
from itsm.claims.models import Claim, Debtor
from itsm.claims.service import debtors
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor


@bp.route("/forderungen/<int:claim_id>/personen", methods=["GET", "POST"])
def add_debtor(claim_id: int) -> ResponseReturnValue:
    """Add somebody who is to pay."""
    claim, form = queries.claim_for(actor(), claim_id), DebtorForm()
    form.choose(claim)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            debtors.add(actor(), claim, form.person, clock.now())
        if not form.form_errors:
            flash("Die Person ist eingetragen.", "success")
            return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="personen"), 303)
    return _page(claim, form)


@bp.route("/forderungen/<int:claim_id>/personen/<int:debtor_id>", methods=["GET", "POST"])
def edit_debtor(claim_id: int, debtor_id: int) -> ResponseReturnValue:
    """Change what is known of a debtor."""
    claim, form = queries.claim_for(actor(), claim_id), DebtorForm()
    debtor = debtors.of_claim(claim, debtor_id)
    form.choose(claim)
    if not form.is_submitted():
        form.offer(debtor)
    elif form.validate():
        with form.shows_errors(), writing():
            debtors.change(actor(), claim, debtor_id, form.person, clock.now())
        if not form.form_errors:
            flash("Die Angaben sind gespeichert.", "success")
            return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="personen"), 303)
    return _page(claim, form, debtor)


@bp.post("/forderungen/<int:claim_id>/personen/<int:debtor_id>/heraus")
def remove_debtor(claim_id: int, debtor_id: int) -> ResponseReturnValue:
    """Take a debtor out of a claim."""
    with writing():
        debtors.remove(actor(), queries.claim_for(actor(), claim_id), debtor_id, clock.now())
    flash("Die Person gehört nicht mehr zur Forderung.", "success")
    return redirect(url_for("claims.claim", claim_id=claim_id, _anchor="personen"), 303)


def _page(claim: Claim, form: DebtorForm, debtor: Debtor | None = None) -> ResponseReturnValue:
    page = render_template("claims/claims/debtor.html", claim=claim, form=form, debtor=debtor, hints=GROUND_HINTS)
    return page, form.status
