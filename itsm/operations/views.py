"""Pages of the operator: jobs, mail, processes, figures; and the mailbox of the demo."""

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock, mail, timed
from itsm.core.access import Actor
from itsm.core.db import writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.web import NavEntry, actor, add_nav, fill_slot
from itsm.jobs import JOBS
from itsm.operations import policy, processes, queries, service
from itsm.operations.forms import FigureForm

bp = Blueprint("operations", __name__)


@bp.get("/betrieb")
def status() -> ResponseReturnValue:
    """Show what runs, what is due and what mail did not arrive."""
    if not policy.may_see(actor()):
        raise NotAllowed("Den Betrieb sehen nur Administration und Revision.")
    return render_template(
        "operations/status.html",
        alive=processes.alive(),
        jobs=timed.overview(JOBS, clock.now()),
        post=queries.post(),
        shown_recipient=policy.shown_recipient,
        may_run=policy.may_run(actor()),
    )


@bp.post("/betrieb/auftrag/<name>/jetzt")
def run_job(name: str) -> ResponseReturnValue:
    """Start a timed job out of turn."""
    with writing():
        job = service.run_job(actor(), JOBS, name, at=clock.now())
    flash(f"„{job.title}“ ist gestartet. Das Ergebnis steht gleich hier.", "success")
    return redirect(url_for("operations.status"))


@bp.post("/betrieb/mail/<int:mail_id>/erneut")
def send_again(mail_id: int) -> ResponseReturnValue:
    """Try a mail again that was given up."""
    with writing():
        service.send_again(actor(), queries.mail(mail_id), at=clock.now())
    flash("Die Mail ist wieder eingereiht.", "success")
    return redirect(url_for("operations.status"))


@bp.get("/einstellungen")
def figures() -> ResponseReturnValue:
    """List the figures with their values of today."""
    if not policy.may_see_figures(actor()):
        raise NotAllowed("Einstellungen sehen nur Teamleitung, Administration und Revision.")
    rows = queries.figures(clock.local_day(clock.now()))
    return render_template(
        "operations/figures.html",
        rows=rows,
        may_edit=policy.may_edit_figures(actor()),
        may_see_operation=policy.may_see(actor()),
    )


@bp.route("/einstellungen/<key>", methods=["GET", "POST"])
def figure(key: str) -> ResponseReturnValue:
    """Show the history of a figure and set it anew."""
    if not policy.may_edit_figures(actor()):
        raise NotAllowed("Diese Werte ändern nur Teamleitung und Administration.")
    found, form = queries.figure(key), FigureForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.set_figure(actor(), found, form.value.number, form.valid_from.data, at=clock.now())
        if not form.form_errors:
            flash("Der neue Wert ist gespeichert.", "success")
            return redirect(url_for("operations.figures"))
    return render_template("operations/figure.html", figure=found, history=queries.history(key), form=form), form.status


@bp.get("/postfach")
def mailbox() -> ResponseReturnValue:
    """Show the mails of the demo."""
    _refuse_closed_mailbox()
    return render_template("operations/mailbox.html", mails=queries.mailbox())


@bp.get("/postfach/<int:mail_id>")
def mailbox_mail(mail_id: int) -> ResponseReturnValue:
    """Show one mail of the demo as its reader sees it."""
    _refuse_closed_mailbox()
    found = queries.mail(mail_id)
    return render_template("operations/mailbox_mail.html", mail=found, text=mail.body(found, "txt"))


def init(app: Flask) -> None:
    """Register the pages; the operation of the service is reached from the settings."""
    app.register_blueprint(bp)
    fill_slot("home.sentence", _how_it_runs)
    fill_slot("home.main", _to_operation)
    add_nav(NavEntry("Einstellungen", "operations.figures", "edit", policy.may_see_figures, 80))


def _how_it_runs(actor: Actor, **_: object) -> str:
    if not policy.may_see(actor):
        return ""
    return render_template("operations/_sentence.html", alive=processes.alive(), dead=queries.dead_letters())


def _to_operation(actor: Actor, **_: object) -> str:
    return render_template("operations/_main.html") if policy.may_see(actor) else ""


def _refuse_closed_mailbox() -> None:
    if not policy.is_mailbox_open(current_app.config["SETTINGS"]):
        raise NotFound
