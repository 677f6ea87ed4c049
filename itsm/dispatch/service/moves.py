"""The one place that sets the state of a visit."""

from datetime import datetime

from itsm.core.states import find
from itsm.dispatch.models import Visit
from itsm.dispatch.states import LABELS, MOVES, VisitState


def move(visit: Visit, name: str, at: datetime, reason: str = "") -> None:
    """Set the state together with its moment and its reason.

    Raises: DomainError with a sentence for a move the table does not list.
    """
    visit.state = find(MOVES, name, visit.state, LABELS).target
    if visit.state is VisitState.DRIVING:
        visit.departed_at = at
    elif visit.state is VisitState.ON_SITE:
        visit.arrived_at = at
    elif visit.state is VisitState.DONE:
        visit.left_at = at
    else:
        visit.reason = reason
