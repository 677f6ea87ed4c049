"""What a new city starts with, entered once its tables are there."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.kb import seed as kb
from itsm.tickets import seed as tickets


def enter(connection: sa.Connection, *, is_new: bool) -> None:
    """Enter kinds of faults, desks and rules into a new database, and the shelves of an empty knowledge base."""
    with Session(connection) as session:
        if is_new:
            tickets.seed(session)
        kb.seed(session)
        session.commit()
