"""The page of a claim: who owes what and why, the letters, the money, and what comes next."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import addressing, claim_actions, claim_forms, claim_record, limitation, policy, queries
from itsm.claims.claim_forms import DeductionForm, ReasonForm
from itsm.claims.claim_record import Standing
from itsm.claims.models import Claim, ClaimItem, DamageCase
from itsm.claims.service import claiming, items
from itsm.claims.states import BEFORE_DEMAND, State
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.forms import Form
from itsm.core.web import actor, fill_slot

NO_CLAIM = "keine-forderung"


@bp.get("/forderungen/<int:claim_id>")
def claim(claim_id: int) -> ResponseReturnValue:
    """Show a claim to those who work on claims."""
    return page(claim_id)


@bp.post("/forderungen/<int:claim_id>/<slug>")
def act_claim(claim_id: int, slug: str) -> ResponseReturnValue:
    """Do one of the things the page offers."""
    found, action = queries.claim_for(actor(), claim_id), claim_actions.BY_SLUG.get(slug)
    if action is None:
        raise NotFound
    form = action.sent(found)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            action.run(actor(), found, form, clock.now())
        if not form.form_errors:
            flash(action.done, "success")
            return _back(claim_id)
    return page(claim_id, failed=action, form=form)


@bp.post("/forderungen/<int:claim_id>/geraete/<int:item_id>")
def set_deduction(claim_id: int, item_id: int) -> ResponseReturnValue:
    """Set what goes off the value of a device."""
    found = queries.claim_for(actor(), claim_id)
    item, form = _item(found, item_id), DeductionForm(prefix=f"geraet-{item_id}")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            items.set_deduction(actor(), found, item.id, form.deduction, clock.now())
        if not form.form_errors:
            flash("Der Betrag ist neu berechnet.", "success")
            return _back(claim_id)
    return page(claim_id, failed_item=item.id, form=form)


@bp.post("/forderungen/<int:claim_id>/geraete/<int:item_id>/heraus")
def leave_claim(claim_id: int, item_id: int) -> ResponseReturnValue:
    """Take a device out of a claim."""
    with writing():
        items.leave(actor(), queries.claim_for(actor(), claim_id), item_id, clock.now())
    flash("Das Gerät gehört nicht mehr zur Forderung.", "success")
    return _back(claim_id)


@bp.post("/forderungen/<int:claim_id>/geraete/fall/<int:case_id>")
def join_claim(claim_id: int, case_id: int) -> ResponseReturnValue:
    """Take another device of the same incident in."""
    with writing():
        found = queries.claim_for(actor(), claim_id)
        items.join(actor(), found, queries.case_for(actor(), case_id), clock.now())
    flash("Das Gerät gehört jetzt zur Forderung.", "success")
    return _back(claim_id)


@bp.post("/schaeden/<int:case_id>/forderung")
def begin_claim(case_id: int) -> ResponseReturnValue:
    """Begin to examine whether somebody owes compensation."""
    with writing():
        claim_id = claiming.begin(actor(), queries.case_for(actor(), case_id), clock.now()).id
    return _back(claim_id)


@bp.post("/schaeden/<int:case_id>/keine-forderung")
def no_claim(case_id: int) -> ResponseReturnValue:
    """Record that nothing is claimed."""
    found, form = queries.case_for(actor(), case_id), ReasonForm(prefix=NO_CLAIM)
    form.validate()
    with writing():
        claiming.no_claim(actor(), found, form.text.data or "", clock.now())
    flash("Für diesen Fall wird nichts gefordert.", "success")
    return redirect(url_for("claims.case", case_id=case_id), 303)


def page(claim_id: int, **more: Any) -> ResponseReturnValue:
    """Return the page of a claim; `form` and what else is given reach every part that is shown on it."""
    me, at = actor(), clock.now()
    found = queries.claim_for(me, claim_id)
    form: Form | None = more.get("form")
    is_open = found.state in BEFORE_DEMAND
    html = render_template("claims/claim.html", claim=found, actor=me, at=at, more=more, is_open=is_open)
    return html, form.status if form else 200


def next_step(*, claim: Claim, actor: Actor, at: Any, **more: Any) -> str:
    """Slot claim.next: what comes next and who must do it."""
    return _part("_next", claim, actor, at, more)


def details(*, claim: Claim, actor: Actor, at: Any, **more: Any) -> str:
    """Slot claim.details: gates, fault, devices, debtors, hearing, limitation, and what else can be done."""
    return _part("_details", claim, actor, at, more)


def aside(*, claim: Claim, actor: Actor, at: Any, **more: Any) -> str:
    """Slot claim.aside: the facts and the history."""
    return _part("_aside", claim, actor, at, more)


def on_case(*, case: DamageCase, actor: Actor, **_: Any) -> str:
    """Slot case.main: the claim of a case, or the way to begin one; for those who work on claims."""
    known = queries.claim_of(case) if policy.may_see_claims(actor) else None
    if not policy.may_see_claims(actor) or (known is None and case.state in (State.FOUND, State.WITHDRAWN)):
        return ""
    return render_template(
        "claims/claims/_on_case.html", case=case, known=known, form=ReasonForm(formdata=None, prefix=NO_CLAIM)
    )


def _part(name: str, claim: Claim, actor: Actor, at: Any, more: dict[str, Any]) -> str:
    standing = Standing(actor, claim, clock.local_day(at))
    first, others = claim_actions.offered(standing)
    context: dict[str, Any] = {
        "claim": claim,
        "standing": standing,
        "first": first,
        "others": others,
        "here": claim_actions.in_place(standing),
        "line": claim_record.line,
        "deduction": _deduction,
        "addressing": addressing,
        "words_of": claim_forms,
        "rules": limitation.RULES,
        "failed": None,
        "form": None,
    }
    return render_template(f"claims/claims/{name}.html", **(context | more))


def _deduction(item: ClaimItem) -> DeductionForm:
    form = DeductionForm(formdata=None, prefix=f"geraet-{item.id}")
    form.wreck.data, form.insurer.data = item.wreck_cents or None, item.insurer_cents or None
    form.quota.data = item.quota_basis_points // 100
    return form


def _item(claim: Claim, item_id: int) -> ClaimItem:
    for item in claim.items:
        if item.id == item_id:
            return item
    raise NotFound


def _back(claim_id: int) -> ResponseReturnValue:
    return redirect(url_for("claims.claim", claim_id=claim_id), 303)


def init() -> None:
    """Fill the page of a claim, and show its claim on the page of a case."""
    fill_slot("claim.next", next_step)
    fill_slot("claim.details", details)
    fill_slot("claim.aside", aside)
    fill_slot("case.main", on_case)
