"""The driving order and the times of one manager's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.core.queue import enqueue
from itsm.dispatch import figures, hours, need_queries, policy, queries, words
from itsm.dispatch.distance import Leg, Place
from itsm.dispatch.models import Assurance, DecidedDay, Visit, VisitKind
from itsm.dispatch.planner.day import timeline
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
# Of tickets: what the first one reports waits for nobody, the last one is that of a visit without a ticket.
HIGHEST, LOWEST = 1, 5
BEGUN = frozenset({VisitState.DRIVING, VisitState.ON_SITE, VisitState.DONE})
# The middle of the city, for a district whose base nobody has entered.
CITY_HALL = Place(51.5114, 7.4633)


@dataclass(frozen=True)
class Situation:
    """A day as it stands: the stops ahead, those begun, those whose school counts on its time, and what to drive."""

    ahead: Sequence[Visit]
    begun: Sequence[Visit]
    promised: frozenset[Visit]
    runs: bool
    question: Day


def reorder(actor: Actor, user: User, day: date, at: datetime) -> DayPlan | None:
    """Work out a manager's day anew because somebody asked for it, also one that runs."""
    if not policy.may_order_day_of(actor, user):
        raise NotAllowed("Diesen Tag ordnen nur die eingeteilte Person und die Teamleitung.")
    db.session.execute(sa.delete(DecidedDay).where(DecidedDay.user_id == user.id, DecidedDay.day == day))
    return _drive(user.id, day, at, keeps_order=False)


def plan_route(user_id: int, day: date, at: datetime, inserting: Visit | None = None) -> DayPlan | None:
    """Set order, times and drives of the stops still ahead; what has begun stays as it is.

    A day that runs keeps the order it has; only `inserting` may come between. A day somebody has
    decided about keeps it too. Returns the plan, or None for a day that is over or holds nothing to order.
    Source: docs/rules/visits.md, VI-6 to VI-8 and VI-31.
    """
    keeps_order = is_running(user_id, day, at) or db.session.get(DecidedDay, (user_id, day)) is not None
    return _drive(user_id, day, at, keeps_order=keeps_order, inserting=inserting)


def retime(user_id: int, day: date, at: datetime) -> DayPlan | None:
    """Set times and drives of the stops still ahead in the order of their positions, which the day keeps from now on.

    A stop at position 0 is new: it goes in where it delays least; on a day that runs it comes
    last, unless it is an appointment or of the highest priority.
    Source: docs/rules/visits.md, VI-31.
    """
    db.session.execute(insert(DecidedDay).values(user_id=user_id, day=day).on_conflict_do_nothing())
    return _drive(user_id, day, at, keeps_order=True)


def ask_worker(user_id: int, day: date) -> None:
    """Let the worker order a day once this transaction is through; asked twice, it does it once."""
    route = f"route-{user_id}-{day}"
    args: dict[str, object] = {"user_id": user_id, "day": day.isoformat()}
    enqueue("plan-route", args=args, queue="plan", lock=route, queueing_lock=route)


def bring_forward(visit: Visit, at: datetime) -> DayPlan | None:
    """Drive a stop of today next, whenever it was to be, the others after it in the order they have."""
    for other in queries.day_of(visit.user_id, visit.visit_on):
        if other.position:
            other.position += 1
    visit.position = 1
    if not visit.is_fixed:
        visit.starts_at = min(visit.starts_at, at)
    plan = retime(visit.user_id, visit.visit_on, at)
    if visit.expected_at is not None and not visit.is_fixed:
        visit.starts_at, visit.told_late_minutes = visit.expected_at, 0
    return plan


def is_running(user_id: int, day: date, at: datetime) -> bool:
    """Say whether a manager's day has begun: the shift, or the first stop."""
    if day != clock.local_day(at):
        return False
    if hours.minute_at(at) >= _shift(user_id, day).start:
        return True
    begun = sa.exists().where(Visit.user_id == user_id, Visit.visit_on == day, Visit.state.in_(BEGUN))
    return bool(db.session.scalar(sa.select(begun)))


