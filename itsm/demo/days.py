"""Visiting times and visits of the demo city: weeks behind, the day to be driven, weeks ahead."""

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from itsm.core.clock import at_local, local_day
from itsm.demo import faults
from itsm.demo.city import DISTRICTS, City, SchoolPlan
from itsm.demo.people import ABSENT_DISTRICT, DISTRICTS_WITH_TWO, Staff, add_absence
from itsm.demo.rows import Row, Rows
from itsm.dispatch import distance
from itsm.dispatch.models import Visit, VisitingTime, VisitKind, VisitTask
from itsm.dispatch.states import VisitState
from itsm.org import calendar

WEEKS_BEHIND = 8
WEEKS_AHEAD = 4
STOP_MINUTES = 45
FIRST_STOP = time(8, 0)
STOPS_OF_A_FULL_DAY = 6
TASK_EVERY = 6
FAILED_EVERY = 60
# Of the small schools of a district every so-many-th has no fixed time: somebody comes when there is something to do.
ON_DEMAND_EVERY = 3
_ONE_DAY = timedelta(days=1)


@dataclass
class Days:
    """The visits of every school, and the day the demo is about."""

    driven_on: date
    past: list[Row] = field(default_factory=list)
    ahead: list[Row] = field(default_factory=list)


def build(rows: Rows, random: Random, city: City, staff: Staff, at: datetime) -> Days:
    """Add visiting times, visits and an absence; today's day is full, or that of the next school day."""
    today = local_day(at)
    days = Days(driven_on=today if calendar.is_school_day(today) else calendar.next_school_day(today))
    away = (days.driven_on + 3 * _ONE_DAY, days.driven_on + 9 * _ONE_DAY)
    add_absence(rows, staff, *away)
    first_on, last_on = today - timedelta(weeks=WEEKS_BEHIND), days.driven_on + timedelta(weeks=WEEKS_AHEAD)
    school_days = [day for day in _days(first_on, last_on) if calendar.is_school_day(day)]
    for district_id in staff.managers:
        routes = _week(rows, city, staff, district_id, first_on)
        for day in school_days:
            for manager_id, route in routes.items():
                stops = route[day.weekday()]
                if day == days.driven_on:
                    stops = stops + _extra(route, day.weekday())
                stands_in = district_id == ABSENT_DISTRICT and away[0] <= day <= away[1]
                driver_id = staff.deputy_of(district_id) if stands_in else manager_id
                _visits(rows, random, days, day, driver_id, stops, at)
    return days


@dataclass(frozen=True)
class Stop:
    """A school on a route, when it is reached, and the fixed visiting time behind it."""

    school: SchoolPlan
    starts: time
    travel: distance.Leg
    visiting_time_id: int | None


def _week(rows: Rows, city: City, staff: Staff, district_id: int, first_on: date) -> dict[int, dict[int, list[Stop]]]:
    """Add the visiting times of a district; return each manager's stops by weekday."""
    base = list(DISTRICTS.values())[district_id - 1]
    schools = [school for school in city.of_district(district_id) if not comes_on_demand(school)]
    schools.sort(key=lambda school: _direction(base, school))
    week: dict[int, dict[int, list[SchoolPlan]]] = {
        manager_id: {weekday: [] for weekday in range(5)} for manager_id in staff.managers[district_id]
    }
    for index, school in enumerate(schools):
        mine = week[staff.manager_of(district_id, school.id)]
        # Neighbours share a day, so that a day stays in one corner of the district.
        weekday = index * 5 // len(schools)
        mine[weekday].append(school)
        if school.is_large:
            mine[(weekday + 2) % 5].append(school)
    return {
        manager_id: {
            weekday: _route(rows, base, day, weekday=weekday, from_on=first_on) for weekday, day in by_weekday.items()
        }
        for manager_id, by_weekday in week.items()
    }


def comes_on_demand(school: SchoolPlan) -> bool:
    """Whether a school has no fixed visiting time; never one whose two managers share few schools."""
    is_shared = school.district_id in DISTRICTS_WITH_TWO
    return not school.is_large and not is_shared and school.id % ON_DEMAND_EVERY == 0


