"""The school is asked whether a visit suits, and answers."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import Conflict
from itsm.core.web import actor
from itsm.dispatch import offer_queries, queries, words
from itsm.dispatch.models import Visit
from itsm.dispatch.plan_forms import ChoiceForm, DeclineForm, YesForm
from itsm.dispatch.service import offers as service
from itsm.dispatch.views.blueprint import bp

GONE = "Dieser Termin ist inzwischen leider vergeben. Bitte wählen Sie einen anderen."
AnyForm = YesForm | ChoiceForm | DeclineForm


@bp.post("/besuche/<int:visit_id>/termin/anfragen")
def ask_school(visit_id: int) -> ResponseReturnValue:
    """Ask the school whether the visit suits."""
    with writing():
        service.offer(actor(), queries.to_plan(actor(), visit_id), clock.now())
    flash("Die Schule ist gefragt. Bis zur Antwort bleibt der Termin, wie er ist.", "success")
    return redirect(url_for("dispatch.visit", visit_id=visit_id))


@bp.get("/besuche/<int:visit_id>/termin")
def answer(visit_id: int) -> ResponseReturnValue:
    """Ask: does this time suit?"""
    return _page(offer_queries.to_answer(actor(), visit_id))


@bp.post("/besuche/<int:visit_id>/termin/passt")
def confirm(visit_id: int) -> ResponseReturnValue:
    """Say yes."""
    visit, form = offer_queries.to_answer(actor(), visit_id), YesForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.confirm(actor(), visit, form.seen.data or "", clock.now())
        if not form.form_errors:
            return _thanks(visit)
    return _page(offer_queries.to_answer(actor(), visit_id), form), form.status


@bp.post("/besuche/<int:visit_id>/termin")
def choose(visit_id: int) -> ResponseReturnValue:
    """Take another time."""
    visit, known = offer_queries.to_answer(actor(), visit_id), offer_queries.latest(visit_id)
    form, moved = ChoiceForm().offer(known.choices if known else []), None
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            moved = service.choose(actor(), visit, form.choice.data, clock.now())
        if moved is not None:
            return _thanks(moved)
        if not form.form_errors:
            form.form_errors.append(GONE)
            form.refused_with = Conflict.status
    return _page(offer_queries.to_answer(actor(), visit_id), form), form.status


@bp.post("/besuche/<int:visit_id>/termin/passt-nicht")
def decline(visit_id: int) -> ResponseReturnValue:
    """Say that no time suits."""
    visit, form = offer_queries.to_answer(actor(), visit_id), DeclineForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.decline(actor(), visit, form.text.data, clock.now())
        if not form.form_errors:
            flash("Danke. Wir rufen Sie an und suchen gemeinsam einen Termin.", "success")
            return redirect(url_for("dispatch.answer", visit_id=visit_id))
    return _page(offer_queries.to_answer(actor(), visit_id), form), form.status


def _thanks(visit: Visit) -> ResponseReturnValue:
    flash(f"Danke. {words.promise(visit, clock.now())}", "success")
    return redirect(url_for("dispatch.answer", visit_id=visit.id))


def _page(visit: Visit, failed: AnyForm | None = None) -> str:
    offer, at = offer_queries.latest(visit.id), clock.now()
    choices = [one for one in offer.choices if one.starts_at > at] if offer else []
    forms: dict[str, AnyForm] = {
        "yes": YesForm(formdata=None, seen=service.mark(visit)),
        "other": ChoiceForm(formdata=None).offer(choices),
        "none": DeclineForm(formdata=None),
    }
    if isinstance(failed, ChoiceForm):
        forms["other"] = failed.offer(choices)
    elif isinstance(failed, DeclineForm):
        forms["none"] = failed
    return render_template(
        "dispatch/offer.html",
        visit=visit,
        offer=offer,
        is_open=offer is not None and service.is_open(offer, at),
        choices=choices,
        forms=forms,
        failed=failed,
        at=at,
    )
