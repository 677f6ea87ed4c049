"""The one place that sets the state of a visit."""

from datetime import datetime

from itsm.core.states import find
from itsm.dispatch.models import Visit
from itsm.dispatch.service.withdrawals import withdraw_for
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
        withdraw_for(visit)


def take_back(visit: Visit) -> None:
    """Undo the last step of a visit under way, together with its moment.

    Raises: DomainError with a sentence for a visit that is not under way.
    """
    if visit.state is not VisitState.ON_SITE:
        visit.state = find(MOVES, "undo-depart", visit.state, LABELS).target
        visit.departed_at = None
        return
    name = "undo-arrive" if visit.departed_at else "undo-walk-in"
    visit.state = find(MOVES, name, visit.state, LABELS).target
    visit.arrived_at = None
