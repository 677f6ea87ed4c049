"""The board: the week of all managers, what is not planned, and the ways to move it."""

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.errors import NotFound
from itsm.core.web import actor
from itsm.dispatch import board as boards
from itsm.dispatch import board_queries
from itsm.dispatch.forms import day_of_address
from itsm.dispatch.views.blueprint import bp
from itsm.dispatch.views.day import FIRST_YEAR, LAST_YEAR


@bp.get("/einsatz")
def board() -> ResponseReturnValue:
    """Show a week, or one day of it, for the whole city or one district."""
    me, at = actor(), clock.now()
    mine = board_queries.districts_for(me)
    number = request.args.get("bezirk", type=int)
    districts = board_queries.chosen(mine, number)
    only = _day("tag")
    week = boards.week_of(only or _day("woche") or clock.local_day(at))
    return render_template(
        "dispatch/board.html",
        board=boards.board(me, districts, [only] if only else week, at),
        districts=mine,
        number=number,
        week=week,
        only=only,
        before=week[0] - timedelta(weeks=1),
        after=week[0] + timedelta(weeks=1),
        today=clock.local_day(at),
        last_step=board_queries.last_step_of(me),
        state_of=boards.state_of,
        line_of=boards.line_of,
        back={},
        ways=[],
    )


@bp.get("/einsatz/besuche/<int:visit_id>")
def board_visit(visit_id: int) -> ResponseReturnValue:
    """Show what can be done with a visit."""
    return ""


@bp.get("/einsatz/stoerungen/<int:ticket_id>/einplanen")
def plan_ticket(ticket_id: int) -> ResponseReturnValue:
    """Put a ticket on the board."""
    return ""


@bp.post("/einsatz/schritte/<int:step_id>/zurueck")
def undo_step(step_id: int) -> ResponseReturnValue:
    """Undo."""
    return ""


def _day(name: str) -> date | None:
    """The day in an address such as ?tag=2026-11-24, if there is one.

    Raises: NotFound for what is no day anybody plans.
    """
    text = request.args.get(name)
    if not text:
        return None
    day = day_of_address(text)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound("Diesen Tag gibt es nicht.")
    return day
