"""How tests save: a session that outlives requests, and factories whose commits become one."""

from collections.abc import Iterator
from contextlib import contextmanager

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
