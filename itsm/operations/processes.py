"""Which processes of the service are alive, as the database sees them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from itsm.core.db import db

# The key of the advisory lock the leading clock holds.
CLOCK_LOCK = 4_178_213_002

_WORKERS = sa.text("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id")
_CLOCKS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND (classid::bigint << 32) + objid::bigint = :key "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_QUEUE = sa.text("SELECT status::text, count(*) AS waiting FROM procrastinate_jobs GROUP BY status")


@dataclass(frozen=True)
class Alive:
    """What runs now: workers with the last moment they were heard of, and whether a clock leads."""

    workers: list[tuple[int, datetime]]
    clock: bool
    queue: dict[str, int]


def alive() -> Alive:
    """Return which processes run and what waits in the queue."""
    return Alive(
        workers=[(row.id, row.last_heartbeat) for row in db.session.execute(_WORKERS)],
        clock=bool(db.session.scalar(_CLOCKS, {"key": CLOCK_LOCK})),
        queue={row.status: row.waiting for row in db.session.execute(_QUEUE)},
    )
