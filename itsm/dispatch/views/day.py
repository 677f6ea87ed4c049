"""„Mein Tag“: the stops of one manager's day in driving order."""

from datetime import timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.web import actor
from itsm.dispatch import agenda, policy, queries
from itsm.dispatch.forms import day_of_address
from itsm.dispatch.service import routes
from itsm.dispatch.views.blueprint import bp

# Days nobody plans: an address with the year 9999 must not reach the arithmetic of dates.
FIRST_YEAR, LAST_YEAR = 2020, 2100


@bp.get("/tag")
def my_day() -> ResponseReturnValue:
    """Show today."""
    return _page(clock.local_day(clock.now()).isoformat())


@bp.get("/tag/<day>")
def day(day: str) -> ResponseReturnValue:
    """Show another day."""
    return _page(day)


@bp.post("/tag/<day>/ordnen")
def order_day(day: str) -> ResponseReturnValue:
    """Work the order of the stops out anew."""
    found, at = day_of_address(day), clock.now()
    if found is None:
        raise NotFound
    user = queries.manager_for(actor(), request.args.get("person", type=int), found)
    with writing():
        plan = routes.reorder(actor(), user, found, at)
    flash("Die Reihenfolge ist neu berechnet." if plan else "Hier gibt es nichts mehr zu ordnen.", "success")
    return redirect(url_for("dispatch.day", day=day, person=request.args.get("person", type=int)))


def _page(text: str) -> Response:
    day, today, me = day_of_address(text), clock.local_day(clock.now()), actor()
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound
    person = request.args.get("person", type=int)
    user = queries.manager_for(me, person, day)
    page = render_template(
        "dispatch/day.html",
        agenda=agenda.agenda(user, day),
        actor=me,
        policy=policy,
        managers=queries.managers_for(me, day),
        today=today,
        person=person,
        previous=(day - timedelta(days=1)).isoformat(),
        next=(day + timedelta(days=1)).isoformat(),
    )
    response = make_response(page)
    # Not `no-store`: a phone without network must be able to show the day it loaded in the morning.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
