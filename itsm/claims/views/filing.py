"""The papers of a case, for the claims staff: what proves something, what the police and the workshop wrote."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.claims import policy, queries
from itsm.claims.models import DamageCase, PaperKind
from itsm.claims.paper_forms import PaperForm
from itsm.claims.service import papers
from itsm.claims.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor, fill_slot


def init() -> None:
    """Show the papers on the page of a case."""
    fill_slot("case.main", panel)


def panel(*, case: DamageCase, actor: Actor, at: datetime, **_: Any) -> str:
    """List the papers, and offer to add one."""
    if not policy.may_work(actor):
        return ""
    filed = [paper for paper in papers.papers_of(actor, case) if paper.kind is not PaperKind.PHOTO]
    return render_template("claims/papers/_panel.html", case=case, papers=filed, form=PaperForm(formdata=None))


@bp.route("/schaeden/<int:case_id>/unterlagen", methods=["GET", "POST"])
def add_paper(case_id: int) -> ResponseReturnValue:
    """Add a paper to a case."""
    found, form = queries.case_for(actor(), case_id), PaperForm()
    if not policy.may_work(actor()):
        raise NotAllowed("Unterlagen legt die Schadensbearbeitung zum Fall.")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            papers.keep(actor(), found, PaperKind(form.kind.data), form.upload(), clock.now())
        if not form.form_errors:
            flash("Die Unterlage liegt beim Fall.", "success")
            return redirect(url_for("claims.case", case_id=case_id, _anchor="unterlagen"), 303)
    return render_template("claims/papers/add.html", case=found, form=form), form.status
