"""What the claims staff sees first: the next case, what is to be approved, the deadlines of today and what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from itsm.claims import desk
from itsm.claims.desk import Block, Group
from itsm.core.access import Actor
from itsm.core.board import Filled


@dataclass(frozen=True)
class Start:
    """The landing page of one person: what is due, what is new, what this person may approve."""

    due: Sequence[Filled[Block]]
    new: Filled[Block]
    to_approve: Filled[Block]

    @property
    def deadlines(self) -> int:
        """How many deadlines stand today."""
        return sum(part.total for part in self.due)

    @property
    def first_due(self) -> list[tuple[desk.Block, sa.Row[Any]]]:
        """The most urgent row of each reason."""
        return [(part.block, part.rows[0]) for part in self.due]

    @property
    def next_row(self) -> tuple[desk.Block, sa.Row[Any]] | None:
        """The most urgent row: what only this person can approve, then a deadline, then what is new."""
        parts = [part for part in (self.to_approve, *self.due, self.new) if part.rows]
        return (parts[0].block, parts[0].rows[0]) if parts else None


def start(actor: Actor, on: date, shown: int) -> Start:
    """Return what the landing page shows."""
    filled = desk.fill(actor, on, shown, Group.DUE)
    approve = desk.BY_SLUG["freigabe"]
    to_approve = next((part for part in filled if part.block is approve), Filled(approve, (), 0))
    due = [part for part in filled if part.block is not approve]
    return Start(due, desk.BY_SLUG["neu"].fill(actor, on, shown), to_approve)
