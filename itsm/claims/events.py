"""What other packages may want to know about damage cases."""

from dataclasses import dataclass
from datetime import datetime

from itsm.claims.kinds import Kind
from itsm.claims.states import ClaimState, State


@dataclass(frozen=True)
class CaseReported:
    """A case is new; its device has been taken out of use."""

    case_id: int
    kind: Kind
    at: datetime


@dataclass(frozen=True)
class CaseMoved:
    """A case went from one state to another."""

    case_id: int
    move: str
    from_state: State
    to_state: State
    at: datetime


@dataclass(frozen=True)
class ClaimMoved:
    """A claim went from one state to another."""

    claim_id: int
    move: str
    from_state: ClaimState
    to_state: ClaimState
    at: datetime
