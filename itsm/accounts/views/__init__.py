"""Pages of people: sign-in, own account, persons and rights, absences."""

from flask import Flask, Request, session
from flask_login import LoginManager

from itsm.accounts import links, policy, sessions
from itsm.accounts.views import absences, account, people, sign_in, slots
from itsm.accounts.views.blueprint import TOKEN, bp
from itsm.core import clock, web
from itsm.core.access import ROLE_LABELS
from itsm.core.db import writing

__all__ = ["TOKEN", "absences", "account", "bp", "init", "people", "sign_in"]


def init(app: Flask) -> None:
    """Register the pages and let flask-login find people by their session row."""
    app.register_blueprint(bp)
    login = LoginManager(app)
    # The session row is the protection; the library's own would drop a cookie when a browser is updated.
    login.session_protection = None
    login.request_loader(_person)
    app.config["PERMANENT_SESSION_LIFETIME"] = sessions.LONGEST
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.jinja_env.filters["link_path"] = links.path_of
    app.jinja_env.globals["ROLE_LABELS"] = ROLE_LABELS
    web.add_nav(web.NavEntry("Personen", "accounts.people", "account-circle", policy.may_see_people, 70))
    web.fill_slot("district.people", slots.district_people)
    web.fill_slot("district.names", slots.district_names)
    web.fill_slot("school.people", slots.school_people)


def _person(incoming: Request) -> sessions.Person | None:
    token, at = session.get(TOKEN), clock.now()
    person = sessions.find(token, at) if token else None
    # Only then: an empty commit would cost every page a round trip to the database.
    if person is not None and incoming.method == "GET" and at - person.seen_at >= sessions.SEEN_EVERY:
        with writing():
            sessions.touch(person, at)
    return person
