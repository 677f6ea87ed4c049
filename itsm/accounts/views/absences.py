"""Pages of absences: who is away, and who stands in."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.accounts import policy, queries
from itsm.accounts.forms import AbsenceForm
from itsm.accounts.service import absences as service
from itsm.accounts.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor


@bp.get("/abwesenheiten")
def absences() -> ResponseReturnValue:
    """List who is away now or soon."""
    if not policy.may_see_absences(actor()):
        raise NotAllowed("Abwesenheiten sind für den Außendienst, das Systemhaus und die Teamleitung.")
    today = clock.local_day(clock.now())
    rows = queries.absences(actor(), today)
    return render_template("accounts/absences.html", absences=rows, policy=policy, actor=actor(), today=today)


@bp.route("/abwesenheiten/neu", methods=["GET", "POST"])
def new_absence() -> ResponseReturnValue:
    """Enter an absence."""
    people = {user.id: user for user in queries.supporters(clock.local_day(clock.now()))}
    mine = [user for user in people.values() if policy.may_set_absence(actor(), user.id)]
    if not mine:
        raise NotAllowed("Abwesenheiten trägt die Person selbst oder die Teamleitung ein.")
    form = AbsenceForm()
    form.offer(mine, list(people.values()))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.set_absence(
                actor(),
                people[form.person.data],
                *form.days,
                people.get(form.deputy.data),
                form.note.data or "",
                clock.now(),
            )
        if not form.form_errors:
            flash("Die Abwesenheit ist eingetragen.", "success")
            return redirect(url_for("accounts.absences"))
    return render_template("accounts/new_absence.html", form=form), form.status


@bp.post("/abwesenheiten/<int:absence_id>/entfernen")
def remove_absence(absence_id: int) -> ResponseReturnValue:
    """Remove an absence, or end one that has begun."""
    with writing():
        service.remove_absence(actor(), queries.absence_for(actor(), absence_id), clock.now())
    flash("Die Abwesenheit ist entfernt.", "success")
    return redirect(url_for("accounts.absences"))
