"""Measure our pages and the floor over HTTP, both under gunicorn with two workers on one database server."""

import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from bench import fill, floor_data
from bench.client import Answer, Client
from bench.report import filled_in
from bench.server import serve
from itsm.app import create_app
from itsm.config import read
from itsm.core import clock, postgres
from itsm.core.db import db, writing
from itsm.demo import load
from itsm.demo.people import PASSWORD
from itsm.operations import schema

WARM_UP, ROUNDS = 10, 60
GOAL = 4.0
KIB = 1024
FIRST_VISIT_KIB, LATER_VISIT_KIB = 150, 20


@dataclass(frozen=True)
class Measured:
    """The median of a page in milliseconds, and how many times the floor's that is."""

    page: str
    median_ms: float
    floor_ms: float
    ratio: float


@dataclass(frozen=True)
class Pages:
    """All pages, and the KiB of a first and of a later visit."""

    pages: list[Measured]
    kib: dict[str, float]

    @property
    def keeps_goal(self) -> bool:
        """Whether every page is fast and small enough."""
        small = self.kib["erster Besuch"] <= FIRST_VISIT_KIB and self.kib["späterer Besuch"] <= LATER_VISIT_KIB
        return small and all(row.ratio <= GOAL for row in self.pages)


def measure() -> Pages:
    """Measure in a folder of its own, with a database server of its own."""
    with tempfile.TemporaryDirectory(prefix="itsm-bench-") as folder:
        instance = Path(folder)
        try:
            ours, floors = _prepare(instance)
            return Pages(*_measure(instance, ours, floors))
        finally:
            postgres.stop(instance)


def _prepare(instance: Path) -> tuple[str, str]:
    """Fill both databases; return their addresses."""
    ours = postgres.url(instance)
    floors = postgres.url(instance, "floor")
    schema.migrate(ours)
    app = create_app(read({"ITSM_INSTANCE": str(instance)}))
    with app.app_context():
        with writing():
            load.load(clock.now())
            fill.fill(db.session.connection(), clock.now().isoformat())
        db.engine.dispose()
    floor_data.fill(floors, fill.TICKETS)
    for url in (ours, floors):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return ours, floors


def _measure(instance: Path, ours: str, floors: str) -> tuple[list[Measured], dict[str, float]]:
    settings = {"ITSM_INSTANCE": str(instance), "ITSM_DATABASE_URL": ours}
    with (
        serve("bench.floor:app", "/1", {"FLOOR_DATABASE_URL": floors}) as (floor_url, _),
        serve("wsgi:app", "/lebt", settings) as (url, _),
        _browser(floor_url) as floor,
        _browser(url, "team@example.org") as lead,
        _browser(url, "campus@example.org") as manager,
        _browser(url, "lehrkraft@example.org") as teacher,
    ):
        known = _newest(ours)
        pairs: list[tuple[str, Callable[[], Answer], Callable[[], Answer]]] = [
            ("Liste", lambda: lead.get("/stoerungen"), lambda: floor.get("/")),
            ("Liste des Bezirks", lambda: manager.get("/stoerungen"), lambda: floor.get("/")),
            ("Störung", lambda: lead.get(f"/stoerungen/{known}"), lambda: floor.get("/777")),
            ("Suche nach Wörtern", lambda: lead.get("/stoerungen?q=dunkel"), lambda: floor.get("/")),
            ("Suche mit Filter", lambda: lead.get("/stoerungen?q=status:offen+ton"), lambda: floor.get("/")),
            ("Melden, Seite", lambda: teacher.get("/melden"), lambda: floor.get("/")),
            ("Mein Tag", lambda: manager.get("/tag"), lambda: floor.get("/")),
            ("Melden, absenden", _filing(teacher), _inserting(floor)),
        ]
        rows = [_compare(name, ours_of, floors_of) for name, ours_of, floors_of in pairs]
        return rows, _wire_sizes(teacher)


@contextmanager
def _browser(url: str, email: str = "") -> Iterator[Client]:
    with closing(Client(url)) as client:
        if email:
            client.sign_in(email, PASSWORD)
        yield client


def _newest(url: str) -> int:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        number: int = connection.scalar(sa.text("SELECT max(id) - 500 FROM ticket")) or 1
    return number


def _filing(client: Client) -> Callable[[], Answer]:
    page = client.get("/melden")
    return lambda: client.post("/melden", filled_in(client, page, "Display bleibt dunkel"))


def _inserting(client: Client) -> Callable[[], Answer]:
    return lambda: client.post("/", {"title": "Display", "text": "Display bleibt dunkel"})


def _compare(name: str, ours: Callable[[], Answer], floors: Callable[[], Answer]) -> Measured:
    """Take turns, so that whatever else the machine does hits both alike."""
    for _ in range(WARM_UP):
        _timed(ours), _timed(floors)
    pairs = [(_timed(ours), _timed(floors)) for _ in range(ROUNDS)]
    mine = statistics.median(first for first, _ in pairs)
    floor = statistics.median(second for _, second in pairs)
    return Measured(name, round(mine, 2), round(floor, 2), round(mine / floor, 2))


def _timed(call: Callable[[], Answer]) -> float:
    start = time.perf_counter()
    answer = call()
    passed = (time.perf_counter() - start) * 1000
    if answer.status not in (200, 302, 303):
        raise RuntimeError(f"answered with {answer.status}: {answer.body[:300]!r}")
    return passed


def _wire_sizes(client: Client) -> dict[str, float]:
    """Return the KiB of a first and of a later visit to the page that reports a fault."""
    page = client.get("/melden", **{"Accept-Encoding": "br, gzip"})
    names = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', client.get("/melden").body))
    files = [client.get(name.decode(), **{"Accept-Encoding": "br, gzip"}) for name in sorted(names)]
    first = page.wire_bytes + sum(file.wire_bytes for file in files)
    return {"erster Besuch": round(first / KIB, 1), "späterer Besuch": round(page.wire_bytes / KIB, 1)}


def lines(measured: Pages) -> list[str]:
    """The figures as a table."""
    tickets, entries = (f"{count:,}".replace(",", ".") for count in (fill.TICKETS, fill.ENTRIES))
    found = [
        f"{tickets} Störungen, {entries} Einträge, 2 Web-Prozesse, Median von {ROUNDS}",
        f"{'Seite':22}{'wir':>10}{'Boden':>10}{'Faktor':>9}",
    ]
    for row in measured.pages:
        mark = "" if row.ratio <= GOAL else f"   über {GOAL:g}"
        found.append(f"{row.page:22}{row.median_ms:>7.1f} ms{row.floor_ms:>7.1f} ms{row.ratio:>8.1f}×{mark}")
    for name, limit in (("erster Besuch", FIRST_VISIT_KIB), ("späterer Besuch", LATER_VISIT_KIB)):
        found.append(f"/melden, {name}: {measured.kib[name]} KiB (Ziel {limit})")
    return found
