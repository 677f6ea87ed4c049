"""When X happens, also do Y: one table, carried out in the transaction of X."""

from collections.abc import Callable
from typing import Any

from itsm.core import events
from itsm.org.events import SchoolMoved
from itsm.tickets import service as tickets

# (event, what listens); rows are added here as packages learn to react to each other.
REACTIONS: tuple[tuple[type[Any], Callable[[Any], None]], ...] = ((SchoolMoved, tickets.follow_school),)


def init() -> None:
    """Register every reaction."""
    for event, listener in REACTIONS:
        events.listen(event, listener)
