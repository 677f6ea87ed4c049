"""The offices of the overview: add, change, order, remove."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict
from itsm.kb import contact_queries
from itsm.kb.models import Office


def add(actor: Actor, values: Mapping[str, Any]) -> Office:
    """Enter an office behind the others.

    Raises: NotAllowed unless the person keeps the overview.
    """
    contact_queries.require_keeper(actor)
    last = db.session.scalar(sa.select(sa.func.max(Office.position))) or 0
    office = Office(position=last + 1, **values)
    db.session.add(office)
    return office


def change(actor: Actor, office: Office, values: Mapping[str, Any], version: int) -> None:
    """Change an office the person has seen in this version.

    Raises: NotAllowed unless the person keeps the overview; Conflict if somebody changed it in between.
    """
    contact_queries.require_keeper(actor)
    if office.version_id != version:
        raise Conflict(
            "Inzwischen hat jemand anderes diese Stelle geändert. Bitte laden Sie die Seite neu und vergleichen Sie."
        )
    for name, value in values.items():
        setattr(office, name, value)


def move(actor: Actor, office: Office, *, up: bool) -> None:
    """Let an office change places with its neighbour; at the end of the list nothing happens.

    Raises: NotAllowed unless the person keeps the overview.
    """
    contact_queries.require_keeper(actor)
    ordered = contact_queries.offices()
    here = ordered.index(office)
    there = here - 1 if up else here + 1
    if 0 <= there < len(ordered):
        ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, one in enumerate(ordered, start=1):
        one.position = position


def remove(actor: Actor, office: Office) -> None:
    """Take an office out of the overview; earlier editions keep it.

    Raises: NotAllowed unless the person keeps the overview.
    """
    contact_queries.require_keeper(actor)
    db.session.delete(office)
