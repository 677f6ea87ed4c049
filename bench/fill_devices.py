"""Fill a database that has schools and people with the devices of the whole city and their history, in a few statements."""

import sqlalchemy as sa

DEVICES = 106_000
CHANGES = 1_000_000

_MODELS = """
INSERT INTO device_model (kind, maker, name, identifier, price_cents, slots)
SELECT k.kind, k.maker, k.name || ' ' || n, '', k.cents, CASE WHEN k.kind = 'charging_case' THEN 20 END
FROM (VALUES ('ipad', 'Apple', 'iPad Messung', 37900), ('laptop', 'Acer', 'TravelMate Messung', 64900),
             ('display', 'Prowise', 'Touchscreen Messung', 289900), ('charging_case', 'parat', 'PARAPROJECT Messung', 89900)
     ) AS k (kind, maker, name, cents)
CROSS JOIN generate_series(1, 5) AS n
"""

_ROOMS = """
INSERT INTO room (site_id, name, note)
SELECT DISTINCT p.site_id, 'M' || n || '.' || lpad(d::text, 2, '0'), ''
FROM school_site p CROSS JOIN generate_series(1, 3) AS n CROSS JOIN generate_series(1, 8) AS d
WHERE p.is_main ON CONFLICT DO NOTHING
"""

# Of a hundred devices 79 are iPads, 15 laptops, five displays, one a charging case; one in thirty lies in stock or is gone.
_DEVICES = """
WITH school_list AS (
    SELECT s.id AS school_id, p.site_id, row_number() OVER (ORDER BY s.id) - 1 AS place
    FROM school s JOIN school_site p ON p.school_id = s.id AND p.is_main WHERE s.closed_at IS NULL
), room_list AS (
    SELECT id, site_id, row_number() OVER (PARTITION BY site_id ORDER BY id) - 1 AS place,
        count(*) OVER (PARTITION BY site_id) AS rooms FROM room WHERE name LIKE 'M%'
), model_list AS (
    SELECT id, kind, row_number() OVER (PARTITION BY kind ORDER BY id) - 1 AS place FROM device_model
    WHERE name LIKE '% Messung %'
)
INSERT INTO device (tag, serial, model_id, school_id, site_id, room_id, state, state_at, purchased_on, price_cents,
    order_number, funding, in_service_on, warranty_until, note, version_id)
SELECT 'M-' || lpad(n::text, 6, '0'), 'MESS' || lpad(n::text, 8, '0'), m.id, s.school_id, s.site_id, r.id,
    CASE WHEN n % 30 <> 0 THEN CASE WHEN n % 3 = 0 THEN 'lent' ELSE 'in_use' END
         ELSE (ARRAY['in_stock', 'in_repair', 'damaged', 'stolen', 'retired'])[1 + n / 30 % 5] END,
    CAST(:at AS timestamptz) - make_interval(hours => n % 9000), CAST(:at AS date) - n % 2500, m.kind_cents,
    'B-' || n % 400, (ARRAY['DigitalPakt', 'Gute Schule 2020', 'REACT-EU', ''])[1 + n % 4],
    CAST(:at AS date) - n % 2500 + 14, CAST(:at AS date) - n % 2500 + 1095, '', 1
FROM generate_series(1, :devices) AS n
CROSS JOIN (SELECT count(*) AS schools FROM school_list) AS t
JOIN school_list s ON s.place = n % t.schools
JOIN LATERAL (SELECT CASE WHEN n % 100 < 79 THEN 'ipad' WHEN n % 100 < 94 THEN 'laptop' WHEN n % 100 < 99 THEN 'display'
    ELSE 'charging_case' END AS kind) AS k ON true
JOIN (SELECT l.id, l.kind, l.place, d.price_cents AS kind_cents FROM model_list l JOIN device_model d ON d.id = l.id) AS m
    ON m.kind = k.kind AND m.place = n / 100 % 5
LEFT JOIN room_list r ON r.site_id = s.site_id AND r.place = n / 7 % r.rooms
ORDER BY n
"""

_LOANS = """
INSERT INTO loan (device_id, school_id, holder_kind, holder_name, holder_group, holder_email, accessories, handed_out_at,
    signature, condition_note, version_id)
SELECT id, school_id, 'pupil', 'Kind ' || id, (5 + id % 6) || 'abc', '', '', state_at, '', '', 1
FROM device WHERE state = 'lent' AND tag LIKE 'M-%'
"""

_CHANGES = """
INSERT INTO device_change (device_id, at, what, before, after, text)
SELECT d.id, d.state_at - make_interval(days => :each - k), CASE WHEN k = 1 THEN 'add' ELSE 'edit' END,
    jsonb_build_object('room_id', d.room_id), jsonb_build_object('note', 'Stand ' || k), ''
FROM device d CROSS JOIN generate_series(1, :each) AS k WHERE d.tag LIKE 'M-%'
ORDER BY k, d.id
"""

_COSTS = """
INSERT INTO device_cost (device_id, kind, spent_on, cents, text)
SELECT id, 'repair', CAST(:at AS date) - 30, 8900, 'Displayglas' FROM device WHERE id % 20 = 0 AND tag LIKE 'M-%'
"""


def fill(connection: sa.Connection, at: str, devices: int = DEVICES, changes: int = CHANGES) -> None:
    """Insert models, rooms, devices, holders, costs and history, and let the planner count anew.

    `at` is the ISO moment of the newest change. Does not commit.
    """
    connection.execute(sa.text(_MODELS))
    connection.execute(sa.text(_ROOMS))
    connection.execute(sa.text(_DEVICES), {"devices": devices, "at": at})
    connection.execute(sa.text(_LOANS))
    connection.execute(sa.text(_CHANGES), {"each": -(-changes // devices)})
    connection.execute(sa.text(_COSTS), {"at": at})
    for table in ("device_model", "room", "device", "loan", "device_change", "device_cost"):
        connection.execute(sa.text(f"ANALYZE {table}"))
