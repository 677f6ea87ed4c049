"""Measure the device pages of the whole city over HTTP, against one bare select by an index on the same database."""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from bench import fill_history
from bench.client import Client
from bench.server import serve
from bench.table import lines as table
from bench.table import number
from itsm.app import create_app
from itsm.config import read
from itsm.core import clock, postgres
from itsm.core.db import db, writing
from itsm.demo import load
from itsm.demo.people import PASSWORD
from itsm.operations import schema

Connection = psycopg.Connection[Any]
WARM_UP, ROUNDS = 5, 30
GOAL_MS = 150.0
# What every page is compared with: the same 25 devices, read by the index of their numbers and nothing else.
_BARE = "SELECT id, tag, serial, state FROM device WHERE tag >= %s ORDER BY tag LIMIT 25"


@dataclass(frozen=True)
class Measured:
    """The median of a page and of the bare select in milliseconds, and how many times that is."""

    page: str
    median_ms: float
    bare_ms: float
    ratio: float


@dataclass(frozen=True)
class Figures:
    """All pages, and how much was in the tables."""

    devices: int
    changes: int
    pages: list[Measured]

    @property
    def keeps_goal(self) -> bool:
        """Whether every page is fast enough."""
        return all(row.median_ms <= GOAL_MS for row in self.pages)


def measure() -> Figures:
    """Measure in a folder of its own, with a database server of its own."""
    with tempfile.TemporaryDirectory(prefix="itsm-bench-") as folder:
        instance = Path(folder)
        try:
            url = postgres.url(instance)
            _prepare(instance, url)
            return _measure(instance, url)
        finally:
            postgres.stop(instance)


def _prepare(instance: Path, url: str) -> None:
    schema.migrate(url)
    app = create_app(read({"ITSM_INSTANCE": str(instance)}))
    with app.app_context():
        with writing():
            load.load(clock.now())
            fill_history.fill(db.session.connection(), clock.now().isoformat())
        db.engine.dispose()
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _measure(instance: Path, url: str) -> Figures:
    with (
        serve("wsgi:app", "/lebt", {"ITSM_INSTANCE": str(instance), "ITSM_DATABASE_URL": url}) as (address, _),
        psycopg.connect(_plain(url), autocommit=True) as connection,
    ):
        pages = []
        for email, paths in _paths(connection).items():
            with closing(Client(address)) as client:
                client.sign_in(email, PASSWORD)
                pages += [_compare(name, _getting(client, path), connection) for name, path in paths.items()]
        return Figures(_count(connection, "device"), _count(connection, "device_change"), pages)


def _count(connection: Connection, table_name: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table_name))).fetchone()
    return int(row[0]) if row else 0


def _paths(connection: Connection) -> dict[str, dict[str, str]]:
    """Return what is measured, by the person who asks for it."""
    row = connection.execute(
        "SELECT d.id, d.tag, s.number FROM device d JOIN school s ON s.id = d.school_id ORDER BY d.id LIMIT 1"
    ).fetchone()
    if row is None:
        raise LookupError("the demo city has no devices")
    device_id, tag, number_of_school = row
    return {
        "team@example.org": {
            "Liste der Stadt": "/geraete",
            "Liste, die ältesten": "/geraete?tab=alle&sort=alt",
            "Liste, zuletzt geändert": "/geraete?tab=alle&sort=stand",
            "Filter: Beschädigte": "/geraete?tab=defekt",
            "Filter: Schule": f"/geraete?tab=alle&q=schule:{number_of_school}",
            "Filter: über Alter": "/geraete?tab=alle&q=alter:über+art:ipad",
            "Filter: Garantie": "/geraete?tab=alle&q=garantie:bald",
            "Suche: Nummer": f"/geraete?tab=alle&q={tag}",
            "Suche: Wörter": "/geraete?tab=alle&q=ipad+sekretariat",
            "Suche oben": f"/suche?q={tag}",
            "Ein Gerät": f"/geraete/{device_id}",
            "Schule": f"/schulen/{number_of_school}",
            "Modelle": "/geraete/modelle",
        },
        "campus@example.org": {"Liste eines Bezirks": "/geraete"},
        "leitung@example.org": {"Liste einer Schule": "/geraete"},
    }


def _getting(client: Client, path: str) -> Callable[[], None]:
    path = path.replace("ü", "%C3%BC")

    def get() -> None:
        answer = client.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered with {answer.status}: {answer.body[:300]!r}")

    return get


def _compare(name: str, page: Callable[[], None], connection: Connection) -> Measured:
    """Take turns, so that whatever else the machine does hits both alike."""

    def bare() -> None:
        connection.execute(_BARE, ("DS-",)).fetchall()

    for _ in range(WARM_UP):
        _timed(page), _timed(bare)
    pairs = [(_timed(page), _timed(bare)) for _ in range(ROUNDS)]
    mine, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Measured(name, round(mine, 1), round(floor, 2), round(mine / floor, 1))


def _timed(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _plain(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def lines(measured: Figures) -> list[str]:
    """The figures as a table."""
    size = f"{number(measured.devices)} Geräte, {number(measured.changes)} Zeilen Verlauf"
    head = f"{size}, Median von {ROUNDS}, Ziel {GOAL_MS:g} ms"
    rows = [
        [row.page, f"{number(row.median_ms, 1)} ms", f"{number(row.bare_ms, 2)} ms", f"{number(row.ratio, 0)}×"]
        for row in measured.pages
    ]
    return [head.replace(",", ".", 2), *table(["Seite", "wir", "nackte Abfrage", "Faktor"], rows)]