def _drive(
    user_id: int, day: date, at: datetime, *, keeps_order: bool, inserting: Visit | None = None
) -> DayPlan | None:
    db.session.flush()
    for district_id in queries.districts_of(user_id, day):
        hold(district_id)
    if day < clock.local_day(at):
        return None
    here = situation(user_id, day, at)
    _expect_who_drives(here.begun, at)
    if not here.ahead:
        return None
    if keeps_order:
        between = _between(here.ahead, inserting, runs=here.runs)
        plan = timeline.plan(here.question, order_kept(here.question, here.ahead, between))
    else:
        plan = order_day(here.question, SEED, ITERATIONS)
    _write(plan, here)
    return plan


def situation(user_id: int, day: date, at: datetime, extra: Sequence[Visit] = ()) -> Situation:
    """Return how a day stands; `extra` are stops somebody thinks about."""
    visits = queries.day_of(user_id, day)
    ahead = [*(visit for visit in visits if visit.state is VisitState.PLANNED), *extra]
    begun = [visit for visit in visits if has_begun(visit)]
    runs = is_running(user_id, day, at)
    promised = frozenset(visit for visit in ahead if runs and visit.position and visit.assurance is not Assurance.SOFT)
    return Situation(ahead, begun, promised, runs, _question(user_id, day, at, begun, ahead, promised))


def has_begun(visit: Visit) -> bool:
    """Say whether somebody set out for this visit and did not turn round: then it has its place in the day."""
    return visit.state in BEGUN or (visit.state is VisitState.MISSED and visit.arrived_at is not None)


def order_kept(question: Day, ahead: Sequence[Visit], between: frozenset[Visit]) -> list[int]:
    """The stops (as numbers in `ahead`) by their positions, the new ones put between or behind them."""
    numbers = sorted(range(len(ahead)), key=lambda number: (ahead[number].position, ahead[number].starts_at))
    order = [number for number in numbers if ahead[number].position]
    new = [number for number in numbers if not ahead[number].position]
    for number in sorted(new, key=lambda number: not ahead[number].is_fixed):
        order = _with(question, order, number) if ahead[number] in between else [*order, number]
    return order


def _between(ahead: Sequence[Visit], inserting: Visit | None, *, runs: bool) -> frozenset[Visit]:
    """The stops that may come between others: on a day that runs an appointment or what is most urgent."""
    return frozenset(
        visit for visit in ahead if not runs or visit.is_fixed or visit is inserting or priority_of(visit) == HIGHEST
    )


def priority_of(visit: Visit) -> int:
    """The highest priority of what waits for a visit."""
    return min((job.ticket.priority for job in visit.waiting), default=LOWEST)


def _with(question: Day, order: list[int], number: int) -> list[int]:
    """The order with one stop more, put in where the day stays best."""
    walk = timeline.Timeline(question)
    ways = [[*order[:place], number, *order[place:]] for place in range(len(order) + 1)]
    return min(ways, key=lambda way: timeline.best_finish(walk, way)[0])


def _expect_who_drives(begun: Sequence[Visit], at: datetime) -> None:
    """Set when the stop somebody is on the way to begins; one that is reached needs no guess any more."""
    for visit in begun:
        if visit.state is VisitState.DRIVING:
            visit.expected_at = _arrives_at(visit, at)


def _arrives_at(visit: Visit, at: datetime) -> datetime:
    """When a stop somebody is on the way to begins."""
    arrives_at = max(at, (visit.departed_at or at) + timedelta(minutes=visit.travel_minutes))
    return max(arrives_at, visit.starts_at) if visit.is_fixed else arrives_at


def base_of(visits: Sequence[Visit]) -> tuple[str, Place]:
    """Where the day begins and ends: the base of the first visit's district."""
    district = next((visit.district for visit in visits if visit.district), None)
    return _base(district)


def way_back(visits: Sequence[Visit], day: date) -> Leg:
    """The drive from the last stop to the base, as far as it is known: pages do not wait for a server."""
    base = base_of(visits)[1]
    return travel.matrix_for([place_of(visits[-1], base), base], day, ask=False).leg(0, 1)


