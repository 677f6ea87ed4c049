"""A worker that is killed while it plans a week: the visits stay as they are, and the plan is made once, by another."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db, writing
from itsm.core.figures import FigureValue
from itsm.dispatch.models import Visit, WeekPlan
from itsm.dispatch.service import plans
from itsm.dispatch.states import PlanState
from itsm.org import calendar
from itsm.worker import make_worker, rescue, work
from tests.dispatch.factories import Place, make_place, make_visit
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

PATIENCE_SECONDS = 90


@contextmanager
def worker(app: Flask, instance: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process on the database of the application."""
    settings = {
        "ITSM_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "ITSM_INSTANCE": str(instance),
        "ITSM_SECRET_KEY": "x" * 40,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from itsm.cli import main; main()", "worker"], env=os.environ | settings
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def states() -> list[PlanState]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(WeekPlan.state)))


def wait_for(state: PlanState) -> None:
    for _ in range(PATIENCE_SECONDS * 20):
        if states() == [state]:
            return
        time.sleep(0.05)
    raise TimeoutError(state)


def carry_on(app: Flask) -> None:
    """What the next worker does: take up what a dead one left behind, then work."""

    async def take_up() -> int:
        queue = make_worker(app)
        async with queue.open_async():
            return await rescue(queue, silent_seconds=0)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, take_up()).result() == 1
        pool.submit(asyncio.run, work(make_worker(app), wait=False)).result()


def test_a_killed_worker_leaves_the_plan_in_force_and_another_one_plans_once(own_app: Flask, tmp_path: Path) -> None:
    place, monday = make_place(), calendar.next_school_day(clock.local_day(clock.now()) + timedelta(days=6))
    for number in range(6):
        school = make_school(place.district, site=make_site(latitude=51.5 + number / 200))
        make_visit(Place(place.district, school, place.manager), make_ticket(school), on=monday)
        make_ticket(school)
    before = [(visit.id, visit.version_id, visit.starts_at) for visit in db.session.scalars(sa.select(Visit))]
    with writing():
        db.session.add(FigureValue(key="plan.seconds", valid_from=monday - timedelta(days=30), value=2))
        plan_id = plans.ask(SYSTEM, [place.district.id], monday, clock.now()).id
    with worker(own_app, tmp_path) as process:
        wait_for(PlanState.RUNNING)
        process.kill()
        process.wait()
    assert states() == [PlanState.RUNNING]
    after = [(visit.id, visit.version_id, visit.starts_at) for visit in db.session.scalars(sa.select(Visit))]
    assert after == before

    carry_on(own_app)
    assert states() == [PlanState.READY]
    plan = db.session.get_one(WeekPlan, plan_id)
    new = [ticket_id for step in plan.steps if step.kind == "new" for ticket_id in step.ticket_ids]
    assert len(new) == len(set(new)) == 6
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'plan-week'")) == 0
