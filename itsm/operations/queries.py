"""Named selects over mail on its way and over the history of figures."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.core.figures import FIGURES, Figure, FigureValue, values
from itsm.core.outbox import Mail

SHOWN = 50


@dataclass(frozen=True)
class Post:
    """How much mail waits, is dead, was sent; and the mails to look at."""

    waiting: int
    dead: list[Mail]
    sent: int
    next_up: list[Mail]


@dataclass(frozen=True)
class FigureState:
    """A figure with its value of today and, if one is set, the next."""

    figure: Figure
    value: float
    coming: FigureValue | None


def post() -> Post:
    """Return the state of the outgoing mail."""
    waiting = sa.and_(Mail.sent_at.is_(None), Mail.failed_at.is_(None))
    counts = db.session.execute(
        sa.select(sa.func.count().filter(waiting), sa.func.count().filter(Mail.sent_at.is_not(None)))
    ).one()
    dead = sa.select(Mail).where(Mail.failed_at.is_not(None)).order_by(Mail.failed_at.desc()).limit(SHOWN)
    due = sa.select(Mail).where(waiting).order_by(Mail.due_at).limit(SHOWN)
    return Post(counts[0], list(db.session.scalars(dead)), counts[1], list(db.session.scalars(due)))


def dead_letters() -> int:
    """Return how many mails were given up."""
    return db.session.scalar(sa.select(sa.func.count()).where(Mail.failed_at.is_not(None))) or 0


def mail(mail_id: int) -> Mail:
    """Return one mail.

    Raises: NotFound if there is none of this number.
    """
    found = db.session.get(Mail, mail_id)
    if found is None:
        raise NotFound("Diese Mail gibt es nicht mehr.")
    return found


def mailbox() -> list[Mail]:
    """Return the newest mails, for the mailbox of the demo."""
    return list(db.session.scalars(sa.select(Mail).order_by(Mail.id.desc()).limit(SHOWN)))


def figures(on: date) -> list[FigureState]:
    """Return every figure as it holds on a day, with the next value to come."""
    now = values("", on)
    rows = db.session.scalars(
        sa.select(FigureValue).where(FigureValue.valid_from > on).order_by(FigureValue.valid_from.desc())
    )
    coming = {row.key: row for row in rows}
    return [FigureState(figure, now[key], coming.get(key)) for key, figure in sorted(FIGURES.items())]


def figure(key: str) -> Figure:
    """Return a figure by its key.

    Raises: NotFound if the product does not know it.
    """
    if key not in FIGURES:
        raise NotFound("Diesen Wert gibt es nicht.")
    return FIGURES[key]


def history(key: str) -> list[FigureValue]:
    """Return all values of a figure, the newest first."""
    rows = sa.select(FigureValue).where(FigureValue.key == key).order_by(FigureValue.valid_from.desc())
    return list(db.session.scalars(rows))
