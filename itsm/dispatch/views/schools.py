"""Visits and fixed visiting times of one school."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.dispatch import policy, queries
from itsm.dispatch.forms import VisitForm, VisitingTimeForm, site_of
from itsm.dispatch.service import timetables
from itsm.dispatch.service import visits as service
from itsm.dispatch.views.blueprint import bp
from itsm.org import queries as org
from itsm.org.models import School


@bp.get("/schulen/<number>/besuche")
def school_visits(number: str) -> ResponseReturnValue:
    """List the visits of a school and its fixed visiting times."""
    me, at, past = actor(), clock.now(), request.args.get("tab") == "vorbei"
    school = _seen(number)
    found, more = queries.visits_for(
        me, today=clock.local_day(at), past=past, school_id=school.id, after=request.args.get("nach", "")
    )
    return render_template(
        "dispatch/school_visits.html",
        school=school,
        visits=found,
        more=more,
        past=past,
        at=at,
        times=queries.visiting_times_of(school.id),
        today=clock.local_day(at),
        may_plan=policy.may_plan_for(me, school),
    )


@bp.route("/schulen/<number>/besuche/neu", methods=["GET", "POST"])
def add_visit(number: str) -> ResponseReturnValue:
    """Add a visit by hand."""
    school = _to_plan(number)
    form = VisitForm().offer(school)
    if form.validate_on_submit():
        visit = None
        with form.shows_errors(), writing():
            site = site_of(school, form.site.data)
            visit = service.add(actor(), school, site, form.read(), form.task_lines(), clock.now())
        if visit is not None and not form.form_errors:
            flash("Der Besuch ist angelegt. Die Schule weiß Bescheid.", "success")
            return redirect(url_for("dispatch.visit", visit_id=visit.id))
    return render_template("dispatch/add_visit.html", school=_to_plan(number), form=form), form.status


@bp.route("/schulen/<number>/besuchszeiten/neu", methods=["GET", "POST"])
def add_visiting_time(number: str) -> ResponseReturnValue:
    """Give a school a fixed visiting time."""
    school, at = _to_plan(number), clock.now()
    form = VisitingTimeForm(from_on=clock.local_day(at)).offer([place.site for place in school.places])
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            timetables.add(actor(), school, site_of(school, form.site.data), form.read(), at)
        if not form.form_errors:
            flash("Die Besuchszeit gilt. Die Besuche der nächsten Wochen sind angelegt.", "success")
            return redirect(url_for("dispatch.school_visits", number=number))
    return render_template("dispatch/visiting_time.html", school=_to_plan(number), form=form, fixed=None), form.status


@bp.route("/schulen/<number>/besuchszeiten/<int:time_id>", methods=["GET", "POST"])
def change_visiting_time(number: str, time_id: int) -> ResponseReturnValue:
    """Change a fixed visiting time from today on."""
    school, at = _to_plan(number), clock.now()
    fixed = queries.visiting_time_of(school, time_id)
    form = VisitingTimeForm(
        site=fixed.site_id,
        weekday=fixed.weekday,
        starts=fixed.starts,
        minutes=fixed.minutes,
        every_weeks=fixed.every_weeks,
        from_on=max(fixed.from_on, clock.local_day(at)),
        until_on=fixed.until_on,
    ).offer([place.site for place in school.places])
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            timetables.change(actor(), fixed, site_of(school, form.site.data), form.read(), at)
        if not form.form_errors:
            flash("Die Besuchszeit ist geändert. Die kommenden Besuche sind neu angelegt.", "success")
            return redirect(url_for("dispatch.school_visits", number=number))
    page = render_template("dispatch/visiting_time.html", school=_to_plan(number), form=form, fixed=time_id)
    return page, form.status


@bp.post("/schulen/<number>/besuchszeiten/<int:time_id>/beenden")
def end_visiting_time(number: str, time_id: int) -> ResponseReturnValue:
    """End a fixed visiting time today."""
    school = _to_plan(number)
    with writing():
        timetables.end(actor(), queries.visiting_time_of(school, time_id), clock.now())
    flash("Die Besuchszeit ist beendet. Ihre kommenden Besuche sind gestrichen.", "success")
    return redirect(url_for("dispatch.school_visits", number=number))


def _seen(number: str) -> School:
    school = org.by_number(actor(), number)
    if not policy.may_see_visits_of(actor(), school):
        raise NotAllowed("Die Besuche einer Schule sehen ihre Leitung, die Medienkoordination und der Außendienst.")
    return school


def _to_plan(number: str) -> School:
    school = org.by_number(actor(), number)
    if not policy.may_plan_for(actor(), school):
        raise NotAllowed("Besuche plant das Campusmanagement des Bezirks oder die Teamleitung.")
    return school
