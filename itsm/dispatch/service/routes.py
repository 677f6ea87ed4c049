"""The driving order and the times of one manager's day."""

from collections.abc import Sequence
from datetime import date, datetime

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.dispatch import figures, hours, policy, queries
from itsm.dispatch.distance import Leg, Place
from itsm.dispatch.models import Visit, VisitKind
from itsm.dispatch.planner.day.model import Day, DayPlan, Pause, Stop, Window
from itsm.dispatch.planner.day.order import order_day
from itsm.dispatch.service import travel
from itsm.dispatch.service.locks import hold
from itsm.dispatch.states import VisitState
from itsm.org.models import District

SEED = 1
ITERATIONS = 200
USUAL_SHIFT = Window(7 * 60 + 30, 16 * 60)
# ArbZG § 4: nobody works more than six hours without a break.
PAUSE_FROM = 11 * 60
LONGEST_WITHOUT_PAUSE = 6 * 60
# The middle of the city, for a district whose base nobody has entered.
CITY_HALL = Place(51.5114, 7.4633)


def reorder(actor: Actor, user: User, day: date, at: datetime) -> DayPlan | None:
    """Work out a manager's day anew because somebody asked for it."""
    if not policy.may_order_day_of(actor, user):
        raise NotAllowed("Diesen Tag ordnen nur die eingeteilte Person und die Teamleitung.")
    return plan_route(user.id, day, at)


def plan_route(user_id: int, day: date, at: datetime) -> DayPlan | None:
    """Set order, times and drives of the stops still ahead; what has begun stays as it is.

    Returns the plan, or None for a day that is over or holds nothing to order.
    Source: docs/rules/visits.md, VI-6 to VI-8.
    """
    db.session.flush()
    for district_id in queries.districts_of(user_id, day):
        hold(district_id)
    today = clock.local_day(at)
    visits = queries.day_of(user_id, day)
    ahead = [visit for visit in visits if visit.state is VisitState.PLANNED]
    if day < today or not ahead:
        return None
    begun = [visit for visit in visits if visit.state in (VisitState.DRIVING, VisitState.ON_SITE, VisitState.DONE)]
    plan = order_day(_question(user_id, day, at, begun, ahead), SEED, ITERATIONS)
    _write(plan, day, ahead, first_position=_number_done(begun))
    return plan


def base_of(visits: Sequence[Visit]) -> tuple[str, Place]:
    """Where the day begins and ends: the base of the first visit's district."""
    district = next((visit.district for visit in visits if visit.district), None)
    return _base(district)


def way_back(visits: Sequence[Visit], day: date) -> Leg:
    """The drive from the last stop to the base, as far as it is known: pages do not wait for a server."""
    base = base_of(visits)[1]
    return travel.matrix_for([_place(visits[-1], base), base], day, ask=False).leg(0, 1)


def _question(user_id: int, day: date, at: datetime, begun: Sequence[Visit], ahead: Sequence[Visit]) -> Day:
    shift, base = _shift(user_id, day), base_of([*begun, *ahead])[1]
    start_place, start = base, shift.start
    if day == clock.local_day(at):
        start = max(shift.start, hours.minute_at(at))
    if begun:
        last = max(begun, key=lambda visit: visit.arrived_at or visit.departed_at or visit.starts_at)
        start_place, start = _place(last, base), max(start, _free_at(last, at))
    shift = Window(start, max(shift.end, start))
    places = [start_place, base, *(_place(visit, base) for visit in ahead)]
    table = travel.matrix_for(places, day).matrix
    numbers = figures.visit_on(day)
    return Day(
        shift=shift,
        start_site=0,
        end_site=1,
        stops=tuple(_stop(visit, site, day, numbers[figures.SLACK_MINUTES]) for site, visit in enumerate(ahead, 2)),
        minutes=table.minutes,
        metres=table.metres,
        pause=_pause(user_id, day, start, numbers[figures.PAUSE_MINUTES]),
    )


def _stop(visit: Visit, site: int, day: date, slack: int) -> Stop:
    windows = hours.opening(visit.school, day)
    if visit.visiting_time is not None:
        announced = hours.minute_of(visit.visiting_time.starts)
        windows = hours.around(windows, announced, visit.minutes, slack)
    fixed = hours.minute_at(visit.starts_at) if visit.is_fixed else None
    return Stop(visit.id, site, visit.minutes, windows, fixed)


def _pause(user_id: int, day: date, start: int, minutes: int) -> Pause | None:
    begin = _shift(user_id, day).start
    latest = begin + LONGEST_WITHOUT_PAUSE
    if not minutes or start > latest:
        return None
    # What was worked before the stops still ahead counts towards the six hours.
    return Pause(minutes, PAUSE_FROM, latest, spare_minutes=LONGEST_WITHOUT_PAUSE - (start - begin))


def _free_at(visit: Visit, at: datetime) -> int:
    if visit.state is VisitState.DONE and visit.left_at:
        return hours.minute_at(visit.left_at)
    begun = visit.arrived_at or visit.starts_at
    return max(hours.minute_at(at), hours.minute_at(begun) + visit.minutes)


def _shift(user_id: int, day: date) -> Window:
    workday = queries.workday(user_id, day)
    if workday is None:
        return USUAL_SHIFT
    return Window(hours.minute_of(workday.starts), hours.minute_of(workday.ends))


def _write(plan: DayPlan, day: date, ahead: Sequence[Visit], first_position: int) -> None:
    visits = {visit.id: visit for visit in ahead}
    for position, stop in enumerate(plan.stops, first_position):
        visit = visits[stop.key]
        visit.position = position
        visit.travel_minutes, visit.travel_metres = stop.travel_minutes, stop.travel_metres
        visit.breach, visit.late_minutes = stop.breach, stop.late_minutes
        if not visit.is_fixed:
            visit.starts_at = hours.moment_at(day, stop.start_at)


def _number_done(begun: Sequence[Visit]) -> int:
    for position, visit in enumerate(
        sorted(begun, key=lambda one: one.arrived_at or one.departed_at or one.starts_at), 1
    ):
        visit.position = position
    return len(begun) + 1


def _base(district: District | None) -> tuple[str, Place]:
    if district is None or district.base_latitude is None or district.base_longitude is None:
        return "Start", CITY_HALL
    return district.base_name or "Start", Place(district.base_latitude, district.base_longitude)


def _place(visit: Visit, base: Place) -> Place:
    site = visit.site
    if site.latitude is None or site.longitude is None:
        return base
    return Place(site.latitude, site.longitude)


def needed_minutes(visit: Visit, numbers: dict[str, int]) -> int:
    """How long a visit takes with the tickets it has now; a manual one at least as long as was said."""
    work = numbers[figures.SIGN_IN_MINUTES] + numbers[figures.TICKET_MINUTES] * len(visit.jobs)
    at_least = visit.visiting_time.minutes if visit.visiting_time else 0
    if visit.kind is VisitKind.MANUAL:
        at_least = visit.minutes
    return min(480, max(work, at_least))
