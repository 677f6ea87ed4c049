"""The whole service on one machine: the embedded database, web, worker and clock under one roof."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click
import sqlalchemy as sa

from itsm.config import Settings, read
from itsm.core import postgres
from itsm.core.errors import DomainError
from itsm.operations import schema

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 30
LOOK_EVERY_SECONDS = 0.2
# A process that ends at once is not started again at once, or it would keep the machine busy.
REST_SECONDS = 3


@dataclass
class Child:
    """A process of the service, and when it may be started again."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    rests_until: float = 0

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only us."""
        self.process = subprocess.Popen(self.arguments, cwd=ROOT, start_new_session=True)  # noqa: S603

    def look_after(self) -> None:
        """Start the process again if it has ended."""
        if self.process is not None and self.process.poll() is not None:
            click.echo(f"{self.name} ist beendet (Code {self.process.returncode}) und wird neu gestartet.", err=True)
            self.process, self.rests_until = None, time.monotonic() + REST_SECONDS
        if self.process is None and time.monotonic() >= self.rests_until:
            self.start()

    def stop(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the process; after that long, end it."""
        if self.process is not None:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass
class Household:
    """All processes of the service; they live until somebody asks them to stop."""

    children: list[Child]
    asked_to_stop: bool = field(default=False)

    def run(self) -> None:
        """Start all and look after them until the first signal; then stop all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.asked_to_stop:
                for child in self.children:
                    child.look_after()
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._stop()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _stop(self) -> None:
        for child in self.children:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.wait(max(0.1, deadline - time.monotonic()))


@click.command()
def command() -> None:
    """Alles auf diesem Rechner starten: Datenbank, Web, Worker und Taktgeber.

    Ist die Datenbank leer, wird die Demo-Stadt geladen. Strg-C beendet alles, was hier gestartet wurde.
    """
    settings = read()
    _refuse_taken_port(settings)
    started_database = not settings.database_url and not postgres.running(settings.instance)
    try:
        schema.migrate(schema.address(settings))
        if not settings.production:
            _load_demo(settings)
        _greet(settings)
        Household([Child(name, _arguments(verb)) for name, verb in _CHILDREN]).run()
    finally:
        if started_database:
            postgres.stop(settings.instance)
    click.echo("Alles beendet.")


@click.command()
def web() -> None:
    """Den Webserver starten. Adresse und Zahl der Prozesse: ITSM_HOST, ITSM_PORT, ITSM_WEB_WORKERS."""
    settings = read()
    _refuse_taken_port(settings)
    schema.ensure_newest(settings)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "wsgi:app"])  # noqa: S606


_CHILDREN = (("Der Webserver", "web"), ("Der Worker", "worker"), ("Der Taktgeber", "clock"))


def _arguments(verb: str) -> list[str]:
    if verb == "web":
        return [sys.executable, "-m", "gunicorn", "--log-level", "warning", "wsgi:app"]
    return [str(Path(sys.executable).with_name("itsm")), verb]


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        # As gunicorn does, or the port of a service that has just ended would seem taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise DomainError(
                f"Auf {settings.host}:{settings.port} läuft schon etwas. "
                f"Wählen Sie einen anderen Port, zum Beispiel: ITSM_PORT={settings.port + 1} make run"
            ) from error


def _load_demo(settings: Settings) -> None:
    with sa.create_engine(schema.address(settings), poolclass=sa.NullPool).connect() as connection:
        if connection.execute(sa.text('SELECT EXISTS (SELECT FROM "user")')).scalar_one():
            return
    click.echo("Die Demo-Stadt wird geladen …")
    subprocess.run(_arguments("demo"), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _greet(settings: Settings) -> None:
    from itsm.demo.people import SIGN_INS, sign_in_table

    click.echo(f"\nDer Dienst läuft unter {settings.base_url}\n")
    if not settings.production and SIGN_INS:
        click.echo(sign_in_table())
    click.echo("\nStrg-C beendet ihn.")
