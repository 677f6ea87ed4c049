"""The landing page of each role, and the one search box."""

import re

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.search import parse
from itsm.core.web import NavEntry, actor, add_nav, slot
from itsm.kb.service import searches

bp = Blueprint("home", __name__)

_TICKET_NUMBER = re.compile(r"s-?(\d{1,9})", re.IGNORECASE)
_SCHOOL_NUMBER = re.compile(r"\d{6}")


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show what is to be done now."""
    return render_template("home/start.html", actor=actor(), at=clock.now())


@bp.get("/suche")
def search() -> ResponseReturnValue:
    """Go straight to what was named by its number, else show what was found.

    A line that finds nothing at all is one the editors may want to know.
    """
    q = " ".join(request.args.get("q", "").split())
    if number := _TICKET_NUMBER.fullmatch(q):
        return redirect(url_for("tickets.show", ticket_id=int(number[1])))
    if _SCHOOL_NUMBER.fullmatch(q):
        return redirect(url_for("org.show_school", number=q))
    text = parse(q, {}).text
    found = slot("search.results", actor=actor(), text=text) if text else ""
    if text and not found:
        with writing():
            searches.note(text, 0, clock.local_day(clock.now()))
    return render_template("home/search.html", q=q, found=found)


@bp.get("/lebt")
def alive() -> ResponseReturnValue:
    """Tell a load balancer that this process answers."""
    return {"lebt": True}


def init(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    add_nav(NavEntry("Start", "home.start", "home", lambda _: True, 10))
