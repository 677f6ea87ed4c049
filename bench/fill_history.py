"""Give the devices of the demo city the history of some years, in a few statements."""

import sqlalchemy as sa

CHANGES = 1_000_000

_CHANGES = """
INSERT INTO device_change (device_id, at, what, before, after, text)
SELECT d.id, d.state_at - make_interval(days => :each - k), 'edit',
    jsonb_build_object('room_id', d.room_id), jsonb_build_object('note', 'Stand ' || k), ''
FROM device d CROSS JOIN generate_series(1, :each) AS k
ORDER BY k, d.id
"""

_COSTS = """
INSERT INTO device_cost (device_id, kind, spent_on, cents, text)
SELECT id, 'repair', CAST(:at AS date) - 30, 8900, 'Displayglas' FROM device WHERE id % 20 = 0
"""


def fill(connection: sa.Connection, at: str, changes: int = CHANGES) -> None:
    """Insert history and costs, and let the planner count anew.

    `at` is the ISO moment the costs are counted back from. Does not commit.
    """
    devices = connection.scalar(sa.text("SELECT count(*) FROM device")) or 1
    connection.execute(sa.text(_CHANGES), {"each": -(-changes // devices)})
    connection.execute(sa.text(_COSTS), {"at": at})
    for table in ("device", "device_model", "room", "loan", "device_change", "device_cost"):
        connection.execute(sa.text(f"ANALYZE {table}"))
