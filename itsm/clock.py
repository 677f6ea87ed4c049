"""The clock: says when a job is due and enqueues it. Any number may run; one of them leads."""

import logging
import signal
from types import FrameType

import click
import psycopg
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app

from itsm.core import clock, timed
from itsm.core.db import writing
from itsm.jobs import JOBS
from itsm.operations import processes

LOOK_EVERY_SECONDS = 5
log = logging.getLogger(__name__)


class Leadership:
    """An advisory lock on a connection of its own: whoever holds it leads, and loses it with the connection."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self.connection: psycopg.Connection | None = None

    def is_ours(self) -> bool:
        """Say whether this process leads; tries to take the lead if nobody has it."""
        try:
            return self._try()
        except psycopg.OperationalError:
            self.give_up()
            return False

    def give_up(self) -> None:
        """Leave the lead to another clock."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _try(self) -> bool:
        if self.connection is not None:
            # Fails when the connection, and with it the lock, is gone.
            self.connection.execute("SELECT 1")
            return True
        connection = psycopg.connect(self.url, autocommit=True, application_name="itsm-clock")
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [processes.CLOCK_LOCK]).fetchone()
        if not row or not row[0]:
            connection.close()
            return False
        self.connection = connection
        return True


def tick(app: Flask, leadership: Leadership) -> list[str]:
    """Enqueue what is due if this process leads; return the names."""
    if not leadership.is_ours():
        return []
    with app.app_context(), writing():
        return timed.enqueue_due(JOBS, clock.now())


def run(app: Flask) -> None:
    """Look every few seconds for what is due, until asked to stop."""
    leadership = Leadership(app.config["SQLALCHEMY_DATABASE_URI"])
    scheduler = BlockingScheduler(timezone=clock.BERLIN)
    scheduler.add_job(
        tick,
        IntervalTrigger(seconds=LOOK_EVERY_SECONDS, timezone=clock.BERLIN),
        args=[app, leadership],
        next_run_time=clock.now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )

    def stop(number: int, frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        scheduler.start()
    finally:
        leadership.give_up()


@click.command()
def command() -> None:
    """Den Taktgeber starten. Mehrere dürfen laufen: Jeder fällige Moment zählt einmal."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s clock %(levelname)s %(message)s")
    # The scheduler works in a thread, where the proxy stands for nothing.
    run(current_app._get_current_object())  # type: ignore[attr-defined]
