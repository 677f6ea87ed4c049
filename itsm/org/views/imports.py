"""The administrator's way to take a school list over: upload, look, take over."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.org import queries, uploads
from itsm.org.forms import UploadForm
from itsm.org.views.blueprint import bp


@bp.route("/schulen/einlesen", methods=["GET", "POST"])
def upload_schools() -> ResponseReturnValue:
    """Upload a list; nothing is taken over yet."""
    uploads.check(actor())
    form = UploadForm(carrier=queries.usual_carrier())
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            filename = form.file.data.filename if form.file.data else ""
            waiting = uploads.keep(actor(), filename, form.content(), form.carrier.data or "", clock.now())
        if not form.form_errors:
            return redirect(url_for("org.check_upload", upload_id=waiting))
    return render_template("org/import.html", form=form), form.status


@bp.get("/schulen/einlesen/<int:upload_id>")
def check_upload(upload_id: int) -> ResponseReturnValue:
    """What taking the list over would change."""
    upload = queries.upload_for(actor(), upload_id)
    return render_template("org/import_report.html", upload=upload, found=uploads.look_at(actor(), upload, clock.now()))


@bp.post("/schulen/einlesen/<int:upload_id>/uebernehmen")
def take_upload_over(upload_id: int) -> ResponseReturnValue:
    """Take the list over."""
    with writing():
        found = uploads.take_over(actor(), queries.upload_for(actor(), upload_id), clock.now())
    flash(
        f"Übernommen: {len(found.added)} neu, {len(found.changed)} geändert, {len(found.closed)} geschlossen.",
        "success",
    )
    return redirect(url_for("org.schools"))