def _route(
    rows: Rows,
    start: tuple[float, float],
    schools: list[SchoolPlan],
    *,
    weekday: int,
    from_on: date | None,
    minute: int = FIRST_STOP.hour * 60,
) -> list[Stop]:
    """Put schools in the order of the nearest next one; fixed visiting times are added if `from_on` is given."""
    stops = []
    here, left = distance.Place(*start), list(schools)
    while left:
        school = min(left, key=lambda other: distance.air_line_metres(here, _place(other)))
        left.remove(school)
        leg = distance.leg(here, _place(school), distance.Travel())
        minute = math.ceil((minute + leg.minutes) / 5) * 5
        starts = time(minute // 60, minute % 60)
        fixed = from_on and rows.add(
            VisitingTime,
            school_id=school.id,
            site_id=school.site_ids[0],
            weekday=weekday,
            starts=starts,
            minutes=STOP_MINUTES,
            every_weeks=1,
            from_on=from_on,
            until_on=None,
        )
        stops.append(Stop(school, starts, leg, fixed or None))
        here, minute = _place(school), minute + STOP_MINUTES
    return stops


def _extra(route: dict[int, list[Stop]], weekday: int) -> list[Stop]:
    """Return stops that urgent reports ask for on the day the demo is about, behind the fixed ones."""
    today = {stop.school.id for stop in route[weekday]}
    others = {stop.school.id: stop.school for stops in route.values() for stop in stops if stop.school.id not in today}
    last = route[weekday][-1] if route[weekday] else None
    start = (last.school.latitude, last.school.longitude) if last else next(iter(DISTRICTS.values()))
    minute = (last.starts.hour * 60 + last.starts.minute + STOP_MINUTES) if last else FIRST_STOP.hour * 60
    # The first school, whose people one can sign in as, is always among them.
    wanted = sorted(others.values(), key=lambda school: school.id)
    wanted = wanted[: max(1, STOPS_OF_A_FULL_DAY - len(route[weekday]))]
    return _route(Rows(), start, wanted, weekday=weekday, from_on=None, minute=minute)


def _visits(rows: Rows, random: Random, days: Days, day: date, driver_id: int, stops: list[Stop], at: datetime) -> None:
    for position, stop in enumerate(stops, start=1):
        starts_at = at_local(day, stop.starts)
        left_at = starts_at + timedelta(minutes=STOP_MINUTES + random.randint(-10, 10))
        is_past = day < days.driven_on and left_at < at
        failed = is_past and random.randrange(FAILED_EVERY) == 0
        state = VisitState.PLANNED if not is_past else VisitState.MISSED if failed else VisitState.DONE
        is_done = state is VisitState.DONE
        visit_id = rows.add(
            Visit,
            school_id=stop.school.id,
            site_id=stop.school.site_ids[0],
            district_id=stop.school.district_id,
            user_id=driver_id,
            visiting_time_id=stop.visiting_time_id,
            kind=VisitKind.REGULAR if stop.visiting_time_id else VisitKind.EXTRA,
            visit_on=day,
            is_fixed=False,
            starts_at=starts_at,
            minutes=STOP_MINUTES,
            position=position,
            travel_minutes=stop.travel.minutes,
            travel_metres=stop.travel.metres,
            state=state,
            departed_at=starts_at - timedelta(minutes=stop.travel.minutes) if is_done else None,
            arrived_at=starts_at if is_done else None,
            left_at=left_at if is_done else None,
            reason=random.choice(faults.FAILED_VISITS) if failed else "",
            note="",
        )
        (days.past if is_done else days.ahead if not is_past else []).append(rows.of(Visit)[visit_id - 1])
        if visit_id % TASK_EVERY == 0:
            rows.add(
                VisitTask, visit_id=visit_id, text=random.choice(faults.TASKS), done_at=left_at if is_done else None
            )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _place(school: SchoolPlan) -> distance.Place:
    return distance.Place(school.latitude, school.longitude)


def _direction(base: tuple[float, float], school: SchoolPlan) -> float:
    return math.atan2(school.latitude - base[0], school.longitude - base[1])
