"""Figures of field support for the team lead."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.dispatch import numbers as figures
from itsm.dispatch import policy
from itsm.dispatch import savings as reckoned
from itsm.dispatch.forms import day_of_address
from itsm.dispatch.views.blueprint import bp
from itsm.dispatch.views.day import FIRST_YEAR, LAST_YEAR

SPANS = (4, 8, 13, 26)
WORKDAYS = 5


@bp.get("/einsatz/zahlen")
def numbers() -> ResponseReturnValue:
    """Show the figures of the chosen weeks."""
    _require()
    at = clock.now()
    today = clock.local_day(at)
    count = request.args.get("wochen", SPANS[1], type=int)
    count = count if count in SPANS else SPANS[1]
    last_on = _last_on(today)
    return render_template(
        "dispatch/numbers.html",
        numbers=figures.numbers(last_on, count, at),
        spans=SPANS,
        count=count,
        last_on=last_on,
        is_now=figures.monday_of(last_on) == figures.monday_of(today),
        at=at,
        me=actor(),
        policy=policy,
    )


@bp.get("/einsatz/zahlen/ersparnis")
def savings() -> ResponseReturnValue:
    """Compare the rest of this week, else the next one, with the order of arrival."""
    _require()
    at = clock.now()
    monday = figures.monday_of(clock.local_day(at))
    found = reckoned.savings(monday, WORKDAYS, at)
    if found is None:
        monday += figures.WEEK
        found = reckoned.savings(monday, WORKDAYS, at)
    return render_template("dispatch/savings.html", savings=found, monday=monday, at=at)


def _last_on(today: date) -> date:
    day = day_of_address(request.args.get("bis", "")) or today
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else today


def _require() -> None:
    if not actor().scope(Verb.VISIT_FIGURES).everywhere:
        raise NotAllowed("Die Zahlen der Einsätze sehen die Teamleitung und die Revision.")
