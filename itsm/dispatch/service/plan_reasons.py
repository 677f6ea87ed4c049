"""Why something is left out, put down so that it can be read without the week it was found in."""

from typing import Any

from itsm.dispatch.planner.week.conflicts import Conflict
from itsm.dispatch.planner.week.reasons import LeftOut
from itsm.dispatch.planner.week.relief import Relief
from itsm.dispatch.planner.week.slots import Slot
from itsm.dispatch.service.week import Week


def reason_of(week: Week, left: LeftOut) -> dict[str, Any]:
    """Return the reason with names for keys and moments for seconds; read by itsm/dispatch/reason_words."""
    found: dict[str, Any] = {
        "reason": left.reason.value,
        "leave_cents": left.leave_cents,
        "cents": left.cents,
        "slot": _slot(week, left.slot),
        "displaced": [_name(week, key) for key in left.displaced],
        "pins": [_name(week, key) for key in left.pins if key != left.job],
        "is_pinned": left.job in left.pins,
        "skills": list(left.skills),
        "people": [week.user(key).name for key in left.workers],
        "window": _window(week, left.window) if left.window else [],
        "short_minutes": -(-left.short_seconds // 60),
        "not_before_on": _day(week, left.not_before),
        "waits_for": left.waits_for,
        "conflicts": [_conflict(conflict) for conflict in left.conflicts],
        "fits_if": [_relief(week, relief) for relief in left.would_fit_if],
    }
    return {key: value for key, value in found.items() if value or (value == 0 and key.endswith("cents"))}


def _window(week: Week, window: tuple[int, int]) -> list[str]:
    """The hours as the school knows them: those of the planner leave out the minutes to sign in."""
    start, end = window
    return [week.moment(second).isoformat() for second in (start, end + week.sign_in_minutes * 60)]


def _name(week: Week, key: str) -> str:
    piece = week.pieces[key]
    numbers = ", ".join(ticket.number for ticket in piece.tickets)
    return f"{piece.school.short_name} ({numbers})" if numbers else piece.school.short_name


def _slot(week: Week, slot: Slot | None) -> dict[str, Any]:
    if slot is None:
        return {}
    return {"person": week.user(slot.worker).name, "starts_at": week.moment(slot.start_at).isoformat()}


def _relief(week: Week, relief: Relief) -> dict[str, Any]:
    return {"kind": relief.kind.value, "cents": relief.slot.delta_cents, **_slot(week, relief.slot)}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {"kind": conflict.kind.value, "minutes": -(-conflict.seconds // 60)}


def _day(week: Week, second: int | None) -> str:
    """The day something is expected, empty beyond the week: then nobody knows it."""
    if second is None or second >= week.problem.days * 24 * 3600:
        return ""
    return week.moment(second).date().isoformat()
