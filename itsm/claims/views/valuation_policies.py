"""How values are reckoned: the versions of the rules, what each makes of examples, and a new one from a day on."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import value_examples
from itsm.claims.service import cases, valuation_policies
from itsm.claims.valuation import CONVENTIONS, Convention, Rules
from itsm.claims.valuation_forms import RulesForm
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor

# What each way of counting means, for who decides.
HINTS = {
    Convention.CALENDAR: "Der Monat der Inbetriebnahme zählt, der des Schadens nicht: wie in der Anlagenbuchhaltung.",
    Convention.ELAPSED_FULL: "Ein Monat zählt erst, wenn er ganz vergangen ist. Etwas höher für das Medienzentrum.",
    Convention.STARTED: "Auch ein angefangener Monat zählt ganz. Etwas niedriger für das Medienzentrum.",
    Convention.DAYS: "Taggenau, dafür schwerer nachzurechnen.",
    Convention.YEARLY: "Nur volle Jahre zählen. Deutlich höher, deshalb nicht empfohlen.",
}


@bp.get("/schaeden/regeln")
def rules() -> ResponseReturnValue:
    """Show the versions, what holds today, and examples."""
    cases.check_work(actor())
    return render_template("claims/value/rules.html", **_shown(None))


@bp.route("/schaeden/regeln/neu", methods=["GET", "POST"])
def new_rules() -> ResponseReturnValue:
    """Show what other rules would make of the examples, or let them hold from a day on."""
    valuation_policies.check_change(actor())
    form, only_shows = RulesForm(), "zeigen" in request.form
    if not only_shows and form.validate_on_submit():
        with form.shows_errors(), writing():
            valuation_policies.add_version(actor(), form.rules, form.reason.data or "", clock.now())
        if not form.form_errors:
            flash("Die neuen Regeln sind eingetragen. Was schon berechnet ist, bleibt, wie es ist.", "success")
            return redirect(url_for("claims.rules"), 303)
    shown = form.rules if only_shows and form.says_how else None
    return render_template("claims/value/new_rules.html", form=form, hints=HINTS, **_shown(shown)), form.status


def _shown(then: Rules | None) -> dict[str, Any]:
    versions, today = valuation_policies.versions(), clock.local_day(clock.now())
    now = next(one for one in versions if one.valid_from <= today)
    return {
        "versions": versions,
        "now": now,
        "today": today,
        "then": then,
        "effects": value_examples.effects(now, then),
        "conventions": CONVENTIONS,
    }
