"""The list of schools, the page of one, and the small changes made on it."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock, spreadsheet
from itsm.core.db import writing
from itsm.core.search import chips
from itsm.core.web import actor
from itsm.org import calendar, policy, queries, search, service, sheet
from itsm.org.forms import (
    BellTimesForm,
    ContactForm,
    IServForm,
    MovableDayForm,
    MoveForm,
    SharingForm,
    SiteForm,
    VisitingHoursForm,
    VisitNoteForm,
    movable_day,
)
from itsm.org.hours import hours_in_words
from itsm.org.models import School, Sharing
from itsm.org.school_layouts import official_name
from itsm.org.views.blueprint import bp
from itsm.org.views.pages import back_to, edit_page


@bp.get("/schulen")
def schools() -> ResponseReturnValue:
    """The schools one may see: tabs, search line, pages."""
    q, tab = request.args.get("q", ""), request.args.get("tab", "offen")
    page = search.find(actor(), q, tab, request.args.get("nach", ""))
    set_filters = [(text, url_for("org.schools", tab=tab, q=rest or None)) for text, rest in chips(q, search.KEYS)]
    may_import = policy.may_import(actor())
    return render_template(
        "org/schools.html", page=page, q=q, tab=tab, tabs=search.TABS, chips=set_filters, may_import=may_import
    )


@bp.get("/schulen.csv")
def export_schools() -> ResponseReturnValue:
    """The list as a file for a spreadsheet."""
    found = search.find_all(actor(), request.args.get("q", ""), request.args.get("tab", "offen"))
    body = "".join(spreadsheet.lines(sheet.COLUMNS, map(sheet.cells, found)))
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="schulen.csv"'})


@bp.get("/schulen/<number>")
def show_school(number: str) -> ResponseReturnValue:
    """Everything about one school."""
    school, today = queries.by_number(actor(), number), clock.local_day(clock.now())
    movable = [one.day for one in school.movable_days]
    return render_template(
        "org/school.html",
        school=school,
        official=official_name(school.source),
        rooms=queries.room_counts(school),
        neighbours=queries.neighbours_of(school),
        moves=queries.moves_of(school),
        hours=hours_in_words(school.visiting_hours),
        closed_today=calendar.closed_reason(today, movable),
        next_school_day=calendar.next_school_day(today, movable),
        forms=_forms_for(school),
    )


def _forms_for(school: School) -> dict[str, object]:
    """The small forms this person may use, each opened where the value stands."""
    me = actor()
    found: dict[str, object] = {}
    if policy.may_edit(me, school):
        found |= {
            "contact": ContactForm(prefix="contact", formdata=None),
            "iserv": IServForm(prefix="iserv", formdata=None),
            "movable": MovableDayForm(prefix="movable", formdata=None),
            "bells": BellTimesForm(prefix="bells", formdata=None).fill(school),
            "hours": VisitingHoursForm(prefix="hours", formdata=None).fill(school),
            "note": VisitNoteForm(prefix="note", formdata=None, obj=school),
            "site": SiteForm(prefix="site", formdata=None, town=school.main_site.town if school.main_site else ""),
        }
    if policy.may_share(me, school):
        found["sharing"] = SharingForm(prefix="sharing", formdata=None, obj=school)
    if policy.may_move(me, school):
        found["move"] = MoveForm(prefix="move", formdata=None).offer(
            queries.receiving_districts(me), school.district_id
        )
    return found


@bp.route("/schulen/<number>/ansprechpersonen", methods=["GET", "POST"])
def add_contact(number: str) -> ResponseReturnValue:
    """Name somebody to ask for."""
    school, form = queries.to_edit(actor(), number), ContactForm(prefix="contact")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            typed = (form.name.data, form.function.data or "", form.phone.data or "", form.email.data or "")
            service.add_contact(actor(), school, *typed)
        if not form.form_errors:
            return back_to(school, "kontakte", "Ansprechperson eingetragen.")
    return edit_page(school, form, "Ansprechperson eintragen")


@bp.post("/schulen/<number>/ansprechpersonen/<int:contact_id>/entfernen")
def remove_contact(number: str, contact_id: int) -> ResponseReturnValue:
    """Take a contact off."""
    school = queries.to_edit(actor(), number)
    with writing():
        service.remove_contact(actor(), school, contact_id)
    return back_to(school, "kontakte", "Ansprechperson entfernt.")


@bp.route("/schulen/<number>/iserv", methods=["GET", "POST"])
def add_iserv(number: str) -> ResponseReturnValue:
    """Note an IServ server."""
    school, form = queries.to_edit(actor(), number), IServForm(prefix="iserv")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add_iserv(actor(), school, form.host.data)
        if not form.form_errors:
            return back_to(school, "iserv", "IServ eingetragen.")
    return edit_page(school, form, "IServ eintragen")


@bp.post("/schulen/<number>/iserv/<int:instance_id>/entfernen")
def remove_iserv(number: str, instance_id: int) -> ResponseReturnValue:
    """Take an IServ server off."""
    school = queries.to_edit(actor(), number)
    with writing():
        service.remove_iserv(actor(), school, instance_id)
    return back_to(school, "iserv", "IServ entfernt.")


@bp.route("/schulen/<number>/ferientage", methods=["GET", "POST"])
def add_movable_day(number: str) -> ResponseReturnValue:
    """Note a movable holiday."""
    school, form = queries.to_edit(actor(), number), MovableDayForm(prefix="movable")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add_movable_day(actor(), school, *movable_day(form))
        if not form.form_errors:
            return back_to(school, "zeiten", "Beweglicher Ferientag eingetragen.")
    return edit_page(school, form, "Beweglichen Ferientag eintragen")


@bp.post("/schulen/<number>/ferientage/<int:day_id>/entfernen")
def remove_movable_day(number: str, day_id: int) -> ResponseReturnValue:
    """Take a movable holiday off."""
    school = queries.to_edit(actor(), number)
    with writing():
        service.remove_movable_day(actor(), school, day_id)
    return back_to(school, "zeiten", "Beweglicher Ferientag entfernt.")


@bp.route("/schulen/<number>/unterrichtszeiten", methods=["GET", "POST"])
def set_bell_times(number: str) -> ResponseReturnValue:
    """Replace the lessons of the day."""
    school, form = queries.to_edit(actor(), number), BellTimesForm(prefix="bells")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.set_bell_times(actor(), school, form.lessons())
        if not form.form_errors:
            return back_to(school, "zeiten", "Unterrichtszeiten gespeichert.")
    return edit_page(school, form if form.is_submitted() else form.fill(school), "Unterrichtszeiten ändern")


@bp.route("/schulen/<number>/besuchszeiten", methods=["GET", "POST"])
def set_visiting_hours(number: str) -> ResponseReturnValue:
    """Replace the windows in which support may come."""
    school, form = queries.to_edit(actor(), number), VisitingHoursForm(prefix="hours")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.set_visiting_hours(actor(), school, form.windows())
        if not form.form_errors:
            return back_to(school, "zeiten", "Öffnungszeiten gespeichert.")
    return edit_page(school, form if form.is_submitted() else form.fill(school), "Öffnungszeiten für Besuche ändern")


@bp.route("/schulen/<number>/hinweis", methods=["GET", "POST"])
def note_for_visits(number: str) -> ResponseReturnValue:
    """Keep what somebody driving to the school has to know."""
    school = queries.to_edit(actor(), number)
    form = VisitNoteForm(prefix="note", obj=school)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.note_for_visits(actor(), school, form.visit_note.data or "")
        if not form.form_errors:
            return back_to(school, "hinweis", "Hinweis gespeichert.")
    return edit_page(school, form, "Hinweis für Besuche")


@bp.route("/schulen/<number>/einsicht", methods=["GET", "POST"])
def share_tickets(number: str) -> ResponseReturnValue:
    """Let colleagues see all tickets of the school or only their own."""
    school = queries.to_share(actor(), number)
    form = SharingForm(prefix="sharing", obj=school)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.share_tickets(actor(), school, Sharing(form.sharing.data))
        if not form.form_errors:
            return back_to(school, "einsicht", "Einsicht gespeichert.")
    return edit_page(school, form, "Einsicht des Kollegiums")


@bp.route("/schulen/<number>/bezirk", methods=["GET", "POST"])
def move_school(number: str) -> ResponseReturnValue:
    """Give the school to another district."""
    school = queries.to_move(actor(), number)
    form = MoveForm(prefix="move").offer(queries.receiving_districts(actor()), school.district_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            district = queries.receiving_district(actor(), int(form.district.data))
            service.move_school(actor(), school, district, form.reason.data or "", clock.now())
        if not form.form_errors:
            return back_to(school, "bezirk", "Die Schule gehört jetzt zum neuen Bezirk. Offene Arbeit ist mitgegangen.")
    return edit_page(school, form, "In einen anderen Bezirk geben")
