"""Buildings of a school and their rooms."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core.db import writing
from itsm.core.web import actor
from itsm.org import policy, queries, service
from itsm.org.forms import RoomForm, RoomsForm, SiteForm, SiteNoteForm
from itsm.org.views.blueprint import bp
from itsm.org.views.pages import back_to, back_to_site, edit_page


@bp.get("/schulen/<number>/gebaeude/<int:site_id>")
def show_site(number: str, site_id: int) -> ResponseReturnValue:
    """One building: how to get in, and its rooms."""
    school, site = queries.site_of(actor(), number, site_id)
    may_edit = policy.may_edit(actor(), school)
    is_main = school.main_site is site
    return render_template(
        "org/site.html",
        school=school,
        site=site,
        may_edit=may_edit,
        may_leave=may_edit and not is_main,
        rooms_form=RoomsForm(prefix="rooms", formdata=None),
        note_form=SiteNoteForm(prefix="site", formdata=None, obj=site),
    )


@bp.route("/schulen/<number>/gebaeude", methods=["GET", "POST"])
def add_site(number: str) -> ResponseReturnValue:
    """Let the school use one more building."""
    school, form = queries.to_edit(actor(), number), SiteForm(prefix="site")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            address = (form.name.data or "", form.street.data, form.postcode.data, form.town.data)
            service.add_site(actor(), school, *address, form.place())
        if not form.form_errors:
            return back_to(school, "gebaeude", "Gebäude eingetragen.")
    return edit_page(school, form, "Gebäude eintragen")


@bp.route("/schulen/<number>/gebaeude/<int:site_id>/zugang", methods=["GET", "POST"])
def describe_site(number: str, site_id: int) -> ResponseReturnValue:
    """Name a building and keep how one gets in."""
    school, site = queries.site_to_edit(actor(), number, site_id)
    form = SiteNoteForm(prefix="site", obj=site)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.describe_site(actor(), school, site, form.name.data or "", form.access_note.data or "")
        if not form.form_errors:
            return back_to_site(school, site, "Gebäude gespeichert.")
    return edit_page(school, form, "Gebäude beschreiben", site)


@bp.post("/schulen/<number>/gebaeude/<int:site_id>/entfernen")
def leave_site(number: str, site_id: int) -> ResponseReturnValue:
    """Let the school no longer use a building."""
    school, site = queries.site_to_edit(actor(), number, site_id)
    with writing():
        service.leave_site(actor(), school, site)
    return back_to(school, "gebaeude", "Das Gebäude gehört nicht mehr zur Schule.")


@bp.route("/schulen/<number>/gebaeude/<int:site_id>/raeume", methods=["GET", "POST"])
def add_rooms(number: str, site_id: int) -> ResponseReturnValue:
    """Add one room, or many at once."""
    school, site = queries.site_to_edit(actor(), number, site_id)
    form = RoomsForm(prefix="rooms")
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            added = service.add_rooms(actor(), school, site, form.lines())
        if not form.form_errors:
            return back_to_site(school, site, "1 Raum eingetragen." if added == 1 else f"{added} Räume eingetragen.")
    return edit_page(school, form, "Räume eintragen", site)


@bp.route("/schulen/<number>/raeume/<int:room_id>", methods=["GET", "POST"])
def rename_room(number: str, room_id: int) -> ResponseReturnValue:
    """Change what a room is called."""
    school, room = queries.room_to_edit(actor(), number, room_id)
    form = RoomForm(prefix="room", obj=room)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.rename_room(actor(), school, room, form.name.data, form.note.data or "")
        if not form.form_errors:
            return back_to_site(school, room.site, "Raum gespeichert.")
    remove = ("Raum entfernen", url_for("org.remove_room", number=number, room_id=room_id))
    return edit_page(school, form, f"Raum {room.name} ändern", room.site, remove)


@bp.post("/schulen/<number>/raeume/<int:room_id>/entfernen")
def remove_room(number: str, room_id: int) -> ResponseReturnValue:
    """Delete a room nothing refers to."""
    school, room = queries.room_to_edit(actor(), number, room_id)
    site = room.site
    with writing():
        service.remove_room(actor(), school, room)
    return back_to_site(school, site, "Raum entfernt.")
