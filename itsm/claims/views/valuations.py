"""The value on the day: its part of a case's page, and the page to reckon it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import policy, queries, value_panel
from itsm.claims.kinds import ACCESSORIES, Accessory
from itsm.claims.models import DamageCase
from itsm.claims.service import cases, valuations
from itsm.claims.valuation import CONVENTIONS, Convention
from itsm.claims.valuation_forms import ValueForm
from itsm.claims.value_words import calculation, exact_euros, figured
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.web import actor, fill_slot

bp.add_app_template_filter(exact_euros, "exact_euros")


@bp.route("/schaeden/<int:case_id>/wert", methods=["GET", "POST"])
def value(case_id: int) -> ResponseReturnValue:
    """Reckon the value of the device, or of the accessory named in the address."""
    case, part = queries.case_for(actor(), case_id), _accessory(request.args.get("zubehoer", ""))
    cases.check_work(actor())
    form = ValueForm.of(case, part, queries.latest_valuation(case, part or ""))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            row = valuations.value_case(actor(), case, clock.now(), form.typed(part))
            worth = exact_euros(row.value_cents)
        if not form.form_errors:
            flash(f"Der Zeitwert ist berechnet: {worth}.", "success")
            return redirect(url_for("claims.case", case_id=case_id, _anchor="zeitwert"), 303)
    known = valuations.found(case, valuations.Typed(accessory=part))
    name = ACCESSORIES[part] if part else None
    return render_template(
        "claims/value/edit.html", form=form, case=case, name=name, known=known, sources=value_panel.SOURCES
    ), form.status


def on_case(*, case: DamageCase, actor: Actor, **_: Any) -> str:
    """Show the claims staff what the device and its accessories were worth on the day."""
    if not policy.may_work(actor):
        return ""
    return render_template(
        "claims/value/_panel.html",
        case=case,
        panel=value_panel.of(case),
        sources=value_panel.SOURCES,
        convention_of=lambda row: CONVENTIONS[Convention(row.convention)],
        calculation_of=lambda row: calculation(figured(row)),
    )


def init() -> None:
    """Show the value on the page of a case."""
    fill_slot("case.main", on_case)


def _accessory(name: str) -> Accessory | None:
    """Return the accessory an address names; none is the device.

    Raises: NotFound for a word that is no accessory.
    """
    if name and name not in set(Accessory):
        raise NotFound
    return Accessory(name) if name else None
