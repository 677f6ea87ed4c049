"""The blocks of a board: each with the first rows of what waits in it and how many there are, by one select."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa

from itsm.core.db import db

B = TypeVar("B")


class Filled(NamedTuple, Generic[B]):
    """A block with its first rows and how many there are."""

    block: B
    rows: Sequence[sa.Row[Any]]
    total: int


def filled(block: B, select: sa.Select[Any], limit: int) -> Filled[B]:
    """Return a block with the first rows of its select."""
    rows = db.session.execute(select.add_columns(sa.func.count().over().label("total")).limit(limit)).all()
    return Filled(block, rows, rows[0].total if rows else 0)
