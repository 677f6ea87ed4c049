"""Who is on duty on which day of a week, and when."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from itsm.accounts.models import Absence, GrantRow, User
from itsm.core import clock
from itsm.dispatch import hours, plan_queries
from itsm.dispatch.models import Outage, Visit, Workday
from itsm.dispatch.planner.day.model import Window
from itsm.dispatch.planner.week.model import DAY_SECONDS, Pause, Shift
from itsm.dispatch.service import routes
from itsm.dispatch.states import VisitState
from itsm.org import calendar
from itsm.org.models import District, Site

BEGUN = frozenset({VisitState.DRIVING, VisitState.ON_SITE, VisitState.DONE})
# Nobody leaves in the very minute in which a plan is made.
STEP_MINUTES = 5


@dataclass(frozen=True)
class Duty:
    """Somebody who drives in the week: on which days, in which of the asked districts, from whose base."""

    user: User
    base: District | None
    districts: Mapping[date, frozenset[int]]

    @property
    def all_districts(self) -> frozenset[int]:
        """The districts of all days."""
        return frozenset[int]().union(*self.districts.values())


@dataclass(frozen=True)
class Running:
    """How the present day of somebody stands: free at a minute, at a building or at the base, and what is left."""

    free_minute: int
    site: Site | None
    ahead: tuple[Visit, ...]


class Away:
    """Who is away on which day."""

    def __init__(self, absences: Sequence[Absence], outages: Sequence[Outage]) -> None:
        self._absences = absences
        self._outages = [outage for outage in outages if outage.user_id is not None]

    def absence(self, user_id: int, on: date) -> Absence | None:
        """The absence entered for somebody on a day."""
        return next(
            (row for row in self._absences if row.user_id == user_id and row.first_on <= on <= row.last_on), None
        )

    def is_away(self, user_id: int, on: date) -> bool:
        """Whether somebody does not drive on a day."""
        return self.absence(user_id, on) is not None or any(
            row.user_id == user_id and row.first_on <= on <= row.last_on for row in self._outages
        )


def duties(grants: Sequence[GrantRow], away: Away, district_ids: Collection[int], days: Sequence[date]) -> list[Duty]:
    """Say who drives when: every manager who is there, and a deputy on the days the first manager is away.

    Source: docs/rules/visits.md, VI-5 and VI-13.
    """
    found: dict[User, dict[date, set[int]]] = defaultdict(lambda: defaultdict(set))
    for day in days:
        for district_id in sorted(district_ids):
            for user in _on_duty(grants, away, district_id, day):
                found[user][day].add(district_id)
    return [
        Duty(user, _home(grants, user), {day: frozenset(ids) for day, ids in by_day.items()})
        for user, by_day in sorted(found.items(), key=lambda item: item[0].id)
    ]


def _on_duty(grants: Sequence[GrantRow], away: Away, district_id: int, day: date) -> Iterator[User]:
    here = [row for row in grants if row.district_id == district_id and _holds(row, day)]
    regular = list(dict.fromkeys(row.user for row in here if not row.is_deputy))
    there = [user for user in regular if not away.is_away(user.id, day)]
    yield from there
    if regular and regular[0] in there:
        return
    named = away.absence(regular[0].id, day) if regular else None
    deputy = named.deputy if named else None
    if deputy is not None and deputy.disabled_at is None and not away.is_away(deputy.id, day):
        if deputy not in there:
            yield deputy
    elif not there:
        deputies = (row.user for row in here if row.is_deputy and not away.is_away(row.user_id, day))
        yield from list(deputies)[:1]


def _holds(row: GrantRow, day: date) -> bool:
    return (row.from_on is None or row.from_on <= day) and (row.until_on is None or row.until_on >= day)


def _home(grants: Sequence[GrantRow], user: User) -> District | None:
    return next((row.district for row in grants if row.user_id == user.id), None)


def labels(found: Sequence[Duty], district_ids: Collection[int]) -> dict[int, int]:
    """Name the districts for the planner: those with a person in common count as one in this week."""
    label = {district_id: district_id for district_id in district_ids}
    for duty in found:
        joined = {label[district_id] for district_id in duty.all_districts}
        label = {key: min(joined) if value in joined else value for key, value in label.items()}
    return label


def working_hours(rows: Mapping[int, Workday], day: date) -> Window | None:
    """When somebody works on a day; nobody does on a weekday left out of the hours they have entered."""
    if calendar.office_closed_reason(day):
        return None
    row = rows.get(day.weekday())
    if row is not None:
        return Window(hours.minute_of(row.starts), hours.minute_of(row.ends))
    return None if rows else routes.USUAL_SHIFT


def running(visits: Sequence[Visit], at: datetime) -> Running:
    """How the day stands whose visits these are."""
    begun = [visit for visit in visits if visit.state in BEGUN]
    now = -(-hours.minute_at(at) // STEP_MINUTES) * STEP_MINUTES
    ahead = tuple(visit for visit in visits if visit.state is VisitState.PLANNED)
    if not begun:
        return Running(now, None, ahead)
    last = max(begun, key=lambda visit: visit.arrived_at or visit.departed_at or visit.starts_at)
    if last.state is VisitState.DONE and last.left_at:
        return Running(max(now, hours.minute_at(last.left_at)), last.site, ahead)
    start = last.arrived_at or max(last.starts_at, at)
    return Running(max(now, hours.minute_at(start) + last.minutes), last.site, ahead)


def shift(
    day: int, window: Window, pause_minutes: int, overtime_minutes: int, now: Running | None = None
) -> Shift | None:
    """One day of somebody as the planner sees it; None when it is over."""
    start = max(window.start, now.free_minute) if now else window.start
    ahead = bool(now and now.ahead)
    if start >= window.end and not ahead:
        return None
    end = max(window.end, start)
    return Shift(
        day=day,
        start=_second(day, start),
        end=_second(day, end),
        pause=_pause(day, window, start, pause_minutes),
        latest_end=_second(day, end + overtime_minutes),
    )


def _pause(day: int, window: Window, start: int, minutes: int) -> Pause | None:
    latest = window.start + routes.LONGEST_WITHOUT_PAUSE
    if not minutes or window.end <= latest or start > latest:
        return None
    return Pause(
        minutes * 60, _second(day, max(routes.PAUSE_FROM, start)), _second(day, max(latest, routes.PAUSE_FROM))
    )


def _second(day: int, minute: int) -> int:
    return day * DAY_SECONDS + minute * 60


def days_from(first_on: date, count: int, at: datetime) -> list[date]:
    """The days of a week that are not over."""
    days = (first_on + timedelta(days=offset) for offset in range(count))
    return [day for day in days if day >= clock.local_day(at)]


def read_away(first_on: date, last_on: date) -> tuple[Away, Sequence[Outage]]:
    """Read who is away, and all outages for whoever asks which schools are closed."""
    outages = plan_queries.outages(first_on, last_on)
    return Away(plan_queries.absences(first_on, last_on), outages), outages
