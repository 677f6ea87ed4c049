"""Brings a list into temporary tables and lays it beside the device file, a few statements for any number of rows.

Source: docs/rules/device-import.md, DI-10.
"""

from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa

from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.normalise import STAGED, Normaliser
from itsm.assets.importing.values import NOTHING
from itsm.assets.states import State
from itsm.core.db import db

# The columns of a device a list can set, in the order of all statements here.
COLUMNS = (
    "tag",
    "serial",
    "model_id",
    "school_id",
    "site_id",
    "room_id",
    "case_id",
    "slot",
    "state",
    "purchased_on",
    "price_cents",
    "order_number",
    "funding",
    "in_service_on",
    "warranty_until",
    "mdm_id",
    "note",
)
Progress = Callable[[int], None]
# Reading takes about so much of the whole.
READ_PERCENT = 55
_TELL_EVERY = 2_000
_CHUNK_LINES = 500

_TABLES = """
DROP TABLE IF EXISTS pg_temp.incoming, pg_temp.incoming_model, pg_temp.incoming_room, pg_temp.wanted, pg_temp.changed,
    pg_temp.charging_case;
CREATE TEMP TABLE incoming (
    line integer, serial text COLLATE "C", serial_unscanned text COLLATE "C", tag text COLLATE "C", mdm_id text,
    model_ref integer, school_id integer, main_site_id integer, site_id integer, room_ref integer,
    case_tag text COLLATE "C", slot integer, state text, purchased_on date, price_cents integer, order_number text,
    funding text, in_service_on date, warranty_until date, note text, holder text, holder_email text
) ON COMMIT DROP;
CREATE TEMP TABLE incoming_model (
    ref integer, id integer, is_new boolean, kind text, maker text, name text, identifier text
) ON COMMIT DROP;
CREATE TEMP TABLE incoming_room (ref integer, id integer, is_new boolean, site_id integer, name text) ON COMMIT DROP
"""

# A row finds its device by the serial number, without the S of a scanner too; by the tag only if that device has
# no serial number or the row names none. What is empty says nothing: the device keeps what it has.
_WANTED = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT s.line, s.is_new, s.id, s.case_tag, s.typed_slot, s.holder, s.holder_email,
    s.tag, s.serial, s.model_id, s.school_id, s.site_id, s.room_id, s.case_id,
    coalesce(s.typed_slot, s.slot) AS slot, s.state, s.purchased_on, s.price_cents, s.order_number, s.funding,
    CASE WHEN s.in_service_on IS NULL AND NOT s.is_new AND s.state <> s.old_state AND s.state IN ('in_use', 'lent')
        THEN CAST(:today AS date) ELSE s.in_service_on END AS in_service_on,
    s.warranty_until, s.mdm_id, s.note
