"""States of a visit and what may follow what."""

from enum import StrEnum

from itsm.core.states import Move


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    DRIVING = "driving"
    ON_SITE = "on_site"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


LABELS = {
    VisitState.PLANNED: "geplant",
    VisitState.DRIVING: "unterwegs",
    VisitState.ON_SITE: "vor Ort",
    VisitState.DONE: "erledigt",
    VisitState.CANCELLED: "abgesagt",
    VisitState.MISSED: "ausgefallen",
}

OPEN = frozenset({VisitState.PLANNED, VisitState.DRIVING, VisitState.ON_SITE})

MOVES = (
    Move("depart", frozenset({VisitState.PLANNED}), VisitState.DRIVING),
    Move("arrive", frozenset({VisitState.PLANNED, VisitState.DRIVING}), VisitState.ON_SITE),
    Move("finish", frozenset({VisitState.ON_SITE}), VisitState.DONE),
    Move("cancel", frozenset({VisitState.PLANNED, VisitState.DRIVING}), VisitState.CANCELLED),
    Move("miss", frozenset({VisitState.PLANNED, VisitState.DRIVING}), VisitState.MISSED),
)
