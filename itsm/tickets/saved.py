"""Search lines a person keeps under a name."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound
from itsm.tickets.models import SavedFilter

MOST = 20


def of(actor: Actor) -> Sequence[sa.Row[int, str, str]]:
    """Return number, name and line of the person's own searches, by name."""
    mine = sa.select(SavedFilter.id, SavedFilter.name, SavedFilter.line).where(SavedFilter.user_id == actor.user_id)
    return db.session.execute(mine.order_by(SavedFilter.name)).all()


def keep(actor: Actor, name: str, line: str) -> None:
    """Keep a line; the same name again replaces it."""
    if not line:
        raise DomainError("Bitte geben Sie zuerst eine Suche ein, die Sie merken wollen.")
    if len(of(actor)) >= MOST:
        raise DomainError(f"Sie haben schon {MOST} Suchen gemerkt. Bitte löschen Sie zuerst eine.")
    row = insert(SavedFilter).values(user_id=actor.user_id, name=name, line=line)
    db.session.execute(
        row.on_conflict_do_update(index_elements=[SavedFilter.user_id, SavedFilter.name], set_={"line": line})
    )


def drop(actor: Actor, filter_id: int) -> None:
    """Forget one of the person's own lines.

    Raises: NotFound for anybody else's.
    """
    gone = db.session.scalar(
        sa.delete(SavedFilter)
        .where(SavedFilter.id == filter_id, SavedFilter.user_id == actor.user_id)
        .returning(SavedFilter.id)
    )
    if gone is None:
        raise NotFound
