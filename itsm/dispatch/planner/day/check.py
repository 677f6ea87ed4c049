"""An exact checker of day plans that shares no line with the planner."""

from itertools import pairwise

from itsm.dispatch.planner.day.model import Breach, Day, DayPlan, PlannedStop, Stop


def check_day(day: Day, plan: DayPlan) -> list[str]:
    """Every fault of the plan, one sentence each; an empty list means it can be driven."""
    stops = {stop.key: stop for stop in day.stops}
    if sorted(stop.key for stop in plan.stops) != sorted(stops):
        return ["Not every stop is planned exactly once."]
    faults = [fault for planned in plan.stops for fault in _stop_faults(stops[planned.key], planned)]
    faults += _travel_faults(day, plan, stops)
    faults += _pause_faults(day, plan)
    faults += _cost_faults(day, plan, stops)
    return faults


def _stop_faults(stop: Stop, planned: PlannedStop) -> list[str]:
    faults = []
    if planned.start_at < planned.arrive_at:
        faults.append(f"Stop {stop.key} starts before the arrival.")
    if planned.leave_at - planned.start_at != stop.service_minutes:
        faults.append(f"Stop {stop.key} does not last as long as it must.")
    if _is_kept(stop, planned.start_at) != (planned.breach is None):
        faults.append(f"Stop {stop.key} says {planned.breach} of a start at {planned.start_at}.")
    opening = stop.fixed_start if stop.fixed_start is not None else min((w.start for w in stop.windows), default=0)
    if planned.start_at < opening:
        faults.append(f"Stop {stop.key} starts before anybody opens.")
    return faults


def _is_kept(stop: Stop, start_at: int) -> bool:
    if stop.fixed_start is not None:
        return start_at == stop.fixed_start
    end_at = start_at + stop.service_minutes
    return not stop.windows or any(window.start <= start_at and end_at <= window.end for window in stop.windows)


def _travel_faults(day: Day, plan: DayPlan, stops: dict[int, Stop]) -> list[str]:
    faults = []
    free_at, site = plan.leave_base_at, day.start_site
    if free_at < day.shift.start:
        faults.append("The day begins before the shift.")
    for planned in plan.stops:
        target = stops[planned.key].site
        if (planned.travel_minutes, planned.travel_metres) != (day.minutes[site][target], day.metres[site][target]):
            faults.append(f"The drive to stop {planned.key} is not the one of the table.")
        if planned.arrive_at < free_at + planned.travel_minutes:
            faults.append(f"Stop {planned.key} is reached before the drive is over.")
        free_at, site = planned.leave_at, target
    if plan.last_travel_minutes != day.minutes[site][day.end_site]:
        faults.append("The drive back is not the one of the table.")
    if plan.stops and plan.cost.back_at < free_at + plan.last_travel_minutes:
        faults.append("The day ends before the drive back is over.")
    return faults


def _pause_faults(day: Day, plan: DayPlan) -> list[str]:
    pause, begin = day.pause, plan.pause_at
    if pause is None:
        return [] if begin is None else ["There is a break nobody asked for."]
    if begin is None:
        needed = plan.cost.back_at - day.shift.start > pause.spare_minutes
        return ["A break is missing."] if needed and Breach.PAUSE not in plan.breaches else []
    if not pause.earliest <= begin <= pause.latest:
        return ["The break begins at the wrong time."]
    end = begin + pause.minutes
    busy = [(stop.start_at, stop.leave_at) for stop in plan.stops]
    drives = [(stop.arrive_at - stop.travel_minutes, stop.arrive_at) for stop in plan.stops[:1]]
    # Between two stops driving and the break must fit, in either order.
    for before, after in pairwise(plan.stops):
        inside = max(0, min(end, after.start_at) - max(begin, before.leave_at))
        if after.start_at - before.leave_at < after.travel_minutes + inside:
            return ["The break overlaps a drive."]
    if plan.stops and plan.cost.back_at - plan.stops[-1].leave_at < plan.last_travel_minutes + max(
        0, end - max(begin, plan.stops[-1].leave_at)
    ):
        return ["The break overlaps the drive back."]
    overlapping = any(begin < last and first < end for first, last in busy + drives)
    return ["The break overlaps work."] if overlapping else []


def _cost_faults(day: Day, plan: DayPlan, stops: dict[int, Stop]) -> list[str]:
    broken = [planned for planned in plan.stops if not _is_kept(stops[planned.key], planned.start_at)]
    fixed = sum(stops[planned.key].fixed_start is not None for planned in broken)
    late = sum(_minutes_late(stops[planned.key], planned.start_at) for planned in broken)
    overtime = max(0, plan.cost.back_at - day.shift.end)
    metres = sum(planned.travel_metres for planned in plan.stops) + plan.last_travel_metres
    counted = {
        "missed appointments": (plan.cost.missed_appointments, fixed),
        "broken windows": (plan.cost.broken_windows, len(broken) - fixed + (Breach.PAUSE in plan.breaches)),
        "minutes late": (plan.cost.late_minutes, late + overtime),
        "metres": (plan.cost.metres, metres),
    }
    return [f"The plan says {said} {what}, it is {true}." for what, (said, true) in counted.items() if said != true]


def _minutes_late(stop: Stop, start_at: int) -> int:
    if stop.fixed_start is not None:
        return start_at - stop.fixed_start
    fitting = [w.end - stop.service_minutes for w in stop.windows if w.end - w.start >= stop.service_minutes]
    lasts = fitting or [window.start for window in stop.windows]
    if not fitting and start_at in lasts:
        return 0
    return start_at - max(last for last in lasts if last < start_at)
