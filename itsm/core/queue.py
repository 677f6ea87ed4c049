"""Put work into the queue in the caller's own transaction: change and job commit together."""

import json
from datetime import datetime

import sqlalchemy as sa

from itsm.core.db import db

_DEFER = sa.text(
    "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, 0, :lock, :queueing_lock, CAST(:args AS jsonb), :scheduled_at"
    ")::procrastinate_job_to_defer_v1])) WHERE NOT EXISTS ("
    "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = CAST(:queueing_lock AS text) AND status = 'todo')"
)


def enqueue(
    task: str,
    *,
    args: dict[str, object] | None = None,
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    scheduled_at: datetime | None = None,
) -> int | None:
    """Enqueue a task; return its number, or None if one with this queueing lock already waits.

    Units: `scheduled_at` is an aware moment; None means at once.
    """
    number: int | None = db.session.execute(
        _DEFER,
        {
            "queue": queue,
            "task": task,
            "lock": lock,
            "queueing_lock": queueing_lock,
            "args": json.dumps(args or {}),
            "scheduled_at": scheduled_at,
        },
    ).scalar_one_or_none()
    return number


def create_tables(connection: sa.Connection) -> None:
    """Create the tables of the queue as the installed library wants them; for databases of tests."""
    # Only the worker needs the library else: the web and the clock start quicker without it.
    from procrastinate.schema import SchemaManager

    # Through the bare cursor: the script holds several statements and per cent signs.
    connection.connection.cursor().execute(SchemaManager.get_schema())
