"""Pages to come in and leave, and to set a password by a link."""

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from itsm.accounts import links, sessions
from itsm.accounts.forms import ForgottenForm, NewPasswordForm, SignInForm
from itsm.accounts.service import sign_in as service
from itsm.accounts.views.blueprint import TOKEN, bp
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor, is_local


@bp.route("/anmelden", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Let a person in, and go on to where they were heading."""
    target = request.args.get("next", "")
    target = target if is_local(target) else url_for("home.start")
    if actor().signed_in and request.method == "GET":
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        with form.shows_errors():
            _enter(_checked(form))
        if not form.form_errors:
            return redirect(target)
    demo = current_app.config.get("DEMO_SIGN_INS", ()) if current_app.config["DEMO"] else ()
    chosen = request.args.get("als", "")
    if request.method == "GET" and chosen in {email for _, email in demo}:
        form.fill_in(chosen, current_app.config.get("DEMO_PASSWORD", ""))
    return render_template("accounts/sign_in.html", form=form, demo=demo, chosen=chosen), form.status


def _checked(form: SignInForm) -> str:
    """Return the token of a new session; the try is counted before, in a transaction of its own."""
    address, at = request.remote_addr or "", clock.now()
    with writing():
        service.count_try(form.email.data, address, at)
    with writing():
        token = service.sign_in(
            form.email.data, form.password.data, address=address, agent=request.user_agent.string, at=at
        )
        _end_session()
    return token


def _enter(token: str) -> None:
    """Begin a new cookie: nothing an earlier visitor left in it may go on."""
    session.clear()
    session[TOKEN] = token
    session.permanent = True


def _end_session() -> None:
    if current_user.is_authenticated:
        sessions.end(current_user.session_id)


@bp.post("/abmelden")
def sign_out() -> ResponseReturnValue:
    """End this sign-in."""
    with writing():
        _end_session()
    session.clear()
    flash("Sie sind abgemeldet.", "success")
    return redirect(url_for("accounts.sign_in"))


@bp.route("/passwort", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Mail a link to whoever forgot the password; the answer is the same for every address."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.ask_for_link(form.email.data, request.remote_addr or "", clock.now())
        if not form.form_errors:
            return render_template("accounts/link_sent.html", email=form.email.data)
    return render_template("accounts/forgotten.html", form=form), form.status


@bp.route("/<any(einladung, passwort):kind>/<token>", methods=["GET", "POST"])
def use_link(kind: str, token: str) -> ResponseReturnValue:
    """Let a person set their password by a link from a mail; reading the page does not use it up."""
    link = links.find(token, clock.now())
    if link is None:
        return render_template("accounts/link_ended.html"), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        with form.shows_errors():
            _enter(_accepted(token, form.password.data))
        if not form.form_errors:
            flash("Ihr Kennwort ist gesetzt, und Sie sind angemeldet.", "success")
            return redirect(url_for("home.start"))
    return render_template("accounts/use_link.html", form=form, person=link.user, kind=link.kind), form.status


def _accepted(token: str, password: str) -> str:
    with writing():
        user = service.accept_link(token, password, clock.now())
        return sessions.begin(user, clock.now(), request.user_agent.string)