def _question(
    user_id: int,
    day: date,
    at: datetime,
    begun: Sequence[Visit],
    ahead: Sequence[Visit],
    promised: frozenset[Visit],
) -> Day:
    shift, base = _shift(user_id, day), base_of([*begun, *ahead])[1]
    start_place, start = base, shift.start
    if day == clock.local_day(at):
        start = max(shift.start, hours.minute_at(at))
    if begun:
        last = max(begun, key=lambda visit: visit.arrived_at or visit.departed_at or visit.starts_at)
        start_place, start = place_of(last, base), max(start, _free_at(last, at))
    shift = Window(start, max(shift.end, start))
    places = [start_place, base, *(place_of(visit, base) for visit in ahead)]
    table = travel.matrix_for(places, day).matrix
    numbers = figures.visit_on(day)
    slack = numbers[figures.SLACK_MINUTES]
    return Day(
        shift=shift,
        start_site=0,
        end_site=1,
        stops=tuple(_stop(visit, site, day, slack, visit in promised) for site, visit in enumerate(ahead, 2)),
        minutes=table.minutes,
        metres=table.metres,
        pause=_pause(user_id, day, start, numbers[figures.PAUSE_MINUTES]),
    )


def _stop(visit: Visit, site: int, day: date, slack: int, is_promised: bool) -> Stop:
    windows = hours.opening(visit.school, day)
    if visit.assurance is Assurance.CONFIRMED:
        windows = hours.cut(windows, _announced(visit)) or windows
    elif visit.visiting_time is not None:
        announced = hours.minute_of(visit.visiting_time.starts)
        windows = hours.around(windows, announced, visit.minutes, slack)
    if is_promised:
        # Nobody stands at a door before the span the school was told.
        windows = hours.cut(windows, Window(_announced(visit).start, 24 * 60)) or windows
    fixed = hours.minute_at(visit.starts_at) if visit.is_fixed else None
    return Stop(visit.id, site, visit.minutes, windows, fixed)


def _announced(visit: Visit) -> Window:
    """The span the school has said yes to, as long as the visit may last that begins in it."""
    start = hours.minute_at(visit.starts_at)
    begin = start - start % words.HALF_HOUR
    return Window(begin, begin + int(words.ANNOUNCED.total_seconds() // 60) + visit.minutes)


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
    if visit.state is VisitState.MISSED:
        return hours.minute_at(at)
    begun = visit.arrived_at or _arrives_at(visit, at)
    return max(hours.minute_at(at), hours.minute_at(begun) + visit.minutes)


def _shift(user_id: int, day: date) -> Window:
    workday = queries.workday(user_id, day)
    if workday is None:
        return USUAL_SHIFT
    return Window(hours.minute_of(workday.starts), hours.minute_of(workday.ends))


def _write(plan: DayPlan, here: Situation) -> None:
    """Write the plan.

    What a school was told stays as it was told: on a day that runs, and for a confirmed visit,
    only the expected moment changes.
    """
    visits = {visit.id: visit for visit in here.ahead}
    for position, stop in enumerate(plan.stops, _number_done(here.begun)):
        visit = visits[stop.key]
        starts_at = hours.moment_at(visit.visit_on, stop.start_at)
        visit.position = position
        visit.travel_minutes, visit.travel_metres = stop.travel_minutes, stop.travel_metres
        visit.breach, visit.late_minutes = stop.breach, stop.late_minutes
        if visit not in here.promised:
            visit.told_late_minutes = 0
            if not visit.is_fixed and visit.assurance is not Assurance.CONFIRMED:
                visit.starts_at = starts_at
        visit.expected_at = starts_at if here.runs or visit.starts_at != starts_at else None


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


def place_of(visit: Visit, base: Place) -> Place:
    """Where a visit is; at the base as long as nobody knows the coordinates of its building."""
    site = visit.site
    if site.latitude is None or site.longitude is None:
        return base
    return Place(site.latitude, site.longitude)


def needed_minutes(visit: Visit, numbers: dict[str, int]) -> int:
    """How long a visit takes with the tickets it has now; a manual one at least as long as was said."""
    said = need_queries.minutes_of([job.ticket_id for job in visit.jobs])
    usual = numbers[figures.TICKET_MINUTES]
    work = numbers[figures.SIGN_IN_MINUTES] + sum(said.get(job.ticket_id, usual) for job in visit.jobs)
    at_least = visit.visiting_time.minutes if visit.visiting_time else 0
    if visit.kind is VisitKind.MANUAL:
        at_least = visit.minutes
    return min(480, max(work, at_least))
