"""The offices of the overview, for those who keep it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core.db import writing
from itsm.core.web import actor
from itsm.kb import contact_queries
from itsm.kb.contact_forms import OfficeForm
from itsm.kb.models import Office
from itsm.kb.service import offices as service
from itsm.kb.views.blueprint import bp


@bp.get("/ansprechpartner/stellen")
def offices() -> ResponseReturnValue:
    """List the offices in their order."""
    contact_queries.require_keeper(actor())
    return render_template("kb/offices.html", offices=contact_queries.offices())


@bp.route("/ansprechpartner/stellen/neu", methods=["GET", "POST"])
def new_office() -> ResponseReturnValue:
    """Add an office."""
    contact_queries.require_keeper(actor())
    form = OfficeForm()
    if form.validate_on_submit():
        with writing():
            service.add(actor(), form.values)
        return _back(f"„{form.name.data}“ steht jetzt in der Übersicht.")
    return render_template("kb/office.html", form=form, office=None), form.status


@bp.route("/ansprechpartner/stellen/<int:office_id>", methods=["GET", "POST"])
def edit_office(office_id: int) -> ResponseReturnValue:
    """Change an office."""
    office = contact_queries.office_to_edit(actor(), office_id)
    form = _form(office)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.change(actor(), office, form.values, form.version.data or 0)
        if not form.form_errors:
            return _back(f"„{form.name.data}“ ist geändert.")
    return render_template("kb/office.html", form=form, office=office), form.status


@bp.post("/ansprechpartner/stellen/<int:office_id>/<any(hoch,runter):direction>")
def move_office(office_id: int, direction: str) -> ResponseReturnValue:
    """Let an office change places with its neighbour."""
    with writing():
        service.move(actor(), contact_queries.office_to_edit(actor(), office_id), up=direction == "hoch")
    return redirect(url_for("kb.offices", _anchor=f"stelle-{office_id}"), 303)


@bp.post("/ansprechpartner/stellen/<int:office_id>/entfernen")
def remove_office(office_id: int) -> ResponseReturnValue:
    """Take an office out of the overview."""
    with writing():
        service.remove(actor(), contact_queries.office_to_edit(actor(), office_id))
    return _back("Die Stelle ist entfernt. In früheren Ausgaben steht sie weiter.")


def _form(office: Office) -> OfficeForm:
    if request.method == "POST":
        return OfficeForm()
    return OfficeForm(obj=office, version=office.version_id)


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("kb.offices"), 303)
