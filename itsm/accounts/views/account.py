"""Pages of one's own account: name and telephone, password, sign-ins."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from itsm.accounts import policy, queries, sessions
from itsm.accounts.forms import ChangePasswordForm, ProfileForm
from itsm.accounts.service import sign_in as service
from itsm.accounts.views.blueprint import bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor


@bp.route("/konto", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    """Show and change what one tells about oneself."""
    user = queries.own(actor())
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        with writing():
            service.change_profile(user, form.name.data, form.phone.data or "")
        flash("Gespeichert.", "success")
        return redirect(url_for("accounts.account"))
    page = render_template(
        "accounts/account.html",
        form=form,
        person=user,
        sign_ins=queries.sessions_of(user.id),
        current_id=current_user.session_id,
        may_see_absences=policy.may_see_absences(actor()),
    )
    return page, form.status


@bp.route("/konto/kennwort", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    """Replace one's password; every other sign-in ends."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with form.shows_errors():
            with writing():
                service.count_try(actor().email, request.remote_addr or "", clock.now())
            with writing():
                service.change_password(
                    queries.own(actor()),
                    form.old.data,
                    form.password.data,
                    address=request.remote_addr or "",
                    keep_session=current_user.session_id,
                    at=clock.now(),
                )
        if not form.form_errors:
            flash("Ihr Kennwort ist geändert. Alle anderen Anmeldungen sind beendet.", "success")
            return redirect(url_for("accounts.account"))
    return render_template("accounts/change_password.html", form=form), form.status


@bp.post("/konto/anmeldungen/<int:session_id>/beenden")
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    with writing():
        service.end_session(actor(), session_id)
    flash("Die Anmeldung ist beendet.", "success")
    return redirect(url_for("accounts.account"))


@bp.post("/konto/ueberall-abmelden")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every sign-in, this one too."""
    with writing():
        sessions.end_all(current_user.actor.user_id)
    session.clear()
    flash("Sie sind überall abgemeldet.", "success")
    return redirect(url_for("accounts.sign_in"))
