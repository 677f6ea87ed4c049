"""What the claims staff does on the page of a case: the next step, what else is possible, the facts."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import actions, handling, policy, queries
from itsm.claims.models import DamageCase
from itsm.claims.service import cases, replacements
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.web import actor, fill_slot


@bp.post("/schaeden/<int:case_id>/<slug>")
def act_case(case_id: int, slug: str) -> ResponseReturnValue:
    """Do one of the things the page of a case offers."""
    action, case = actions.BY_SLUG.get(slug), to_work(case_id)
    if action is None:
        raise NotFound
    form = action.sent(case)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            actions.run(action, actor(), case, form, clock.now())
        if not form.form_errors:
            flash(action.done, "success")
            return redirect(url_for("claims.case", case_id=case_id), 303)
    case = to_work(case_id)
    stock = replacements.offered(case) if action.kind == "replace" else []
    return render_template("claims/handling/act.html", case=case, action=action, form=form, stock=stock), form.status


def to_work(case_id: int) -> DamageCase:
    """Return a case for one of the claims staff."""
    case = queries.case_for(actor(), case_id)
    cases.check_work(actor())
    return case


def next_step(case: DamageCase, actor: Actor, at: datetime, **_: Any) -> str:
    """Show the claims staff what comes next, with the form that does it."""
    if not policy.may_work(actor):
        return ""
    first, _others = actions.offered(actor, case)
    what, who = handling.next_step(case)
    stock = replacements.offered(case) if any(one.kind == "replace" for one in first) else []
    return render_template("claims/handling/_next.html", case=case, first=first, what=what, who=who, stock=stock)


def work(case: DamageCase, actor: Actor, at: datetime, **_: Any) -> str:
    """Show the claims staff the facts, the repairs and what else can be done."""
    if not policy.may_work(actor):
        return ""
    _first, others = actions.offered(actor, case)
    return render_template(
        "claims/handling/_work.html",
        case=case,
        others=others,
        here=actions.in_place(actor, case),
        stock=replacements.offered(case) if any(one.kind == "replace" for one in others) else [],
        lacks=handling.lacks(case),
    )


def init() -> None:
    """Show the next step, the facts and what else can be done on the page of a case."""
    fill_slot("case.next", next_step, first=True)
    fill_slot("case.main", work)
