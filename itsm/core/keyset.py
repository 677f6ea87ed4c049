"""One page of a list that begins where the last one ended: at a row, so that new rows above move nothing.

A cursor is what the address of the next page carries: the keys of the last row as whole numbers, the id last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from itsm.core.db import LARGEST_ID, UtcDateTime, db
from itsm.core.errors import DomainError

SIZE = 25
GONE = "Diese Seite der Liste gibt es nicht mehr. Bitte beginnen Sie von vorn."
_DIGITS = len(str(LARGEST_ID))

R = TypeVar("R")
# What a list is in the order of: numbers and moments, the id of the row last.
Keys = Sequence[InstrumentedAttribute[Any]]


@dataclass(frozen=True)
class Page(Generic[R]):
    """The rows of a page, the cursor of the next one, and how many rows each tab has under the same filters."""

    rows: Sequence[R]
    cursor: str | None
    counts: dict[str, int]


def begun(select: sa.Select[Any], keys: Keys, cursor: str, *, falls: bool) -> sa.Select[Any]:
    """Return the select in the order of its keys from the cursor on, for `cut`.

    Raises: DomainError for a cursor that no page has sent.
    """
    if cursor:
        here, there = sa.tuple_(*keys), sa.tuple_(*_read(cursor, keys))
        select = select.where(here < there if falls else here > there)
    return select.order_by(*(key.desc() if falls else key.asc() for key in keys)).limit(SIZE + 1)


def cut(rows: Sequence[R], keys: Keys) -> tuple[Sequence[R], str | None]:
    """Return the rows of the page, and the cursor of the next one if there is one."""
    shown = rows[:SIZE]
    return shown, _written(shown[-1], keys) if len(rows) > SIZE else None


def counts(tabs: Mapping[str, sa.ColumnElement[bool]], select: sa.Select[Any]) -> dict[str, int]:
    """Return how many rows of a select each tab has; one select."""
    numbers = [sa.func.count().filter(tab) for tab in tabs.values()]
    row = db.session.execute(select.with_only_columns(*numbers, maintain_column_froms=True)).one()
    return dict(zip(tabs, row, strict=True))


def _written(row: object, keys: Keys) -> str:
    values = (getattr(row, key.key) for key in keys)
    return "_".join(str(int(value.timestamp()) if isinstance(value, datetime) else value) for value in values)


def _read(cursor: str, keys: Keys) -> list[Any]:
    parts = cursor.split("_")
    is_number = all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts)
    if len(parts) != len(keys) or not is_number or int(parts[-1]) > LARGEST_ID:
        raise DomainError(GONE)
    return [
        sa.func.to_timestamp(int(part)) if isinstance(key.type, UtcDateTime) else int(part)
        for key, part in zip(keys, parts, strict=True)
    ]
