"""What a school is entitled to: its table, its sizes and its exceptions."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import entitlement_queries as queries
from itsm.assets import policy
from itsm.assets.entitlement_forms import EndForm, ExceptionForm, SizeForm
from itsm.assets.kinds import PLURALS
from itsm.assets.service import entitlement as service
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.forms import Form, typed_day
from itsm.core.web import actor
from itsm.org.models import School


@bp.get("/schulen/<number>/ausstattung")
def school_entitlement(number: str) -> ResponseReturnValue:
    """Show target, stock and difference of a school, with keys and sizes of a day."""
    school, today = queries.school_for(actor(), number), _today()
    on = typed_day(request.args.get("tag", ""), today)
    return render_template(
        "assets/entitlement/school.html",
        school=school,
        on=on,
        today=today,
        standing=queries.standings([school], on)[0],
        exceptions=queries.exceptions_of(school),
        plurals=PLURALS,
        may_plan=policy.may_plan_life_cycle(actor()),
    )


@bp.route("/schulen/<number>/ausstattung/zahlen", methods=["GET", "POST"])
def set_school_size(number: str) -> ResponseReturnValue:
    """Say how large a school is from a day on."""
    school, form = queries.school_to_plan(actor(), number), SizeForm()
    history = queries.history_of(school)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.set_size(actor(), school, *form.values())
        if not form.form_errors:
            return _back(school, "Die Zahlen sind gespeichert.")
    elif not form.is_submitted():
        form.fill(history[0] if history else None, _today())
    return _page("size", school, form, history=history)


@bp.post("/schulen/<number>/ausstattung/zahlen/<day>/loeschen")
def drop_school_size(number: str, day: str) -> ResponseReturnValue:
    """Forget what was entered for a day by mistake."""
    school = queries.school_to_plan(actor(), number)
    with writing():
        service.drop_size(actor(), school, typed_day(day, date.min))
    return _back(school, "Der Eintrag ist gelöscht.")


@bp.route("/schulen/<number>/ausstattung/ausnahme", methods=["GET", "POST"])
def add_exception(number: str) -> ResponseReturnValue:
    """Give a school more or fewer devices than the key says."""
    school, form = queries.school_to_plan(actor(), number), ExceptionForm(from_on=_today())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add_exception(actor(), form.exception(school), clock.now())
        if not form.form_errors:
            return _back(school, "Die Ausnahme ist eingetragen.")
    return _page("exception", school, form)


@bp.route("/schulen/<number>/ausstattung/ausnahme/<int:exception_id>/beenden", methods=["GET", "POST"])
def end_exception(number: str, exception_id: int) -> ResponseReturnValue:
    """Set the last day of an exception."""
    school, form = queries.school_to_plan(actor(), number), EndForm(until_on=_today())
    exception = queries.exception_of(school, exception_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.end_exception(actor(), exception, form.last_day(), clock.now())
        if not form.form_errors:
            return _back(school, "Der letzte Tag der Ausnahme ist eingetragen.")
    return _page("end", school, form, exception=exception)


def on_school_page(school: School, **_: Any) -> str:
    """Show on the page of a school the way to its equipment."""
    if not policy.may_see_life_cycle(actor(), school):
        return ""
    standing = queries.standings([school], _today())[0]
    return render_template("assets/entitlement/_on_school.html", school=school, standing=standing)


def _today() -> date:
    return clock.local_day(clock.now())


def _page(name: str, school: School, form: Form, **more: Any) -> ResponseReturnValue:
    return render_template(f"assets/entitlement/{name}.html", school=school, form=form, **more), form.status


def _back(school: School, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("assets.school_entitlement", number=school.number), 303)
