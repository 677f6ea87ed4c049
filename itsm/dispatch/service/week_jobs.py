"""Visits and tickets as jobs of the planner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from itsm.accounts.models import User
from itsm.core import clock
from itsm.dispatch import figures, hours, words
from itsm.dispatch.models import Assurance, Visit, VisitKind, WorkNeed
from itsm.dispatch.planner.day.model import Window
from itsm.dispatch.planner.week.model import DAY_SECONDS, Job, Pin, Promise
from itsm.dispatch.service.week_prices import FIRM_CENTS, Prices
from itsm.org import calendar
from itsm.org.models import School, Site
from itsm.tickets.models import Ticket

USUAL = WorkNeed(people=1, waits_for="", skills=[])
PRIORITY_WITHOUT_TICKETS = 3
# Visits somebody has agreed on with the school, whatever is open there.
AGREED = frozenset({VisitKind.REGULAR, VisitKind.MANUAL})
_ALL_DAY = Window(0, 24 * 60)
_FAR_DAY = 99
# To another day, a confirmed visit whose manager has fallen out goes last of all.
CONFIRMED_TIMES = 10


@dataclass(frozen=True)
class Piece:
    """What a job of the planner is about: a visit with its tickets, or one ticket without a visit.

    `minutes` is how long a visit for it alone takes, signing in included.
    """

    key: str
    school: School
    site: Site
    visit: Visit | None
    tickets: tuple[Ticket, ...]
    minutes: int
    priority: int

    @property
    def ticket_ids(self) -> list[int]:
        """The numbers of the tickets."""
        return [ticket.id for ticket in self.tickets]


@dataclass(frozen=True)
class Terms:
    """What all jobs of a week share."""

    first_on: date
    days: int
    at: datetime
    plan: Mapping[str, int]
    visit: Mapping[str, int]
    prices: Prices
    needs: Mapping[int, WorkNeed]
    closed: Mapping[int, frozenset[date]]

    @property
    def sign_in(self) -> int:
        """Minutes to sign in and to walk, once per arrival."""
        return self.visit[figures.SIGN_IN_MINUTES]

    def need(self, ticket: Ticket) -> WorkNeed:
        """What the work on a ticket takes."""
        return self.needs.get(ticket.id, USUAL)

    def minutes(self, ticket: Ticket) -> int:
        """How long the work on a ticket takes."""
        return self.need(ticket).minutes or self.visit[figures.TICKET_MINUTES]

    def is_open(self, school: School, day: date) -> bool:
        """Whether a school may be visited on a day at all."""
        is_out = day in self.closed.get(school.id, frozenset())
        return not is_out and calendar.is_school_day(day, {row.day for row in school.movable_days})

    def index(self, day: date) -> int:
        """The number of a day, counted from the first."""
        return (day - self.first_on).days

    def day(self, index: int) -> date:
        """The day of this number."""
        return self.first_on + timedelta(days=index)

    def seconds(self, moment: datetime) -> int:
        """Where a moment lies on the clock of the planner."""
        shown = clock.local(moment)
        return self.index(shown.date()) * DAY_SECONDS + shown.hour * 3600 + shown.minute * 60 + shown.second


def piece_of_visit(visit: Visit) -> Piece:
    """What the job of a planned visit is about."""
    tickets = tuple(job.ticket for job in visit.jobs if job.is_waiting)
    priority = min((ticket.priority for ticket in tickets), default=PRIORITY_WITHOUT_TICKETS)
    return Piece(f"v{visit.id}", visit.school, visit.site, visit, tickets, visit.minutes, priority)


def piece_of_ticket(terms: Terms, ticket: Ticket) -> Piece:
    """What the job of a ticket without a visit is about."""
    minutes = terms.sign_in + terms.minutes(ticket)
    return Piece(f"t{ticket.id}", ticket.school, ticket.site, None, (ticket,), minutes, ticket.priority)


def ticket_job(terms: Terms, piece: Piece, site: int, district: int, booked_on: date | None) -> Job:
    """A ticket as a job; one that is booked for later is only brought forward, at what its lateness then costs."""
    ticket = piece.tickets[0]
    need, minutes = terms.need(ticket), terms.minutes(ticket)
    if booked_on is None:
        leave_cents = terms.prices.leave_cents(ticket, minutes)
    else:
        leave_cents = terms.prices.late_cents([ticket], booked_on)
    return Job(
        key=piece.key,
        site=site,
        district=district,
        seconds=minutes * 60,
        windows=_spans(terms, {day: _open(terms, piece.school, day, new=True) for day in _days(terms)}),
        leave_cents=leave_cents,
        late_cents=_late(terms, piece.tickets),
        priority=ticket.priority,
        due_day=terms.index(terms.prices.due_on(ticket)),
        skills=frozenset(skill.name for skill in need.skills),
        not_before=_not_before(terms, need),
        waits_for=need.waits_for,
        people=need.people,
    )


def visit_job(
    terms: Terms, piece: Piece, visit: Visit, place: tuple[int, int], *, is_driven: bool, helpers: int
) -> Job:
    """A planned visit as a job. `is_driven` says whether its manager is on duty that day."""
    needs = [terms.need(ticket) for ticket in piece.tickets]
    late, cents = _late(terms, piece.tickets), _promise_cents(terms, visit)
    if not is_driven:
        # Somebody else has to come in any case: only another day breaks what was promised.
        home = terms.index(visit.visit_on)
        late = tuple(price + (cents if day != home else 0) for day, price in enumerate(late))
    waits = min(needs, key=lambda need: _not_before(terms, need)) if needs and visit.kind not in AGREED else USUAL
    return Job(
        key=piece.key,
        site=place[0],
        district=place[1],
        seconds=max(visit.minutes - terms.sign_in, 1) * 60,
        windows=_windows(terms, visit),
        leave_cents=_leave(terms, piece, visit) + cents,
        late_cents=late,
        priority=piece.priority,
        due_day=min((terms.index(terms.prices.due_on(ticket)) for ticket in piece.tickets), default=_FAR_DAY),
        skills=frozenset(skill.name for need in needs for skill in need.skills),
        not_before=_not_before(terms, waits),
        waits_for=waits.waits_for,
        people=max([1 + helpers, *(need.people for need in needs)]),
        pin=_pin(terms, visit, is_driven=is_driven),
        promise=Promise(worker_key(visit.user_id), terms.index(visit.visit_on), cents) if is_driven else None,
    )


def guest_job(terms: Terms, piece: Piece, visit: Visit, site: int, district: int) -> Job:
    """A visit outside the districts of the plan: it stays with its person on its day."""
    day, start = terms.index(visit.visit_on), terms.seconds(visit.starts_at)
    return Job(
        key=piece.key,
        site=site,
        district=district,
        seconds=max(visit.minutes - terms.sign_in, 1) * 60,
        windows=_windows(terms, visit) or ((start, start + visit.minutes * 60),),
        leave_cents=FIRM_CENTS,
        late_cents=(0,) * terms.days,
        priority=piece.priority,
        pin=Pin(worker_key(visit.user_id), day, start if visit.is_fixed else None),
    )


def frozen_job(terms: Terms, piece: Piece, visit: Visit, site: int, district: int) -> Job:
    """A stop still ahead on a running day: it stays where it is."""
    return Job(
        key=piece.key,
        site=site,
        district=district,
        seconds=max(visit.minutes - terms.sign_in, 1) * 60,
        windows=_windows(terms, visit),
        leave_cents=FIRM_CENTS,
        late_cents=_late(terms, piece.tickets),
        priority=piece.priority,
    )


def worker_key(user_id: int) -> str:
    """What the planner calls a person."""
    return f"u{user_id}"


def is_firm(visit: Visit) -> bool:
    """Whether a person has fixed the visit or the school has confirmed it: no plan drops it."""
    pinned = visit.is_fixed or visit.is_day_pinned or visit.is_user_pinned
    return pinned or visit.assurance is Assurance.CONFIRMED


def _pin(terms: Terms, visit: Visit, *, is_driven: bool) -> Pin | None:
    is_confirmed = visit.assurance is Assurance.CONFIRMED
    if not terms.is_open(visit.school, visit.visit_on):
        return None
    worker = worker_key(visit.user_id) if is_driven and (visit.is_user_pinned or is_confirmed) else None
    has_day = visit.is_day_pinned or visit.is_fixed or visit.visiting_time_id is not None
    # Of a confirmed visit nobody is left to drive, the day gives way last, by its price.
    day = terms.index(visit.visit_on) if has_day or (is_confirmed and is_driven) else None
    start = terms.seconds(visit.starts_at) if visit.is_fixed else None
    return None if worker is None and day is None else Pin(worker, day, start)


def _promise_cents(terms: Terms, visit: Visit) -> int:
    if visit.assurance is Assurance.SOFT:
        return terms.plan["soft_cents"]
    times = CONFIRMED_TIMES if visit.assurance is Assurance.CONFIRMED else 1
    return terms.plan["told_cents"] * times


def _leave(terms: Terms, piece: Piece, visit: Visit) -> int:
    if is_firm(visit):
        return FIRM_CENTS
    tickets = sum(terms.prices.leave_cents(ticket, terms.minutes(ticket)) for ticket in piece.tickets)
    is_agreed = visit.kind in AGREED or bool(visit.tasks)
    return tickets + (terms.prices.regular_cents(visit.minutes) if is_agreed else 0)


def _windows(terms: Terms, visit: Visit) -> tuple[tuple[int, int], ...]:
    """When the work of a planned visit may be done: on its own day near the time the school counts on."""
    days = {day: _open(terms, visit.school, day, new=day != visit.visit_on) for day in _days(terms)}
    home, start = days.get(visit.visit_on, ()), hours.minute_at(visit.starts_at)
    if visit.is_fixed and terms.is_open(visit.school, visit.visit_on):
        # A person has fixed the time, perhaps outside the hours of the school.
        home = (Window(start, start + visit.minutes),)
    elif visit.visiting_time is not None and home:
        announced = hours.minute_of(visit.visiting_time.starts)
        home = hours.around(home, announced, visit.minutes, terms.visit[figures.SLACK_MINUTES])
    elif visit.assurance is Assurance.CONFIRMED:
        told = start - start % words.HALF_HOUR
        home = hours.cut(home, Window(told, told + int(words.ANNOUNCED.total_seconds() // 60) + visit.minutes))
    return _spans(terms, {**days, visit.visit_on: home})


def _days(terms: Terms) -> Iterable[date]:
    return (terms.day(index) for index in range(terms.days))


def _open(terms: Terms, school: School, day: date, *, new: bool) -> tuple[Window, ...]:
    """The visiting hours of a day the school is open, today only what is left of them."""
    if not terms.is_open(school, day):
        return ()
    windows = hours.opening(school, day)
    today = clock.local_day(terms.at)
    if day > today:
        return windows
    if day < today:
        return ()
    lead = terms.visit[figures.LEAD_MINUTES] if new else 0
    return hours.cut(windows, Window(hours.minute_at(terms.at) + lead, _ALL_DAY.end))


def _spans(terms: Terms, days: Mapping[date, Sequence[Window]]) -> tuple[tuple[int, int], ...]:
    """The windows of all days for the work alone: signing in is paid after it, on the way out."""
    return tuple(
        (first + window.start * 60, first + (window.end - terms.sign_in) * 60)
        for day, windows in sorted(days.items())
        if 0 <= terms.index(day) < terms.days
        for first in [terms.index(day) * DAY_SECONDS]
        for window in windows
        if window.end - terms.sign_in > window.start
    )


def _late(terms: Terms, tickets: Sequence[Ticket]) -> tuple[int, ...]:
    return tuple(terms.prices.late_cents(tickets, day) for day in _days(terms))


def _not_before(terms: Terms, need: WorkNeed) -> int:
    if need.not_before_on is not None:
        return max(0, terms.index(need.not_before_on)) * DAY_SECONDS
    # Something is missing and nobody knows until when: not in this week.
    return terms.days * DAY_SECONDS if need.waits_for else 0


def people_of(users: Iterable[User]) -> dict[str, User]:
    """The people of a week by what the planner calls them."""
    return {worker_key(user.id): user for user in users}
