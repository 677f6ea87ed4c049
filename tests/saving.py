"""How tests save: a session that outlives requests, and factories whose commits become one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy.orm import scoped_session

from itsm.core.db import db


class KeptSession(scoped_session):
    """A session that outlives a request, so that a test can go on with its objects."""

    inside = 0

    def remove(self) -> None:
        """Drop what the request left unsaved; objects are read anew when next touched."""
        self.registry().rollback()

    def commit(self) -> None:
        """Commit, or inside of `at_once` only send what is new: its end commits."""
        if self.inside:
            self.registry().flush()
        else:
            self.registry().commit()


def send_savepoints_plainly(dialect: sa.Dialect) -> None:
    """Set and release savepoints past the compiler of statements, which takes most of the time: each has a new name."""
    dialect.do_savepoint = _sender("SAVEPOINT")  # type: ignore[method-assign]
    dialect.do_release_savepoint = _sender("RELEASE SAVEPOINT")  # type: ignore[method-assign]
    dialect.do_rollback_to_savepoint = _sender("ROLLBACK TO SAVEPOINT")  # type: ignore[method-assign]


def _sender(verb: str) -> Callable[[sa.Connection, str], None]:
    def send(connection: sa.Connection, name: str) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        # As the driver does before its first statement.
        begin = "BEGIN;" if driver.pgconn.transaction_status == TransactionStatus.IDLE else ""
        done = driver.pgconn.exec_(f"{begin}{verb} {name}".encode())
        assert done.status == ExecStatus.COMMAND_OK, done.error_message

    return send


@contextmanager
def at_once() -> Iterator[None]:
    """Make one commit of all in the block. A factory that calls others wears it: objects are not read again for each.

    A session of real commits goes on as ever.
    """
    kept = db.session
    if not isinstance(kept, KeptSession):
        yield
        return
    kept.inside += 1
    try:
        yield
    finally:
        kept.inside -= 1
    kept.commit()
