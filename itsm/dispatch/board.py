"""The board as its page shows it: days, people, blocks on a line of time, and what is not planned."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from itsm.accounts.models import Absence, User
from itsm.core.access import Actor
from itsm.core.german import local_time
from itsm.dispatch import board_queries, distance, figures, hours, reason_words, unplanned, words
from itsm.dispatch.models import Assurance, Visit, Workday
from itsm.dispatch.planner.day.model import Window
from itsm.dispatch.service import routes
from itsm.dispatch.states import LABELS, VisitState
from itsm.org import calendar
from itsm.org.models import District, School
from itsm.tickets.models import Ticket

WORKING_DAYS = 5
SATURDAY = 5
# What a day shows at least; a stop outside of it widens all days alike.
EARLIEST, LATEST = 7 * 60, 17 * 60
# The style sheet knows so many steps from the left edge of a day to its right one.
STEPS = 80
# How much of a day a letter takes where one day fills a small window, and what stands behind a name.
LETTER_MINUTES, SIGNS_MINUTES = 8, 110
LOOKS = 12
ASSURANCES = {
    Assurance.SOFT: "vorgesehen",
    Assurance.TOLD: "mitgeteilt",
    Assurance.CONFIRMED: "bestätigt",
}
SHORTER = {
    "Weiterbildungskolleg": "WBK",
    "Berufskolleg": "BK",
    "Gesamtschule": "GE",
    "Grundschule": "GS",
    "Gymnasium": "GY",
    "Hauptschule": "HS",
    "Realschule": "RS",
    "Förderschule": "FÖ",
}


@dataclass(frozen=True)
class Scale:
    """The minutes of a day that are shown, and where they lie between its edges."""

    first: int
    last: int

    def percent(self, minute: int) -> float:
        """How far from the left edge a minute lies."""
        return round(min(100.0, max(0.0, (minute - self.first) * 100 / (self.last - self.first))), 1)

    def span(self, start: int, end: int) -> tuple[float, float]:
        """Left edge and width of a span."""
        left = self.percent(start)
        return left, round(max(0.4, self.percent(end) - left), 1)

    @property
    def hours(self) -> list[tuple[int, float]]:
        """The hours that get a line, with their place."""
        return [(minute // 60, self.percent(minute)) for minute in range(self.first, self.last, 60)][1:]


@dataclass(frozen=True)
class Block:
    """A visit on the line of time; `step` is where its name begins, from the right edge where `is_late`."""

    visit: Visit
    name: str
    look: str
    bar: tuple[float, float]
    drive: tuple[float, float] | None
    lane: int
    step: int
    is_late: bool
    signs: tuple[str, ...]
    line: str

    @property
    def minute(self) -> int:
        """When it begins, in minutes after midnight."""
        return hours.minute_at(moment_of(self.visit))


@dataclass(frozen=True)
class Cell:
    """One person on one day."""

    user: User
    day: date
    blocks: tuple[Block, ...]
    away: str
    busy_minutes: int
    shift_minutes: int
    drive_minutes: int
    overtime_minutes: int
    pause: tuple[float, float] | None
    back: tuple[float, float] | None
    off: tuple[tuple[float, float], ...]

    @property
    def load(self) -> str:
        """How full the day is: "5:20 h von 8 h, 68 min Fahrt"."""
        if not self.blocks:
            return f"frei ({clock_words(self.shift_minutes)} h)"
        return (
            f"{clock_words(self.busy_minutes)} h von {clock_words(self.shift_minutes)} h, "
            f"{self.drive_minutes} min Fahrt"
        )


@dataclass(frozen=True)
class Row:
    """A person with the days of the week; `look` is the colour and the line on the map."""

    user: User
    districts: tuple[District, ...]
    look: int
    base: tuple[float, float]
    cells: tuple[Cell, ...]

    @property
    def total(self) -> str:
        """How full the days are together."""
        busy, shift = sum(cell.busy_minutes for cell in self.cells), sum(cell.shift_minutes for cell in self.cells)
        return f"{clock_words(busy)} von {clock_words(shift)} h"


@dataclass(frozen=True)
class OpenJob:
    """A ticket nobody is booked for, with the reason."""

    ticket: Ticket
    name: str
    reason: str
    minutes: int


@dataclass(frozen=True)
class Board:
    """Everything the page shows."""

    days: tuple[date, ...]
    closed: tuple[str, ...]
    scale: Scale
    rows: tuple[Row, ...]
    open_jobs: tuple[OpenJob, ...]
    open_count: int
    hours: dict[int, list[list[list[float]]]]
    places: dict[int, list[float]]

    @property
    def visits(self) -> int:
        """How many visits stand on the board."""
        return sum(len(cell.blocks) for row in self.rows for cell in row.cells)

    @property
    def overtime_days(self) -> int:
        """How many days end after the shift."""
        return sum(cell.overtime_minutes > 0 for row in self.rows for cell in row.cells)


def week_of(day: date) -> tuple[date, ...]:
    """The working days of the week this day belongs to; of the next one on a weekend."""
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=day.weekday() >= SATURDAY)
    return tuple(monday + timedelta(days=offset) for offset in range(WORKING_DAYS))


def board(actor: Actor, districts: Sequence[District], days: Sequence[date], at: datetime) -> Board:
    """Put the board together; the number of queries does not depend on what stands on it.

    Source: docs/rules/visits.md, VI-20.
    """
    district_ids = [district.id for district in districts]
    managers = board_queries.managers_of(district_ids, days[0], deputies=False)
    visits = board_queries.visits_on(actor, days, district_ids, [user.id for user in managers])
    for visit in visits:
        managers.setdefault(visit.user, [visit.district] if visit.district else [])
    user_ids = [user.id for user in managers]
    tickets, count = board_queries.open_tickets(actor, district_ids)
    day = _Days(days, visits, board_queries.workdays_of(user_ids), board_queries.absences_of(user_ids, days))
    return Board(
        days=tuple(days),
        closed=tuple(calendar.closed_reason(one) for one in days),
        scale=day.scale,
        rows=tuple(day.row(user, mine, look) for look, (user, mine) in enumerate(managers.items())),
        open_jobs=tuple(_open_jobs(tickets, board_queries.reasons_of(district_ids), days[0], at)),
        open_count=count,
        hours=_hours({visit.school for visit in visits} | {ticket.school for ticket in tickets}, days, day.scale),
        places=_places([*visits, *tickets]),
    )


def moment_of(visit: Visit) -> datetime:
    """When a visit begins as the day runs, or began."""
    return visit.arrived_at or visit.expected_at or visit.starts_at


def clock_words(minutes: int) -> str:
    """A span as a clock shows it: 5:20, and 8 for whole hours."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes % 60 else f"{minutes // 60}"


def short_name(name: str) -> str:
    """The name of a school as it fits on a block: "Kastaniengrund-GS"."""
    for long, short in SHORTER.items():
        name = name.replace(long, short).replace(long.lower(), short)
    return name


class _Days:
    """The days of one board, with what all cells share."""

    def __init__(
        self,
        days: Sequence[date],
        visits: Sequence[Visit],
        workdays: Mapping[tuple[int, int], Workday],
        absences: Sequence[Absence],
    ) -> None:
        self.days, self.workdays, self.absences = days, workdays, absences
        self.pause_minutes = figures.visit_on(days[0])[figures.PAUSE_MINUTES]
        self.travel = figures.travel_on(days[0])
        ordered = sorted(visits, key=lambda visit: (visit.user_id, visit.visit_on, moment_of(visit), visit.position))
        self.visits = {
            key: list(group) for key, group in groupby(ordered, key=lambda visit: (visit.user_id, visit.visit_on))
        }
        self.scale = _scale(visits)

    def row(self, user: User, districts: Sequence[District], look: int) -> Row:
        mine = [visit for day in self.days for visit in self.visits.get((user.id, day), ())]
        base = routes.base_of(mine)[1]
        cells = tuple(self._cell(user, day) for day in self.days)
        return Row(user, tuple(districts), look % LOOKS, (base.lat, base.lon), cells)

    def _cell(self, user: User, day: date) -> Cell:
        visits = self.visits.get((user.id, day), [])
        shift = self._shift(user, day)
        back = self._back(visits)
        drive = sum(visit.travel_minutes for visit in visits) + back
        busy = sum(visit.minutes for visit in visits) + drive
        back_at = _ends(visits[-1]) + back if visits else 0
        return Cell(
            user=user,
            day=day,
            blocks=tuple(self._blocks(visits)),
            away=self._away(user, day),
            busy_minutes=busy,
            shift_minutes=max(0, shift.end - shift.start - self.pause_minutes),
            drive_minutes=drive,
            overtime_minutes=max(0, back_at - shift.end),
            pause=self._pause(visits, shift),
            back=self.scale.span(back_at - back, back_at) if visits and back else None,
            off=tuple(
                self.scale.span(start, end)
                for start, end in ((self.scale.first, shift.start), (shift.end, self.scale.last))
                if start < end
            ),
        )

    def _blocks(self, visits: Sequence[Visit]) -> Iterable[Block]:
        free_at: list[int] = []
        for visit in visits:
            start, end = hours.minute_at(moment_of(visit)), _ends(visit)
            reach = max(end, start + self._name_minutes(visit))
            lane = next((lane for lane, until in enumerate(free_at) if until <= start), len(free_at))
            free_at[lane : lane + 1] = [reach]
            bar = self.scale.span(start, end)
            is_late = len(self.days) > 1 and bar[0] >= 50
            step = math.ceil((100 - bar[0] - bar[1] if is_late else bar[0]) * STEPS / 100)
            drive = self.scale.span(start - visit.travel_minutes, start) if visit.travel_minutes else None
            yield Block(
                visit, short_name(visit.school.short_name), _look(visit), bar, drive, lane, step, is_late,
                _signs(visit), line_of(visit),
            )  # fmt: skip

    def _name_minutes(self, visit: Visit) -> int:
        """How much of the line a name needs; in a week all of it."""
        if len(self.days) > 1:
            return self.scale.last
        return len(short_name(visit.school.short_name)) * LETTER_MINUTES + SIGNS_MINUTES

    def _back(self, visits: Sequence[Visit]) -> int:
        """The minutes of the drive home as they are estimated: a board does not wait for a server."""
        site = visits[-1].site if visits else None
        if site is None or site.latitude is None or site.longitude is None:
            return 0
        place = distance.Place(site.latitude, site.longitude)
        return distance.leg(place, routes.base_of(visits)[1], self.travel).minutes

    def _pause(self, visits: Sequence[Visit], shift: Window) -> tuple[float, float] | None:
        """Where the break fits: the first gap that is long enough between 11 o'clock and six hours of work."""
        latest = shift.start + routes.LONGEST_WITHOUT_PAUSE
        for number, visit in enumerate(visits, 1):
            following = visits[number] if number < len(visits) else None
            begin = max(_ends(visit), routes.PAUSE_FROM)
            room = hours.minute_at(moment_of(following)) - following.travel_minutes if following else 24 * 60
            if begin <= latest and begin + self.pause_minutes <= room:
                return self.scale.span(begin, begin + self.pause_minutes)
        return None

    def _shift(self, user: User, day: date) -> Window:
        found = self.workdays.get((user.id, day.weekday()))
        return Window(hours.minute_of(found.starts), hours.minute_of(found.ends)) if found else routes.USUAL_SHIFT

    def _away(self, user: User, day: date) -> str:
        away = any(one.user_id == user.id and one.first_on <= day <= one.last_on for one in self.absences)
        return "abwesend" if away else ""


def line_of(visit: Visit) -> str:
    """What there is to say of a visit besides its name, in one line."""
    jobs = len(visit.jobs)
    begins = moment_of(visit)
    parts = [
        f"{local_time(begins)}–{local_time(begins + timedelta(minutes=visit.minutes))} Uhr",
        "hilft mit" if visit.helps_id else f"{jobs} {'Störung' if jobs == 1 else 'Störungen'}",
        state_of(visit),
        *(f"{what} angeheftet" for what in pins_of(visit)),
    ]
    return ", ".join(parts) + (f". {words.breach_words(visit)}" if visit.breach and _is_ahead(visit) else "")


def state_of(visit: Visit) -> str:
    """How firmly a visit ahead stands, or how far the others have come."""
    return ASSURANCES[visit.assurance] if _is_ahead(visit) else LABELS[visit.state]


def pins_of(visit: Visit) -> list[str]:
    """What of a visit stays where it is."""
    pins = ("Tag", visit.is_day_pinned), ("Person", visit.is_user_pinned), ("Zeit", visit.is_fixed)
    return [word for word, is_pinned in pins if is_pinned]


def _is_ahead(visit: Visit) -> bool:
    return visit.state is VisitState.PLANNED


def _look(visit: Visit) -> str:
    if visit.state is VisitState.DONE:
        return "done"
    return visit.assurance.value if _is_ahead(visit) else "begun"


def _signs(visit: Visit) -> tuple[str, ...]:
    signs = ("pin", bool(pins_of(visit))), ("warning", visit.breach is not None and _is_ahead(visit))
    return tuple(name for name, is_shown in signs if is_shown)


def _ends(visit: Visit) -> int:
    return hours.minute_at(moment_of(visit)) + visit.minutes


def _scale(visits: Sequence[Visit]) -> Scale:
    starts = [hours.minute_at(moment_of(visit)) - visit.travel_minutes for visit in visits]
    first = min([EARLIEST, *starts]) // 60 * 60
    last = -(-max([LATEST, *map(_ends, visits)]) // 60) * 60
    return Scale(max(0, first), min(24 * 60, last))


def _hours(schools: Iterable[School], days: Sequence[date], scale: Scale) -> dict[int, list[list[list[float]]]]:
    """When each school may be visited, day by day; nothing on a day on which it is closed."""
    return {
        school.id: [
            []
            if calendar.closed_reason(day, {row.day for row in school.movable_days})
            else [list(scale.span(window.start, window.end)) for window in hours.opening(school, day)]
            for day in days
        ]
        for school in schools
    }


def _places(stops: Iterable[Visit | Ticket]) -> dict[int, list[float]]:
    return {
        stop.site_id: [round(stop.site.latitude, 5), round(stop.site.longitude, 5)]
        for stop in stops
        if stop.site.latitude is not None and stop.site.longitude is not None
    }


def _open_jobs(
    tickets: Sequence[Ticket], reasons: Mapping[int, dict[str, object]], day: date, at: datetime
) -> Iterable[OpenJob]:
    numbers = figures.visit_on(day)
    minutes = numbers[figures.SIGN_IN_MINUTES] + numbers[figures.TICKET_MINUTES]
    known = unplanned.reasons_for(tickets, at)
    for ticket in tickets:
        found = reasons.get(ticket.id)
        reason = reason_words.why(found) if found else known[ticket.id]
        yield OpenJob(ticket, short_name(ticket.school.short_name), reason, minutes)
