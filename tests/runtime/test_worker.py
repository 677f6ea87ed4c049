"""The worker carries out what was enqueued, also what a dead worker left behind."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask

from itsm.core import outbox, timed
from itsm.core.db import db, writing
from itsm.core.jobs import JobRun
from itsm.core.outbox import Mail
from itsm.core.queue import enqueue
from itsm.jobs import JOBS
from itsm.worker import Patience, make_worker, rescue, work

PAST = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def run(work_to_do):
    """Run a coroutine in a thread of its own: the browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work_to_do).result()


def put_mail() -> int:
    with writing():
        item = {"name": "Anna", "nonce": "x"}
        return outbox.put("account-reset", to="anna@example.org", subject="Kennwort", item=item, burst_key="a", at=PAST)


def statuses() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT status::text FROM procrastinate_jobs ORDER BY id")))


def test_mail_and_timed_jobs_are_carried_out_and_leave_the_queue(own_app: Flask) -> None:
    mail_id = put_mail()
    with writing():
        timed.run_now(JOBS[0], PAST, "Test")
    run(work(make_worker(own_app), wait=False))
    assert statuses() == []
    assert db.session.get(Mail, mail_id).sent_at is not None
    assert db.session.scalars(sa.select(JobRun)).one().finished_at is not None


def test_what_is_not_committed_is_not_carried_out(own_app: Flask) -> None:
    outbox.put("account-reset", to="a@example.org", subject="x", item={}, burst_key="a", at=PAST)
    db.session.rollback()
    run(work(make_worker(own_app), wait=False))
    assert db.session.scalars(sa.select(Mail)).all() == []


def test_an_error_keeps_the_job_for_later(own_app: Flask) -> None:
    with writing():
        db.session.add(JobRun(name="unknown", due_at=PAST))
        db.session.flush()
        timed._enqueue("unknown", db.session.scalars(sa.select(JobRun.id)).one())
    run(work(make_worker(own_app), wait=False))
    assert statuses() == ["todo"]


def test_the_job_of_a_dead_worker_is_taken_up_by_another(own_app: Flask) -> None:
    mail_id = put_mail()

    async def die() -> None:
        queue = make_worker(own_app)
        async with queue.open_async():
            dead = await queue.job_manager.register_worker()
            assert await queue.job_manager.fetch_job(queues=None, worker_id=dead) is not None

    async def take_up() -> int:
        queue = make_worker(own_app)
        async with queue.open_async():
            return await rescue(queue, silent_seconds=0)

    run(die())
    assert statuses() == ["doing"]
    assert run(take_up()) == 1
    run(work(make_worker(own_app), wait=False))
    assert statuses() == []
    assert db.session.get(Mail, mail_id).sent_at is not None


def test_patience_grows_and_ends() -> None:
    class Tried:
        attempts = 0

    waits = []
    for Tried.attempts in range(6):
        decision = Patience().get_retry_decision(exception=ValueError(), job=Tried())
        waits.append(decision is not None)
    assert waits == [True, True, True, True, False, False]


def test_a_route_that_was_asked_for_twice_is_planned_once(own_app: Flask) -> None:
    with writing():
        asked = [
            enqueue("plan-route", args={"user_id": 1, "day": "2026-11-17"}, queue="plan", queueing_lock="route-1")
            for _ in range(2)
        ]
    assert asked[0] is not None and asked[1] is None
    run(work(make_worker(own_app), wait=False))
    assert statuses() == []