FROM (
    SELECT i.line, d.id IS NULL AS is_new, i.case_tag, i.slot AS typed_slot, i.holder, i.holder_email,
        CASE WHEN d.id IS NOT NULL THEN d.id WHEN :real THEN nextval('device_id_seq') ELSE -i.line END AS id,
        coalesce(i.tag, d.tag, i.serial) AS tag,
        coalesce(d.serial, i.serial) AS serial,
        coalesce(m.id, d.model_id, :default_model) AS model_id,
        coalesce(i.school_id, d.school_id, x.school_id) AS school_id,
        coalesce(i.site_id, CASE WHEN stays THEN d.site_id END, i.main_site_id, x.site_id) AS site_id,
        coalesce(r.id, CASE WHEN stays AND (i.site_id IS NULL OR i.site_id = d.site_id) THEN d.room_id END) AS room_id,
        CASE WHEN stays THEN d.case_id END AS case_id,
        CASE WHEN stays THEN d.slot END AS slot,
        d.state AS old_state,
        CASE WHEN i.holder IS NOT NULL THEN 'lent' ELSE coalesce(i.state, d.state, :default_state,
            CASE WHEN coalesce(i.school_id, x.school_id) IS NULL THEN 'in_stock' ELSE 'in_use' END) END AS state,
        coalesce(i.purchased_on, d.purchased_on) AS purchased_on,
        coalesce(i.price_cents, d.price_cents) AS price_cents,
        coalesce(i.order_number, d.order_number, '') AS order_number,
        coalesce(i.funding, d.funding, :default_funding) AS funding,
        coalesce(i.in_service_on, d.in_service_on) AS in_service_on,
        coalesce(i.warranty_until, d.warranty_until) AS warranty_until,
        coalesce(i.mdm_id, d.mdm_id) AS mdm_id,
        coalesce(i.note, d.note, '') AS note
    FROM incoming i
    LEFT JOIN device whole ON whole.serial = i.serial
    LEFT JOIN device rest ON rest.serial = i.serial_unscanned AND whole.id IS NULL
    LEFT JOIN device tagged ON tagged.tag = i.tag AND (i.serial IS NULL OR tagged.serial IS NULL)
    LEFT JOIN device d ON d.id = coalesce(whole.id, rest.id, tagged.id)
    LEFT JOIN incoming_model m ON m.ref = i.model_ref
    LEFT JOIN incoming_room r ON r.ref = i.room_ref
    LEFT JOIN (SELECT CAST(:default_school AS integer) AS school_id, CAST(:default_site AS integer) AS site_id) x
        ON d.id IS NULL AND i.school_id IS NULL
    CROSS JOIN LATERAL (
        SELECT d.id IS NOT NULL AND (i.school_id IS NULL OR i.school_id IS NOT DISTINCT FROM d.school_id) AS stays
    ) place
) s
"""

# A case may be new too, so this comes when all have their ids; then it stands or falls with its line.
_CASES = """
CREATE TEMP TABLE charging_case ON COMMIT DROP AS
SELECT c.id, c.tag, c.line FROM (
    SELECT id, tag, model_id, CASE WHEN is_new THEN line END AS line FROM wanted
    UNION ALL SELECT id, tag, model_id, NULL FROM device d WHERE NOT EXISTS (SELECT FROM wanted n WHERE n.id = d.id)
) c
WHERE c.model_id IN (
    SELECT id FROM device_model WHERE kind = 'charging_case'
    UNION SELECT id FROM incoming_model WHERE kind = 'charging_case'
);
ANALYZE charging_case;
UPDATE wanted w SET case_id = c.id, slot = coalesce(w.typed_slot, CASE WHEN w.case_id = c.id THEN w.slot END)
FROM charging_case c WHERE c.tag = w.case_tag
"""


def stage(rows: Normaliser, mapping: Mapping, today: str, progress: Progress, *, real: bool) -> None:
    """Fill the temporary tables `incoming` and `wanted`; unless it is for real, what is new has negative ids."""
    _run_all(_TABLES)
    _copy("incoming", STAGED, _telling(rows, progress))
    default_ref = rows.models.default()
    models = [(ref, *model) for ref, model in enumerate(rows.models.meant)]
    _number("incoming_model", ("kind", "maker", "name", "identifier"), models, "device_model_id_seq", real=real)
    rooms = [(ref, *room) for ref, room in enumerate(rows.places.rooms)]
    _number("incoming_room", ("site_id", "name"), rooms, "room_id_seq", real=real)
    for table in ("incoming", "incoming_model", "incoming_room"):
        db.session.execute(sa.text(f"ANALYZE {table}"))
    db.session.execute(sa.text(_WANTED), _defaults(rows, mapping, default_ref) | {"today": today, "real": real})
    if "case" in rows.fields:
        _run_all(_CASES)
    _run_all("CREATE INDEX ON wanted (id); ANALYZE wanted")


def _run_all(statements: str) -> None:
    for statement in statements.split(";"):
        db.session.execute(sa.text(statement))


def _telling(rows: Normaliser, progress: Progress) -> Iterable[str]:
    """The lines in larger pieces; says now and then how far it is."""
    piece: list[str] = []
    for count, line in enumerate(rows.lines(), start=1):
        piece.append(line)
        if count % _CHUNK_LINES == 0:
            yield "".join(piece)
            piece.clear()
            if count % _TELL_EVERY == 0:
                progress(round(rows.table.share() * READ_PERCENT))
    yield "".join(piece)


def _copy(table: str, columns: tuple[str, ...], pieces: Iterable[str]) -> None:
    driver = db.session.connection().connection.driver_connection
    assert driver is not None  # noqa: S101
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for piece in pieces:
            copy.write(piece)


def _number(
    table: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]], sequence: str, *, real: bool
) -> None:
    """Fill a table of things that are known by their id or get one."""
    if not rows:
        return
    new_id = f"nextval('{sequence}')" if real else "-1 - CAST(:ref AS integer)"
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    db.session.execute(
        sa.text(
            f"INSERT INTO {table} (ref, id, is_new, {names}) VALUES (:ref, "  # noqa: S608
            f"coalesce(CAST(:id AS integer), {new_id}), CAST(:id AS integer) IS NULL, {values})"
        ),
        [dict(zip(("ref", "id", *columns), row, strict=True)) for row in rows],
    )


def _defaults(rows: Normaliser, mapping: Mapping, default_ref: str) -> dict[str, object]:
    """What a new device gets where its row says nothing."""
    school = rows.places[mapping.defaults.get("school", ""), "", ""]
    found = db.session.execute(sa.text("SELECT ref, id FROM incoming_model")).all()
    state = mapping.defaults.get("state")
    return {
        "default_model": {str(ref): model_id for ref, model_id in found}.get(default_ref),
        "default_school": None if school.school == NOTHING else int(school.school),
        "default_site": None if school.main_site == NOTHING else int(school.main_site),
        "default_state": State(state).value if state else None,
        "default_funding": mapping.defaults.get("funding", ""),
    }
