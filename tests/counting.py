"""Count the queries a block of a test sends."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session, sessionmaker

from itsm.core.db import db


@contextmanager
def queries_of() -> Iterator[list[str]]:
    """Collect the statements sent in the block, without savepoints.

    The block has a session of its own, as a request has: what the test holds is not known there.
    """
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    kept = db.session
    kept.commit()
    db.session = scoped_session(  # type: ignore[assignment]
        sessionmaker(bind=kept.get_bind(), join_transaction_mode="create_savepoint")
    )
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
        db.session.remove()
        db.session = kept
