"""Pages to sign in and out."""

from flask import Blueprint, Flask, Request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager

from itsm.accounts import sessions
from itsm.core import clock
from itsm.core.db import writing

bp = Blueprint("accounts", __name__)
TOKEN = "token"


def init(app: Flask) -> None:
    """Register the pages and let flask-login find people by their session row."""
    app.register_blueprint(bp)
    login = LoginManager(app)
    login.request_loader(_person)


def _person(incoming: Request) -> sessions.Person | None:
    token = session.get(TOKEN)
    person = sessions.find(token, clock.now()) if token else None
    if person is not None and incoming.method == "GET":
        with writing():
            sessions.touch(person, clock.now())
    return person


@bp.route("/anmelden", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Let a person in."""
    return "Anmelden"
