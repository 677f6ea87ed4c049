"""Figures of field support for the team lead, week by week, from what really happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.db import db
from itsm.dispatch import figures
from itsm.dispatch.models import Assurance, Result, Visit, VisitTicket
from itsm.dispatch.service.week_prices import SchoolDays
from itsm.dispatch.states import OPEN, VisitState
from itsm.dispatch.words import ANNOUNCED, HALF_HOUR
from itsm.org.models import School
from itsm.org.school_forms import SCHOOL_FORMS
from itsm.tickets.models import Ticket

WEEK = timedelta(weeks=1)


@dataclass
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    def count(self, is_part: bool) -> None:
        """Count one more."""
        self.part += is_part
        self.whole += 1

    @property
    def percent(self) -> int | None:
        """The share, rounded; nothing where there is nothing to divide."""
        return round(100 * self.part / self.whole) if self.whole else None


@dataclass
class Week:
    """What happened in a week that begins on this Monday.

    Units: minutes.
    """

    first_on: date
    visits: int = 0
    fallen_through: int = 0
    ahead: int = 0
    first_time: Share = field(default_factory=Share)
    punctual: Share = field(default_factory=Share)
    travel: Share = field(default_factory=Share)

    @property
    def last_on(self) -> date:
        """Its Sunday."""
        return self.first_on + timedelta(days=6)


@dataclass
class Late:
    """Of the tickets somebody came for: how many after their deadline, and by how many school days together."""

    name: str
    late: Share = field(default_factory=Share)
    days: int = 0

    @property
    def mean_days(self) -> float:
        """How late the late ones were."""
        return round(self.days / self.late.part, 1) if self.late.part else 0.0


@dataclass(frozen=True)
class Numbers:
    """The figures of some weeks, the latest last."""

    weeks: Sequence[Week]
    by_priority: Sequence[Late]
    by_form: Sequence[Late]
    at: datetime

    @property
    def total(self) -> Week:
        """All weeks as one."""
        whole = Week(self.weeks[0].first_on)
        for week in self.weeks:
            whole.visits += week.visits
            whole.fallen_through += week.fallen_through
            whole.ahead += week.ahead
            for name in ("first_time", "punctual", "travel"):
                part, into = getattr(week, name), getattr(whole, name)
                into.part, into.whole = into.part + part.part, into.whole + part.whole
        return whole


class _Ridden(NamedTuple):
    """What the figures need of a visit."""

    visit_on: date
    state: VisitState
    starts_at: datetime
    is_fixed: bool
    assurance: Assurance
    departed_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    travel_minutes: int


class _First(NamedTuple):
    """What the first visit to a ticket came to."""

    result: Result
    visit_on: date
    priority: int
    created_at: datetime
    form_key: str


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def numbers(last_on: date, count: int, at: datetime) -> Numbers:
    """Return the figures of `count` weeks, the last one that of `last_on`; the queries do not grow with the visits.

    Source: docs/rules/visits.md, VI-38.
    """
    first_on = monday_of(last_on) - (count - 1) * WEEK
    weeks = {first_on + number * WEEK: Week(first_on + number * WEEK) for number in range(count)}
    end_on = first_on + count * WEEK - timedelta(days=1)
    patience = {monday: timedelta(minutes=figures.plan_on(monday)["tell_late_minutes"]) for monday in weeks}
    for visit in _visits(first_on, end_on):
        monday = monday_of(visit.visit_on)
        _count_visit(weeks[monday], visit, patience[monday])
    firsts = _first_results(first_on, end_on)
    for row in firsts:
        weeks[monday_of(row.visit_on)].first_time.count(row.result is Result.SOLVED)
    by_priority, by_form = _lateness(firsts, at)
    return Numbers(tuple(weeks.values()), by_priority, by_form, at)


def is_punctual(starts_at: datetime, arrived_at: datetime, *, is_fixed: bool, patience: timedelta) -> bool:
    """Say whether somebody arrived in the span the school was told, an appointment within the patience."""
    if is_fixed:
        return abs(arrived_at - starts_at) <= patience
    begin = starts_at - timedelta(minutes=clock.local(starts_at).minute % HALF_HOUR)
    return begin <= arrived_at <= begin + ANNOUNCED


def _visits(first_on: date, last_on: date) -> list[_Ridden]:
    columns = (
        Visit.visit_on, Visit.state, Visit.starts_at, Visit.is_fixed, Visit.assurance, Visit.departed_at,
        Visit.arrived_at, Visit.left_at, Visit.travel_minutes,
    )  # fmt: skip
    rows = db.session.execute(sa.select(*columns).where(Visit.visit_on.between(first_on, last_on)))
    return [_Ridden(*row) for row in rows]


def _count_visit(week: Week, visit: _Ridden, patience: timedelta) -> None:
    if visit.state in (VisitState.CANCELLED, VisitState.MISSED):
        week.fallen_through += 1
    week.ahead += visit.state in OPEN
    if visit.state is not VisitState.DONE:
        return
    week.visits += 1
    if visit.arrived_at is None or visit.left_at is None:
        return
    if visit.assurance is not Assurance.SOFT:
        week.punctual.count(is_punctual(visit.starts_at, visit.arrived_at, is_fixed=visit.is_fixed, patience=patience))
    driven = _minutes(visit.departed_at, visit.arrived_at) if visit.departed_at else visit.travel_minutes
    week.travel.part += driven
    week.travel.whole += driven + _minutes(visit.arrived_at, visit.left_at)


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() // 60))


def _first_results(first_on: date, last_on: date) -> list[_First]:
    """The first result each ticket ever got, where it fell into these days."""
    number = sa.func.row_number().over(
        partition_by=VisitTicket.ticket_id, order_by=(Visit.visit_on, Visit.arrived_at, VisitTicket.id)
    )
    ranked = (
        sa.select(VisitTicket.ticket_id, VisitTicket.result, Visit.visit_on, number.label("number"))
        .join(Visit)
        .where(VisitTicket.result.is_not(None), Visit.state == VisitState.DONE, Visit.visit_on <= last_on)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(ranked.c.result, ranked.c.visit_on, Ticket.priority, Ticket.created_at, School.form_key)
        .join(Ticket, Ticket.id == ranked.c.ticket_id)
        .join(School, School.id == Ticket.school_id)
        .where(ranked.c.number == 1, ranked.c.visit_on >= first_on)
    )
    return [_First(*row) for row in rows]


def _lateness(firsts: Sequence[_First], at: datetime) -> tuple[list[Late], list[Late]]:
    """How many tickets saw somebody only after their deadline, by priority and by school form, the worst first."""
    today = clock.local_day(at)
    oldest = min((clock.local_day(row.created_at) for row in firsts), default=today)
    days, plan = SchoolDays(oldest, max([today, *(row.visit_on for row in firsts)])), figures.plan_on(today)
    by_priority = {priority: Late(f"Priorität {priority}") for priority in range(1, 6)}
    by_form: dict[str, Late] = defaultdict(lambda: Late(""))
    for row in firsts:
        due_on = days.due_on(clock.local_day(row.created_at), plan[f"due_days_{row.priority}"])
        late_days = days.late(due_on, row.visit_on)
        by_form[row.form_key].name = SCHOOL_FORMS.get(row.form_key, row.form_key)
        for late in (by_priority[row.priority], by_form[row.form_key]):
            late.late.count(late_days > 0)
            late.days += late_days
    return _with_any(by_priority.values()), sorted(
        _with_any(by_form.values()), key=lambda late: (-(late.late.percent or 0), late.name)
    )


def _with_any(found: Iterable[Late]) -> list[Late]:
    return [late for late in found if late.late.whole]
