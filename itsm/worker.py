"""The worker: the one place that knows Procrastinate."""

import asyncio
import contextlib
import logging
from datetime import date, timedelta

import click
from flask import Flask, current_app
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.types import JSONDict

from itsm.assets.importing import uploads
from itsm.assets.service import sync_runs
from itsm.claims.service import letter_rounds, lock_sending
from itsm.core import clock, mail, timed
from itsm.core.db import writing
from itsm.dispatch.service import deliveries, late, listeners, plans
from itsm.jobs import JOBS
from itsm.kb.service import editions, links

log = logging.getLogger(__name__)

TRIES = 5
CONCURRENCY = 4
# A worker that has not been heard of for so long is dead; its jobs are taken up by others.
SILENT_SECONDS = 30
LOOK_EVERY_SECONDS = 10
GRACE_SECONDS = 25


class Patience(BaseRetryStrategy):
    """Try again after 30 s, 1, 2, 4 … minutes, at most an hour apart; then leave it as failed."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """Return when to try again, or None to give up."""
        if job.attempts + 1 >= TRIES:
            return None
        return RetryDecision(retry_at=clock.now() + min(timedelta(seconds=30) * 2**job.attempts, timedelta(hours=1)))


def make_worker(app: Flask) -> App:
    """Return the queue with its tasks, over the database of the application."""
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg://", "postgresql://", 1)
    queue = App(connector=PsycopgConnector(conninfo=url, kwargs={"application_name": "itsm-worker"}))

    @queue.task(name="send-mail", retry=Patience())
    def send_mail(mail_id: int) -> None:
        with app.app_context():
            mail.deliver(mail_id, clock.now)

    @queue.task(name="plan-route", retry=Patience())
    def plan_route(user_id: int, day: str) -> None:
        with app.app_context(), writing():
            late.follow(user_id, date.fromisoformat(day), clock.now())

    @queue.task(name="find-visit", retry=Patience())
    def find_visit(ticket_id: int) -> None:
        with app.app_context(), writing():
            listeners.find_visit(ticket_id, clock.now())

    @queue.task(name="plan-delivery", retry=Patience())
    def plan_delivery(task_id: int, first_on: str, last_on: str) -> None:
        with app.app_context(), writing():
            deliveries.plan(task_id, date.fromisoformat(first_on), date.fromisoformat(last_on), clock.now())

    @queue.task(name="plan-week", retry=Patience())
    def plan_week(plan_id: int) -> None:
        with app.app_context():
            plans.run(plan_id, clock.now)

    @queue.task(name="take-device-list", retry=Patience())
    def take_device_list(upload_id: int) -> None:
        with app.app_context():
            uploads.run(upload_id, clock.now)

    @queue.task(name="sync-mdm", retry=Patience())
    def sync_mdm(run_id: int) -> None:
        with app.app_context():
            sync_runs.run(run_id, clock.now)

    @queue.task(name="mdm-order", retry=Patience())
    def mdm_order(order_id: int) -> None:
        with app.app_context():
            lock_sending.carry_out(order_id, clock.now)

    @queue.task(name="letter-round", retry=Patience())
    def letter_round(key: str) -> None:
        with app.app_context():
            letter_rounds.run(key, app.config["SETTINGS"].sender, clock.now)

    @queue.task(name="tell-edition", retry=Patience())
    def tell_edition(number: int) -> None:
        with app.app_context(), writing():
            editions.tell_schools(number, clock.now())

    @queue.task(name="check-links", retry=Patience())
    def check_links() -> None:
        with app.app_context():
            links.check(clock.now)

    @queue.task(name="run-job", retry=Patience())
    def run_job(run_id: int) -> JSONDict:
        with app.app_context():
            return {"rows": timed.carry_out(JOBS, run_id, clock.now())}

    return queue


async def work(queue: App, *, silent_seconds: float = SILENT_SECONDS, wait: bool = True) -> None:
    """Carry out jobs until asked to stop; running ones are finished first."""
    async with queue.open_async():
        rescue = asyncio.create_task(_rescue_for_ever(queue, silent_seconds))
        try:
            await queue.run_worker_async(
                concurrency=CONCURRENCY,
                wait=wait,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                stalled_worker_timeout=silent_seconds,
                update_heartbeat_interval=silent_seconds / 3,
            )
        finally:
            rescue.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescue


async def rescue(queue: App, silent_seconds: float) -> int:
    """Put the jobs of workers that died back into the queue; return how many."""
    stalled = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds))
    for job in stalled:
        await queue.job_manager.retry_job(job)
    return len(stalled)


async def _rescue_for_ever(queue: App, silent_seconds: float) -> None:
    while True:
        try:
            await rescue(queue, silent_seconds)
        except ConnectorException:
            log.warning("Die Datenbank antwortet nicht; liegen gebliebene Aufträge werden später gesucht.")
        await asyncio.sleep(min(LOOK_EVERY_SECONDS, silent_seconds / 3))


@click.command()
def command() -> None:
    """Den Worker starten: Er sendet Mail und führt Aufträge aus. Strg-C beendet ihn sanft."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s worker %(levelname)s %(message)s")
    # Tasks may run in threads, where the proxy stands for nothing.
    asyncio.run(work(make_worker(current_app._get_current_object())))  # type: ignore[attr-defined]
