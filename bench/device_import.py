"""How long a list of 106,000 devices takes, beside a bare COPY of the rows it becomes."""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg

from bench.server import ROOT
from itsm.core import postgres
from itsm.core.german import number
from itsm.operations import schema

ROWS = 106_000
SCHOOLS, ROOMS, SLOTS = 156, 40, 20
GOAL_SECONDS, GOAL_RATIO, GOAL_MIB = 60.0, 8.0, 400.0
HEAD = (  # noqa: SIM905
    "Seriennummer;Gerätenummer;Klasse;Hersteller;Modell;Schule;Raum;Ladekoffer;Platz;Stand;Kaufdatum;Preis;"
    "Bestellnummer;Fördertopf;In Betrieb seit;Garantie bis"
).split(";")
# Share of the devices, class, maker, model, price.
MODELS = (
    (0.78, "iPad", "Apple", "iPad (9. Generation)", "379,00"),
    (0.10, "Laptop", "Lenovo", "ThinkPad L13", "1.049,50"),
    (0.06, "Desktop/OPS-PC", "Lenovo", "ThinkCentre M70q", "689"),
    (0.06, "Display", "Prowise", "Touchscreen 75", "2.266,13 €"),
)


@dataclass(frozen=True)
class Imported:
    """Wall-clock seconds with the start of the command, peak memory of its process, and the bare COPY beside it.

    `copy_seconds` is what the same rows of devices and history take by COPY, into tables with the same columns,
    checks and indexes but without foreign keys.
    """

    rows: int
    seconds: float
    copy_seconds: float
    again_seconds: float
    undo_seconds: float
    peak_mib: float

    @property
    def ratio(self) -> float:
        """How many times a bare COPY it takes."""
        return self.seconds / self.copy_seconds


def measure() -> Imported:
    """Measure in a folder of its own, with a database server of its own."""
    with tempfile.TemporaryDirectory(prefix="itsm-bench-") as folder:
        instance = Path(folder)
        try:
            return _measure(instance)
        finally:
            postgres.stop(instance)


def lines(found: Imported) -> list[str]:
    """The figures in words."""
    return [
        f"Geräteliste mit {number(found.rows)} Zeilen × {len(HEAD)} Spalten, alle Prüfungen und die Historie:",
        f"  einlesen        {found.seconds:>6.1f} s   {number(round(found.rows / found.seconds))} Zeilen/s",
        f"  bloßes COPY     {found.copy_seconds:>6.1f} s   dieselben Zeilen von Geräten und Historie in Tabellen mit",
        "                             denselben Spalten, Prüfungen und Indizes, ohne Fremdschlüssel",
        f"  Verhältnis      {found.ratio:>6.1f} ×   Ziel höchstens {GOAL_RATIO:.0f} ×",
        f"  noch einmal     {found.again_seconds:>6.1f} s   nichts ändert sich",
        f"  zurücknehmen    {found.undo_seconds:>6.1f} s",
        f"  Speicher        {found.peak_mib:>6.0f} MiB Höchststand, Ziel unter {GOAL_MIB:.0f} MiB",
    ]


def missed(found: Imported) -> list[str]:
    """The goals it does not keep."""
    kept = found.seconds < GOAL_SECONDS and found.ratio <= GOAL_RATIO and found.peak_mib < GOAL_MIB
    return [] if kept else ["Das Einlesen der Geräteliste ist zu langsam oder braucht zu viel Speicher."]


def _measure(instance: Path) -> Imported:
    url = postgres.url(instance)
    schema.migrate(url)
    listed = instance / "geraete.csv"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        _build_schools(connection)
        _write_list(listed)
        environment = {**os.environ, "ITSM_INSTANCE": str(instance), "ITSM_DATABASE_URL": url}
        first, said, peak = _run(environment, "devices", str(listed))
        again, said_again, peak_again = _run(environment, "devices", str(listed))
        if (said["added"], said_again["unchanged"]) != (ROWS, ROWS):
            raise RuntimeError(f"the list was not taken over: {said} {said_again}")
        copied = _bare_copy(connection)
        undone, _, _ = _run(environment, "undo-devices")
    return Imported(ROWS, first, copied, again, undone, max(peak, peak_again) / 1024)


def _run(environment: dict[str, str], *arguments: str) -> tuple[float, dict[str, int], int]:
    """Run the command; return its seconds, what it says, and its peak memory in KiB."""
    started = time.perf_counter()
    command = [str(Path(sys.executable).with_name("itsm")), "import", *arguments, "--json"]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        answer.seek(0)
        text = answer.read()
    if status:
        raise RuntimeError(text.decode()[-2000:])
    return seconds, json.loads(text), usage.ru_maxrss


def _build_schools(connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO school (number, name, short_name, form_key, carrier, phone, email, homepage, operating_key, "
        "source, sharing, visit_note, version_id) SELECT (900000 + n)::text, 'Schule ' || n, 'Schule ' || n, '02', "
        "'10297', '', '', '', '1', '{}', 'all', '', 1 FROM generate_series(1, %s) n",
        [SCHOOLS],
    )
    connection.execute(
        "INSERT INTO site (name, street, postcode, town, access_note) "
        "SELECT '', 'Straße ' || number, '44137', 'Dortmund', '' FROM school"
    )
    connection.execute(
        "INSERT INTO school_site (school_id, site_id, is_main) "
        "SELECT c.id, s.id, true FROM school c JOIN site s ON s.street = 'Straße ' || c.number"
    )


def _write_list(path: Path) -> None:
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEAD)
        writer.writerows(_rows())


def _rows() -> Iterator[list[str]]:
    chance = random.Random(1)
    tablets = int(ROWS * MODELS[0][0]) // (SLOTS + 1)
    for count in range(ROWS):
        school = (count - count % (SLOTS + 1)) * SCHOOLS // ROWS
        _, kind, maker, model, price = chance.choices(MODELS, [row[0] for row in MODELS])[0]
        bought = date(2020, 8, 1) + timedelta(days=chance.randrange(2000))
        group = count % (SLOTS + 1)
        case, slot = (f"K-{count // (SLOTS + 1):05}", str(group)) if count // (SLOTS + 1) < tablets else ("", "")
        if case and not group:
            kind, maker, model, price, slot = "Ladekoffer", "Parat", "Parat Case U20", "1.499,00", ""
        yield [
            f"DMP{chance.randrange(36**4):07X}{count % 1000:03}"[:10] + f"{count:04X}"[-4:],
            case if case and not group else f"DO-{count:06}",
            kind,
            maker,
            model,
            str(900001 + school),
            f"{chance.randrange(4)}.{chance.randrange(ROOMS // 4):02}",
            case if slot else "",
            slot,
            chance.choice(("im Einsatz", "im Einsatz", "im Einsatz", "im Lager", "in Reparatur")),
            f"{bought:%d.%m.%Y}",
            price,
            f"B-{bought:%Y}-{chance.randrange(400):03}",
            chance.choice(("DigitalPakt", "Eigenmittel", "REACT-EU")),
            (bought + timedelta(days=chance.randrange(60))).isoformat(),
            f"{bought + timedelta(days=730):%d.%m.%y}",
        ]


def _bare_copy(connection: psycopg.Connection) -> float:
    """Copy what the import made into twins of both tables."""
    rows = {}
    for table in ("device", "device_change"):
        connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
            rows[table] = b"".join(copy)
    started = time.perf_counter()
    with connection.transaction():
        for table, text in rows.items():
            with connection.cursor().copy(f"COPY bare_{table} FROM STDIN") as copy:
                copy.write(text)
    return time.perf_counter() - started
