"""Fill a database that has schools and people with very many tickets and entries, in a few statements."""

import sqlalchemy as sa

TICKETS = 100_000
ENTRIES = 200_000

# One in fifty tickets is open, as after some years of service; the rest is closed.
_TICKETS = """
WITH school_list AS (
    SELECT s.id AS school_id, s.district_id, p.site_id, row_number() OVER (ORDER BY s.id) - 1 AS place
    FROM school s JOIN school_site p ON p.school_id = s.id AND p.is_main
    WHERE s.closed_at IS NULL
), person AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM "user"
), fault AS (
    SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place FROM fault_type
), totals AS (
    SELECT (SELECT count(*) FROM school_list) AS schools, (SELECT count(*) FROM person) AS people,
           (SELECT count(*) FROM fault) AS faults
), desk AS (
    SELECT min(id) AS id FROM support_group WHERE is_ours
), planned AS (
    SELECT n, CASE WHEN n % 50 <> 0 THEN 'closed' ELSE (ARRAY['new', 'accepted', 'planned', 'waiting_school',
        'second_level', 'solved'])[1 + (n / 50) % 6] END AS state,
        CAST(:at AS timestamptz) - make_interval(mins => (:tickets - n) * 15) AS made_at
    FROM generate_series(1, :tickets) AS n
)
INSERT INTO ticket (school_id, district_id, site_id, place, fault_type_id, title, description, reporter_id,
    impact, urgency, is_exam, priority, state, state_at, created_at, solved_at, closed_at, solved_at_school,
    solution, target, group_id, assignee_id, idempotency_key, idempotency_digest, version_id)
SELECT s.school_id, s.district_id, s.site_id, (n % 3) || '.' || lpad((n % 24)::text, 2, '0'), f.id,
    f.name || ': ' || (ARRAY['bleibt dunkel', 'kein Ton', 'startet nicht', 'hängt sich auf', 'Kabel defekt',
        'meldet einen Fehler', 'sehr langsam'])[1 + n % 7],
    'Seit der ' || (1 + n % 6) || '. Stunde, Gerät ' || (n % 4000) || ', bitte ansehen.', r.id,
    1 + n % 3, 1 + (n / 3) % 3, false, n % 3 + (n / 3) % 3 + 1, p.state, p.made_at, p.made_at,
    CASE WHEN p.state IN ('closed', 'solved') THEN p.made_at END, CASE WHEN p.state = 'closed' THEN p.made_at END,
    n % 9 = 0, CASE WHEN p.state IN ('closed', 'solved') THEN 'Neu gestartet und geprüft.' ELSE '' END,
    CASE WHEN p.state = 'second_level' THEN 'second_level' ELSE 'on_site' END,
    CASE WHEN p.state = 'second_level' THEN d.id END, CASE WHEN n % 4 <> 0 THEN a.id END, 'fill-' || n, 'fill', 1
FROM planned p CROSS JOIN totals t CROSS JOIN desk d
JOIN school_list s ON s.place = n % t.schools
JOIN fault f ON f.place = n % t.faults
JOIN person r ON r.place = n % t.people
JOIN person a ON a.place = (n * 7) % t.people
ORDER BY n
"""

_ENTRIES = """
INSERT INTO ticket_entry (ticket_id, at, author_id, is_public, move, to_state, text)
SELECT t.id, t.created_at, t.reporter_id, k <= 1 OR t.id % 3 <> 0, CASE k WHEN 1 THEN 'report' END,
    CASE k WHEN 1 THEN 'new' END, CASE k WHEN 1 THEN '' ELSE 'Vor Ort angesehen und vermerkt.' END
FROM ticket t CROSS JOIN generate_series(1, :each) AS k
WHERE t.idempotency_key LIKE 'fill-%'
ORDER BY t.id, k
"""

_DEVICES = """
INSERT INTO ticket_device (ticket_id, tag) SELECT id, 'DO-' || (id % 4000) FROM ticket
WHERE idempotency_key LIKE 'fill-%' AND id % 2 = 0
"""


def fill(connection: sa.Connection, at: str, tickets: int = TICKETS, entries: int = ENTRIES) -> None:
    """Insert the tickets with their entries and devices, and let the planner count anew.

    `at` is the ISO moment of the newest ticket. Does not commit.
    """
    connection.execute(sa.text(_TICKETS), {"tickets": tickets, "at": at})
    connection.execute(sa.text(_ENTRIES), {"each": entries // tickets})
    connection.execute(sa.text(_DEVICES))
    for table in ("ticket", "ticket_entry", "ticket_device"):
        connection.execute(sa.text(f"ANALYZE {table}"))
