"""Weeks and plans as JSON, with the prices of the planning exchange format."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.model import (
    DAY_SECONDS,
    Job,
    Pause,
    Plan,
    Problem,
    Rates,
    Route,
    Shift,
    Table,
    Worker,
)
from itsm.dispatch.planner.week.reasons import explain_all

LATE_CENTS = {1: 8000, 2: 3000, 3: 800, 4: 200}
LEAVE_CENTS = {1: 40000, 2: 15000, 3: 6000, 4: 2500}
FOREIGN_CENTS = 600
SECOND_CENTS, METRE_CENTS = 1.25, 0.03
# Source: ArbZG § 4.
LONGEST_WITHOUT_BREAK = 6 * 3600

# A district of 60 jobs is a full week of one person. Beyond these numbers a file is a mistake, or would
# keep a machine busy for hours.
MOST_JOBS_OF_A_DISTRICT, MOST_JOBS, MOST_SITES, MOST_DAYS = 400, 8000, 4000, 31
LARGEST = 100_000_000


class Unreadable(Exception):
    """A file that is no week or no plan, as one sentence."""


def read(
    text: str | bytes, *, district: int | None = None, with_foreign: bool = False, absent: int | None = None
) -> Problem:
    """Read a week, or one district of it, without the worker of a number if one is absent.

    Raises: Unreadable with one sentence.
    Source: dispatch/README.md and week_check.py of the public instances.
    """
    week = _Reader(_parsed(text)).problem(with_foreign)
    if absent is not None and not 0 <= absent < len(week.workers):
        raise Unreadable(f"Eine Person Nummer {absent} gibt es nicht, es sind {len(week.workers)} (gezählt ab 0).")
    workers = [worker for number, worker in enumerate(week.workers) if number != absent]
    jobs = list(week.jobs)
    if district is not None:
        if district not in {*(one.district for one in week.workers), *(one.district for one in week.jobs)}:
            raise Unreadable(f"Den Bezirk {district} gibt es in dieser Woche nicht.")
        workers = [worker for worker in workers if worker.district == district]
        jobs = [job for job in jobs if job.district == district]
    return Problem(week.days, week.site_districts, tuple(workers), tuple(jobs), week.seconds, week.metres, week.rates)


def read_plan(text: str | bytes, problem: Problem) -> Plan:
    """Read a plan for a week; jobs and people of other districts are passed over.

    Raises: Unreadable with one sentence.
    """
    found = _mapping(_parsed(text), "Der Plan")
    routes, seen = [], set()
    days = {(worker.key, shift.day) for worker in problem.workers for shift in worker.shifts}
    jobs = {job.key for job in problem.jobs}
    for entry in _list(found, "routes", "Der Plan"):
        route = _mapping(entry, "Eine Route des Plans")
        worker, day = (
            _text(route, "manager", "Eine Route des Plans"),
            _whole(route, "day", "Eine Route des Plans", 0, 99),
        )
        if (worker, day) in seen:
            raise Unreadable(f"Der Plan hat zwei Routen von {worker} am Tag {day}.")
        seen.add((worker, day))
        keys = [_word(key, "Ein Auftrag des Plans") for key in _list(route, "jobs", "Eine Route des Plans")]
        if (worker, day) in days:
            routes.append(Route(worker, day, tuple(key for key in keys if key in jobs)))
    return Plan(tuple(routes))


def write_plan(problem: Problem, plan: Plan) -> str:
    """Write a plan with its price and the reason for each job left out."""
    price = cost(problem, plan)
    parts = ("travel", "foreign", "overtime", "late", "moved", "left_out", "offset", "total", "avoidable")
    return json.dumps(
        {
            "routes": [{"manager": route.worker, "day": route.day, "jobs": list(route.jobs)} for route in plan.routes],
            "cost": {part: getattr(price, part) for part in parts},
            "left_out": [
                {
                    "job": key,
                    "reason": str(reason.reason),
                    "would_cost": reason.cents,
                    "displaced": list(reason.displaced),
                }
                for key, reason in explain_all(problem, plan).items()
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("Die Eingabe ist kein lesbares JSON.") from None


class _Reader:
    def __init__(self, found: Any) -> None:
        self.found = _mapping(found, "Die Eingabe")
        meta = _mapping(self.found.get("meta"), "Der Kopf „meta“")
        self.days = _whole(meta, "days", "Der Kopf „meta“", 1, MOST_DAYS)
        self.rates = self._rates(meta)
        sites = [_mapping(site, "Ein Standort") for site in _list(self.found, "sites", "Die Eingabe")]
        if not 0 < len(sites) <= MOST_SITES:
            raise Unreadable(f"Die Woche hat {len(sites)} Standorte; erlaubt sind 1 bis {MOST_SITES}.")
        self.districts = tuple(_whole(site, "district", "Ein Standort", 0, LARGEST) for site in sites)

    def problem(self, with_foreign: bool) -> Problem:
        """Everything the file says."""
        seconds, metres = self._matrix("travel_s"), self._matrix("travel_m")
        workers = tuple(self._worker(one) for one in _list(self.found, "managers", "Die Eingabe"))
        listed = _list(self.found, "jobs", "Die Eingabe")
        if len(listed) > MOST_JOBS:
            raise Unreadable(f"Die Woche hat {len(listed)} Aufträge; mehr als {MOST_JOBS} werden nicht geplant.")
        jobs = tuple(self._job(one) for one in listed)
        _refuse_twice([worker.key for worker in workers], "Die Person")
        _refuse_twice([job.key for job in jobs], "Der Auftrag")
        for district in {job.district for job in jobs}:
            count = sum(job.district == district for job in jobs)
            if count > MOST_JOBS_OF_A_DISTRICT:
                raise Unreadable(
                    f"Bezirk {district} hat {count} Aufträge; mehr als {MOST_JOBS_OF_A_DISTRICT} werden nicht geplant."
                )
        rates = Rates(*self.rates, foreign_cents=FOREIGN_CENTS if with_foreign else None)
        return Problem(self.days, self.districts, workers, jobs, seconds, metres, rates)

    def _rates(self, meta: Mapping[str, Any]) -> tuple[float, float]:
        rates = meta.get("cost", [SECOND_CENTS, METRE_CENTS])
        is_pair = isinstance(rates, list) and len(rates) == 2
        # Comparisons with NaN are false, so NaN is refused as well.
        if not is_pair or not all(type(rate) in (int, float) and 0 <= rate <= 1000 for rate in rates):
            raise Unreadable("„cost“ im Kopf „meta“ braucht zwei Zahlen von 0 bis 1000.")
        return float(rates[0]), float(rates[1])

    def _matrix(self, name: str) -> Table:
        rows = self.found.pop(name, None)
        size = len(self.districts)
        if not isinstance(rows, list) or len(rows) != size:
            raise Unreadable(f"Die Tabelle „{name}“ braucht eine Zeile je Standort.")
        table = np.zeros((size, size), np.int32)
        for number, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != size:
                raise Unreadable(f"Zeile {number} der Tabelle „{name}“ braucht {size} Zahlen.")
            if not all(type(value) is int and 0 <= value <= LARGEST for value in row):
                raise Unreadable(f"Zeile {number} der Tabelle „{name}“ braucht ganze Zahlen von 0 bis {LARGEST}.")
            table[number] = row
            # The list of Python takes ten times the room of the table.
            rows[number] = None
        return cast(Table, table)

    def _worker(self, entry: Any) -> Worker:
        found = _mapping(entry, "Eine Person")
        key = _text(found, "id", "Eine Person")
        name = f"Die Person {key}"
        shifts = [self._shift(found, one, name) for one in _list(found, "shifts", name)]
        if not shifts:
            raise Unreadable(f"{name} hat keine Schicht.")
        _refuse_twice([str(shift.day) for shift in shifts], f"{name}: Der Tag")
        return Worker(
            key,
            _whole(found, "district", name, 0, LARGEST),
            self._site(found, "base", name),
            tuple(shifts),
            _words(found, "skills", name),
        )

    def _shift(self, found: Mapping[str, Any], entry: Any, name: str) -> Shift:
        if not isinstance(entry, list) or len(entry) != 3 or not all(type(number) is int for number in entry):
            raise Unreadable(f"{name} hat eine Schicht, die nicht aus Tag, Beginn und Ende besteht.")
        day, start, end = entry
        if not 0 <= day < self.days:
            raise Unreadable(f"{name} hat eine Schicht am Tag {day}; die Woche hat die Tage 0 bis {self.days - 1}.")
        if not 0 <= start < end <= LARGEST:
            raise Unreadable(f"{name} hat am Tag {day} eine Schicht, die nicht nach ihrem Beginn endet.")
        midnight = day * DAY_SECONDS
        pause = None
        if end - start > LONGEST_WITHOUT_BREAK and not found.get("no_break"):
            earliest = _whole(found, "break_earliest", name, 0, LARGEST)
            latest = _whole(found, "break_latest", name, earliest, LARGEST)
            minutes = _whole(found, "break_min", name, 0, 1440)
            pause = Pause(minutes * 60, midnight + earliest, midnight + latest)
        return Shift(day, midnight + start, midnight + end, pause)

    def _job(self, entry: Any) -> Job:
        found = _mapping(entry, "Ein Auftrag")
        key = _text(found, "id", "Ein Auftrag")
        name = f"Der Auftrag {key}"
        seconds, priority = _whole(found, "dur", name, 1, LARGEST), _whole(found, "prio", name, 1, 4)
        due = _whole(found, "due", name, -3650, 3650)
        late = tuple(LATE_CENTS[priority] * max(0, day - due) for day in range(self.days))
        leave = int(LEAVE_CENTS[priority] * (0.5 + seconds / 7200)) + LATE_CENTS[priority] * max(0, self.days - due)
        return Job(
            key,
            self._site(found, "site", name),
            _whole(found, "district", name, 0, LARGEST),
            seconds,
            tuple(_window(one, name) for one in _list(found, "windows", name)),
            _whole(found, "penalty", name, 0, LARGEST) if "penalty" in found else leave,
            late,
            priority,
            due,
            _words(found, "skills", name),
        )

    def _site(self, found: Mapping[str, Any], field: str, name: str) -> int:
        site = found.get(field)
        if type(site) is not int or not 0 <= site < len(self.districts):
            raise Unreadable(f"{name} nennt den Standort {_short(site)}, den es nicht gibt.")
        return site


def _window(entry: Any, name: str) -> tuple[int, int]:
    if not isinstance(entry, list) or len(entry) != 2 or not all(type(number) is int for number in entry):
        raise Unreadable(f"{name} hat ein Zeitfenster, das nicht aus Beginn und Ende besteht.")
    if not 0 <= entry[0] < entry[1] <= LARGEST:
        raise Unreadable(f"{name} hat ein Zeitfenster, das nicht nach seinem Beginn endet.")
    return entry[0], entry[1]


def _mapping(found: Any, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Unreadable(f"{name} ist kein Objekt aus Namen und Werten.")
    return found


def _list(found: Mapping[str, Any], field: str, name: str) -> list[Any]:
    values = found.get(field)
    if not isinstance(values, list):
        raise Unreadable(f"{name} hat keine Liste „{field}“.")
    return values


def _whole(found: Mapping[str, Any], field: str, name: str, least: int, most: int) -> int:
    number = found.get(field)
    if type(number) is not int or not least <= number <= most:
        raise Unreadable(f"{name} braucht für „{field}“ eine ganze Zahl von {least} bis {most}.")
    return number


def _text(found: Mapping[str, Any], field: str, name: str) -> str:
    return _word(found.get(field), f"{name}: „{field}“")


def _word(value: Any, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        raise Unreadable(f"{name} braucht einen Text von 1 bis 100 Zeichen.")
    return value


def _words(found: Mapping[str, Any], field: str, name: str) -> frozenset[str]:
    return frozenset(_word(value, f"{name}: „{field}“") for value in _list(found, field, name))


def _refuse_twice(keys: Sequence[str], name: str) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise Unreadable(f"{name} {key} kommt zweimal vor.")
        seen.add(key)


def _short(value: Any) -> str:
    return str(value)[:20]
