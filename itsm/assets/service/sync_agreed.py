"""Remember what the MDM and the device file agree on."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.assets.models import SyncAgreed, SyncProposal
from itsm.core.db import db


def agree(
    ids: list[int], value: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str], which: sa.ColumnElement[bool]
) -> None:
    """Note a value for the serial number and column of each of these proposals."""
    chosen = sa.select(SyncProposal.serial, SyncProposal.field, value).where(
        SyncProposal.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.Integer))), which
    )
    new = insert(SyncAgreed).from_select(["serial", "field", "value"], chosen)
    db.session.execute(_replacing(new))


def note(agreed: Mapping[tuple[str, str], str]) -> None:
    """Note values by serial number and column."""
    if not agreed:
        return
    serials, fields = zip(*agreed, strict=True)
    texts = sa.ARRAY(sa.Text)
    # As three arrays: a quarter of a million rows one by one would take a minute.
    rows = (
        sa.func.unnest(
            sa.literal(list(serials), texts), sa.literal(list(fields), texts), sa.literal(list(agreed.values()), texts)
        )
        .table_valued("serial", "field", "value")
        .render_derived()
    )
    new = insert(SyncAgreed).from_select(
        ["serial", "field", "value"], sa.select(rows.c.serial, rows.c.field, rows.c.value)
    )
    db.session.execute(_replacing(new))


def _replacing(new: sa.dialects.postgresql.Insert) -> sa.dialects.postgresql.Insert:
    return new.on_conflict_do_update(index_elements=["serial", "field"], set_={"value": new.excluded.value})
