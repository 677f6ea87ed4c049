"""Writes what a list changes, each change with its history; a few statements for any number of rows.

Source: docs/rules/device-import.md, DI-12.
"""

from datetime import datetime

import sqlalchemy as sa

from itsm.assets.events import DeviceMoved
from itsm.assets.importing.checks import MOVE_NAMES
from itsm.assets.importing.staging import COLUMNS, Progress
from itsm.assets.states import State
from itsm.core.db import db
from itsm.core.events import publish


def _columns(before: str = "") -> str:
    return ", ".join(f"{before}{name}" for name in COLUMNS)


def _object(table: str) -> str:
    pairs = ", ".join(f"'{name}', {table}.{name}" for name in COLUMNS)
    return f"jsonb_build_object({pairs})"


_CHANGED = f"""
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT w.id, d.state AS old_state, w.state AS new_state, diff.before, diff.after
FROM wanted w JOIN device d ON d.id = w.id
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(o.key, o.value) AS before, jsonb_object_agg(n.key, n.value) AS after
    FROM jsonb_each({_object("d")}) o JOIN jsonb_each({_object("w")}) n ON n.key = o.key
    WHERE n.value <> o.value
) diff
WHERE NOT w.is_new AND ({_columns("w.")}) IS DISTINCT FROM ({_columns("d.")})
"""  # noqa: S608
_MODELS = """
INSERT INTO device_model (id, kind, maker, name, identifier)
SELECT id, kind, maker, name, identifier FROM incoming_model m
WHERE is_new AND EXISTS (SELECT FROM wanted w WHERE w.model_id = m.id)
"""
_ROOMS = """
INSERT INTO room (id, site_id, name, note)
SELECT id, site_id, name, '' FROM incoming_room r
WHERE is_new AND EXISTS (SELECT FROM wanted w WHERE w.room_id = r.id)
"""
_ADD = f"""
INSERT INTO device (id, state_at, version_id, {_columns()})
SELECT id, :at, 1, {_columns()} FROM wanted WHERE is_new ORDER BY line
"""  # noqa: S608
_ADD_HISTORY = """
INSERT INTO device_change (device_id, at, author_id, import_id, what, before, after, text)
SELECT id, :at, :author, :import, 'add', '{}', jsonb_build_object('state', state), ''
FROM wanted WHERE is_new ORDER BY line
"""
# Devices may swap their places in a case: all of them leave theirs first.
_LEAVE_SLOTS = """
UPDATE device SET slot = NULL FROM changed c WHERE device.id = c.id AND device.slot IS NOT NULL AND c.after ? 'slot'
"""
_CHANGE = f"""
UPDATE device d SET ({_columns()}) = ROW({_columns("w.")}), version_id = d.version_id + 1,
    state_at = CASE WHEN c.old_state <> c.new_state THEN :at ELSE d.state_at END
FROM changed c JOIN wanted w ON w.id = c.id WHERE d.id = c.id
"""  # noqa: S608
_CHANGE_HISTORY = """
INSERT INTO device_change (device_id, at, author_id, import_id, what, before, after, text)
SELECT c.id, :at, :author, :import, coalesce(m.name, 'import'), c.before, c.after, ''
FROM changed c LEFT JOIN unnest(CAST(:sources AS text[]), CAST(:targets AS text[]), CAST(:names AS text[]))
    AS m (source, target, name) ON m.source = c.old_state AND m.target = c.new_state
ORDER BY c.id
"""
_LEND = """
INSERT INTO loan (device_id, school_id, holder_kind, holder_name, holder_group, holder_email, user_id, accessories,
    handed_out_at, handed_out_by_id, signature, condition_note, version_id)
SELECT w.id, w.school_id, CASE WHEN u.id IS NULL THEN 'pupil' ELSE 'staff' END, w.holder, '',
    coalesce(w.holder_email, ''), u.id, '', :at, :author, '', '', 1
FROM wanted w LEFT JOIN "user" u ON lower(u.email) = lower(w.holder_email)
WHERE w.holder IS NOT NULL
    AND NOT EXISTS (SELECT FROM loan l WHERE l.device_id = w.id AND l.returned_at IS NULL)
"""


def compare() -> dict[str, int]:
    """Fill `changed`; return how many devices are added, changed and unchanged, and the new rooms and models."""
    db.session.execute(sa.text(_CHANGED))
    row = db.session.execute(
        sa.text(
            "SELECT count(*) FILTER (WHERE is_new) AS added, (SELECT count(*) FROM changed) AS changed, "
            "count(*) FILTER (WHERE NOT is_new) - (SELECT count(*) FROM changed) AS unchanged, "
            "(SELECT count(*) FROM incoming_room r WHERE r.is_new "
            "AND EXISTS (SELECT FROM wanted w WHERE w.room_id = r.id)) AS rooms, "
            "(SELECT count(*) FROM incoming_model m WHERE m.is_new "
            "AND EXISTS (SELECT FROM wanted w WHERE w.model_id = m.id)) AS models FROM wanted"
        )
    ).one()
    return {name: int(count) for name, count in row._mapping.items()}


def write(import_id: int, author_id: int | None, at: datetime, progress: Progress) -> None:
    """Write everything `wanted` and `changed` hold, and announce the moves."""
    values = {"at": at, "author": author_id, "import": import_id}
    for statement in (_MODELS, _ROOMS):
        db.session.execute(sa.text(statement))
    db.session.execute(sa.text(_ADD), {"at": at})
    progress(85)
    db.session.execute(sa.text(_ADD_HISTORY), values)
    progress(90)
    db.session.execute(sa.text(_LEAVE_SLOTS))
    db.session.execute(sa.text(_CHANGE), {"at": at})
    moves = {
        "sources": [source.value for source, _ in MOVE_NAMES],
        "targets": [target.value for _, target in MOVE_NAMES],
        "names": list(MOVE_NAMES.values()),
    }
    db.session.execute(sa.text(_CHANGE_HISTORY), values | moves)
    db.session.execute(sa.text(_LEND), {"at": at, "author": author_id})
    progress(97)
    # Objects of the session know nothing of these statements.
    db.session.expire_all()
    moved = sa.text("SELECT id, old_state, new_state FROM changed WHERE old_state <> new_state ORDER BY id")
    for device_id, old, new in db.session.execute(moved).all():
        source, target = State(old), State(new)
        publish(DeviceMoved(device_id, MOVE_NAMES[source, target], source, target, at))
