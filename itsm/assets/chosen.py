"""Devices chosen for a paper: ticked ones, or a part of the device list by its tab and search line.

Source: docs/rules/labels.md, LB-3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import policy, search
from itsm.assets.listing import TABS
from itsm.assets.models import Device
from itsm.assets.states import State
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError


@dataclass(frozen=True)
class Choice:
    """What was chosen: these devices, else all of a tab (of `states` where none is named) that fit the line."""

    ids: tuple[int, ...] = ()
    tab: str = ""
    line: str = ""
    states: frozenset[State] = frozenset(State)

    def where(self, actor: Actor, on: date) -> list[sa.ColumnElement[bool]]:
        """Return the filter of the chosen devices among those the actor sees.

        Raises: DomainError for a tab or a word of the line that does not exist.
        """
        visible = policy.visible_to(actor)
        if self.ids:
            return [visible, Device.id.in_([one for one in self.ids if 0 < one <= LARGEST_ID])]
        if self.tab and self.tab not in TABS:
            raise DomainError("Diese Ansicht gibt es nicht.")
        states = TABS[self.tab][1] if self.tab else self.states
        return [visible, *search.filters(actor, self.line, on), Device.state.in_(sorted(states))]


def count(actor: Actor, choice: Choice, on: date) -> int:
    """Return how many devices were chosen."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Device).where(*choice.where(actor, on))) or 0


def devices(actor: Actor, choice: Choice, on: date, most: int) -> Sequence[Device]:
    """Return the chosen devices by school, case and number.

    Raises: DomainError for none, or more than `most`.
    """
    found = db.session.scalars(
        sa.select(Device)
        .where(*choice.where(actor, on))
        .order_by(Device.school_id, Device.case_id, Device.slot, Device.tag)
        .limit(most + 1)
        .options(joinedload(Device.model), joinedload(Device.school))
    ).all()
    if not found:
        raise DomainError("Hier ist kein Gerät ausgewählt. Bitte ändern Sie die Auswahl.")
    if len(found) > most:
        raise DomainError(f"Auf einmal gehen höchstens {most} Geräte. Bitte grenzen Sie die Auswahl ein.")
    return found
