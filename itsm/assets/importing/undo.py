"""Undoes the list that was taken over last; what somebody has touched since stays and is named.

Source: docs/rules/device-import.md, DI-14.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.importing.staging import COLUMNS
from itsm.assets.importing.takeover import REFUSED
from itsm.assets.models import Device, DeviceChange, DeviceImport, Loan
from itsm.core.access import Actor
from itsm.core.db import Model, db
from itsm.core.errors import Conflict, DomainError, NotAllowed

# Their rows come from the list itself.
_OWN_TABLES = {Device.__tablename__, DeviceChange.__tablename__, Loan.__tablename__}


@dataclass
class Undone:
    """What came of it: devices deleted, put back as they were, and the tags of those left as they are now."""

    filename: str
    deleted: int = 0
    restored: int = 0
    left: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The outcome as data."""
        return {"file": self.filename, "deleted": self.deleted, "restored": self.restored, "left": self.left}


# What the list did to a device and nothing has happened to since.
_CANDIDATES = """
CREATE TEMP TABLE undoing ON COMMIT DROP AS
SELECT c.id AS change_id, c.device_id AS id, c.what = 'add' AS is_added,
    jsonb_build_object('slot', d.slot) || c.before AS before
FROM device_change c JOIN device d ON d.id = c.device_id
WHERE c.import_id = :import
    AND NOT EXISTS (SELECT FROM device_change later WHERE later.device_id = c.device_id AND later.id > c.id)
    AND NOT EXISTS (SELECT FROM loan l WHERE l.device_id = c.device_id
        AND NOT (l.handed_out_at = :made_at AND l.version_id = 1) AND (l.handed_out_at >= :made_at OR c.what = 'add'))
"""
# A number or a place that another device has taken in the meantime, or a room that is gone, is not given back.
_BLOCKED = """
DELETE FROM undoing u USING (
    SELECT old.* FROM undoing c JOIN device d ON d.id = c.id CROSS JOIN LATERAL jsonb_populate_record(d, c.before) old
    WHERE NOT c.is_added
) old
WHERE old.id = u.id AND (
    EXISTS (SELECT FROM device o WHERE o.id <> old.id AND (o.tag = old.tag OR o.serial = old.serial
        OR o.mdm_id = old.mdm_id OR (o.case_id = old.case_id AND o.slot = old.slot))
        AND NOT EXISTS (SELECT FROM undoing x WHERE x.id = o.id))
    OR old.room_id IS NOT NULL AND NOT EXISTS (SELECT FROM room WHERE room.id = old.room_id)
    OR old.case_id IS NOT NULL AND NOT EXISTS (SELECT FROM device c WHERE c.id = old.case_id)
)
"""
_GIVE_BACK = """
DELETE FROM loan l USING undoing u WHERE l.device_id = u.id AND l.handed_out_at = :made_at AND l.version_id = 1
"""
_LEAVE_SLOTS = "UPDATE device SET slot = NULL FROM undoing u WHERE device.id = u.id AND NOT u.is_added AND slot > 0"
_RESTORE_HISTORY = """
INSERT INTO device_change (device_id, at, author_id, import_id, what, before, after, text)
SELECT u.id, :at, :author, :import, 'undo-import', c.after, c.before, ''
FROM undoing u JOIN device_change c ON c.id = u.change_id WHERE NOT u.is_added ORDER BY u.id
"""
_RESTORE = f"""
UPDATE device d SET ({", ".join(COLUMNS)}) = ROW({", ".join(f"old.{name}" for name in COLUMNS)}),
    version_id = d.version_id + 1, state_at = CASE WHEN old.state <> d.state THEN :at ELSE d.state_at END
FROM (
    SELECT r.* FROM undoing u JOIN device d ON d.id = u.id
    CROSS JOIN LATERAL jsonb_populate_record(d, u.before) r
    WHERE NOT u.is_added
) old WHERE d.id = old.id
"""  # noqa: S608


def undo_last(actor: Actor, at: datetime, import_id: int | None = None) -> Undone:
    """Delete what the last list added and put back what it changed; a device touched since stays as it is.

    Raises: NotAllowed; DomainError if there is no list or it has been undone; Conflict if it is not the last one.
    """
    if not policy.may_import(actor):
        raise NotAllowed(REFUSED)
    last = db.session.scalar(sa.select(DeviceImport).order_by(DeviceImport.id.desc()).limit(1).with_for_update())
    if last is None:
        raise DomainError("Es wurde noch keine Geräteliste eingelesen.")
    if import_id not in (None, last.id):
        raise Conflict(f"Nach dieser Liste wurde „{last.filename}“ eingelesen. Zurücknehmen lässt sich nur die letzte.")
    if last.undone_at is not None:
        raise DomainError(f"Das Einlesen von „{last.filename}“ ist schon zurückgenommen.")
    done = _undo(last, actor, at)
    last.undone_at, last.undone_by = at, actor.name
    db.session.flush()
    db.session.expire_all()
    return done


def _undo(last: DeviceImport, actor: Actor, at: datetime) -> Undone:
    values = {"import": last.id, "made_at": last.imported_at, "at": at, "author": actor.user_id}
    _run("DROP TABLE IF EXISTS pg_temp.undoing")
    _run(_CANDIDATES, values)
    _run("CREATE INDEX ON undoing (id)")
    _run("ANALYZE undoing")
    _run(_BLOCKED)
    for query in _references():
        _run(f"DELETE FROM undoing u WHERE u.is_added AND EXISTS ({query})")  # noqa: S608
    # A case stays with what is in it, a device with what it replaced, unless that goes too.
    _run(
        "DELETE FROM undoing u USING device d WHERE u.is_added AND (d.case_id = u.id OR d.replaced_by_id = u.id) "
        "AND NOT EXISTS (SELECT FROM undoing x WHERE x.id = d.id AND (x.is_added OR x.before ? 'case_id'))"
    )
    left = db.session.scalars(
        sa.text(
            "SELECT d.tag FROM device d WHERE NOT EXISTS (SELECT FROM undoing u WHERE u.id = d.id) "
            "AND d.id IN (SELECT device_id FROM device_change WHERE import_id = :import) ORDER BY d.tag"
        ),
        {"import": last.id},
    ).all()
    for statement in (_GIVE_BACK, _RESTORE_HISTORY, _LEAVE_SLOTS, _RESTORE):
        _run(statement, values)
    deleted = _run("DELETE FROM device d USING undoing u WHERE u.id = d.id AND u.is_added")
    restored = db.session.scalar(sa.text("SELECT count(*) FROM undoing WHERE NOT is_added")) or 0
    return Undone(last.filename, deleted, restored, list(left))


def _references() -> list[str]:
    """Ask every table of the product, those of higher packages too, whether it names the device."""
    return [
        f"SELECT FROM {table.name} t WHERE t.{key.parent.name} = u.id"
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if table.name not in _OWN_TABLES and key.column.table is Device.__table__
    ]


def _run(statement: str, values: dict[str, Any] | None = None) -> int:
    result = db.session.execute(sa.text(statement), values or {})
    return int(getattr(result, "rowcount", 0))
