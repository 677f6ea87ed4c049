"""Counts the statements a request sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from itsm.core.db import db


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements sent inside the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)
