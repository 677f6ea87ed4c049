"""Count the queries a block of a test sends."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from itsm.core.db import db


@contextmanager
def queries_of() -> Iterator[list[str]]:
    """Collect the statements sent in the block, without savepoints."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
