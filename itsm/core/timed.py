"""Timed jobs: making each due moment work exactly once, and running it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from itsm.core import due
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, NotFound
from itsm.core.jobs import Job, JobRun
from itsm.core.queue import enqueue

KEEP_RUNS = timedelta(days=90)


@dataclass(frozen=True)
class Overview:
    """A job with its last run and when it is due again."""

    job: Job
    last: JobRun | None
    next_at: datetime | None


def enqueue_due(jobs: Sequence[Job], at: datetime) -> list[str]:
    """Enqueue each job whose latest due moment has not been; return their names.

    However long the clock stood still, a job is caught up once. A job seen for the first
    time starts with its next due moment: a new installation owes nothing from before.
    """
    known = set(db.session.scalars(sa.select(JobRun.name).distinct()))
    enqueued = []
    for job in jobs:
        due_at = due.latest(job, at)
        if due_at is None:
            continue
        is_new = job.name not in known
        run_id = _record(job.name, due_at, finished_at=at if is_new else None)
        if run_id is not None and not is_new:
            _enqueue(job.name, run_id)
            enqueued.append(job.name)
    return enqueued


def begin(job: Job, at: datetime, started_by: str) -> int:
    """Note a run out of turn and return its number.

    Raises: Conflict if the job was started in this very second already.
    """
    run_id = _record(job.name, at, started_by=started_by)
    if run_id is None:
        raise Conflict("Dieser Zeitauftrag wurde gerade eben gestartet. Bitte warten Sie auf sein Ende.")
    return run_id


def run_now(job: Job, at: datetime, started_by: str) -> None:
    """Enqueue a job out of turn."""
    _enqueue(job.name, begin(job, at, started_by))


def carry_out(jobs: Sequence[Job], run_id: int, at: datetime) -> int:
    """Run what was enqueued and return how many rows it changed; a second call does nothing.

    The job and the note that it ran commit together. An error is noted and raised.
    """
    run = db.session.get(JobRun, run_id)
    if run is None or run.finished_at is not None:
        return 0
    job = find(jobs, run.name)
    with writing():
        run.started_at = at
    try:
        with writing():
            rows = job.run(at)
            run.rows, run.finished_at, run.error = rows, at, ""
    except Exception as error:
        with writing():
            run.error = f"{type(error).__name__}: {error}"[:500]
        raise
    return rows


def find(jobs: Sequence[Job], name: str) -> Job:
    """Return the job of this name.

    Raises: NotFound with the names there are.
    """
    for job in jobs:
        if job.name == name:
            return job
    names = ", ".join(job.name for job in jobs) or "keine"
    raise NotFound(f"Den Zeitauftrag „{name}“ gibt es nicht. Es gibt: {names}.")


def overview(jobs: Sequence[Job], at: datetime) -> list[Overview]:
    """Return every job with its last run and its next due moment."""
    runs = db.session.scalars(
        sa.select(JobRun).ext(distinct_on(JobRun.name)).order_by(JobRun.name, JobRun.due_at.desc(), JobRun.id.desc())
    )
    last = {run.name: run for run in runs}
    return [Overview(job, last.get(job.name), due.following(job, at)) for job in jobs]


def purge(at: datetime) -> int:
    """Delete runs nobody asks about any more; return how many."""
    old = sa.delete(JobRun).where(JobRun.due_at < at - KEEP_RUNS, JobRun.finished_at.is_not(None))
    return len(db.session.scalars(old.returning(JobRun.id)).all())


def _record(name: str, due_at: datetime, *, finished_at: datetime | None = None, started_by: str = "") -> int | None:
    row = insert(JobRun).values(name=name, due_at=due_at, finished_at=finished_at, error="", started_by=started_by)
    return db.session.scalar(row.on_conflict_do_nothing().returning(JobRun.id))


def _enqueue(name: str, run_id: int) -> None:
    enqueue("run-job", args={"run_id": run_id}, queue="jobs", lock=f"job-{name}")
