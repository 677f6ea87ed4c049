"""Device lists on the page: upload, look, take over, undo."""

from flask import Response, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import import_forms as forms
from itsm.assets.importing import undo, uploads
from itsm.assets.importing.takeover import Outcome
from itsm.assets.views.blueprint import bp
from itsm.core import clock, spreadsheet
from itsm.core.db import writing
from itsm.core.german import number
from itsm.core.web import actor


@bp.route("/geraete/einlesen", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """Upload a list, or see and undo those that were taken over."""
    past, form = uploads.past(actor()), forms.ListForm().offer()
    if form.validate_on_submit():
        upload = None
        with form.shows_errors(), writing():
            upload = uploads.keep(actor(), *form.content(), form.mapping.data, clock.now())
        if upload is not None:
            return redirect(url_for("assets.check_import", upload_id=upload.id), 303)
    return render_template("assets/imports/index.html", form=form, past=past), form.status


@bp.get("/geraete/einlesen/<int:upload_id>")
def check_import(upload_id: int) -> ResponseReturnValue:
    """Show what taking the list over would change, or how far that is."""
    upload = uploads.get_for(actor(), upload_id)
    if "import_id" in upload.mapping:
        return redirect(url_for("assets.imports"))
    if uploads.is_running(upload):
        return render_template("assets/imports/wait.html", upload=upload, percent=uploads.percent_of(upload))
    found = uploads.look_at(actor(), upload, clock.now())
    return render_template(
        "assets/imports/check.html",
        upload=upload,
        found=found,
        columns=forms.columns_form(found.header, found.mapping),
        form=forms.TakeForm(),
    )


@bp.post("/geraete/einlesen/<int:upload_id>/spalten")
def choose_columns(upload_id: int) -> ResponseReturnValue:
    """Say which column holds what."""
    upload = uploads.get_for(actor(), upload_id)
    form = forms.columns_form(uploads.header_of(upload), uploads.mapping_of(upload))
    with writing():
        uploads.choose(actor(), upload, forms.chosen_columns(form))
    return redirect(url_for("assets.check_import", upload_id=upload_id), 303)


@bp.post("/geraete/einlesen/<int:upload_id>/uebernehmen")
def take_import(upload_id: int) -> ResponseReturnValue:
    """Take the list over; a long one is left to the worker."""
    with writing():
        upload = uploads.get_for(actor(), upload_id)
        done = uploads.take_over(actor(), upload, clock.now(), partial=bool(forms.TakeForm().partial.data))
    if done is None:
        return redirect(url_for("assets.check_import", upload_id=upload_id), 303)
    flash(_done_words(done), "success")
    return redirect(url_for("assets.imports"), 303)


@bp.get("/geraete/einlesen/<int:upload_id>/stand")
def import_progress(upload_id: int) -> ResponseReturnValue:
    """Say how far the worker is, for the page that waits."""
    upload = uploads.get_for(actor(), upload_id)
    waits = uploads.is_running(upload)
    return jsonify(percent=uploads.percent_of(upload), words="Die Liste wird übernommen …", waits=waits)


@bp.get("/geraete/einlesen/<int:upload_id>/fehler.csv")
def import_problems(upload_id: int) -> ResponseReturnValue:
    """Send everything that is wrong with the list as a file for a spreadsheet."""
    found = uploads.look_at(actor(), uploads.get_for(actor(), upload_id), clock.now())
    problems = found.outcome.problems if found.outcome else []
    headers = {"Content-Disposition": 'attachment; filename="fehler.csv"'}
    return Response(spreadsheet.lines(("Zeile", "Fehler"), problems), mimetype="text/csv", headers=headers)


@bp.post("/geraete/einlesen/<int:import_id>/zuruecknehmen")
def undo_import(import_id: int) -> ResponseReturnValue:
    """Undo the list that was taken over last."""
    with writing():
        done = undo.undo_last(actor(), clock.now(), import_id)
    kept = f" {number(len(done.left))} seither benutzte bleiben: {', '.join(done.left[:20])}." if done.left else ""
    flash(
        f"Zurückgenommen: {number(done.deleted)} gelöscht, {number(done.restored)} wie vorher.{kept}",
        "warning" if done.left else "success",
    )
    return redirect(url_for("assets.imports"), 303)


def _done_words(done: Outcome) -> str:
    left_out = f", {number(done.rejected)} Zeilen ausgelassen" if done.rejected else ""
    return (
        f"Übernommen: {number(done.added)} neu, {number(done.changed)} geändert, "
        f"{number(done.unchanged)} unverändert{left_out}."
    )
