"""What other packages may want to know about tickets."""

from dataclasses import dataclass
from datetime import datetime

from itsm.tickets.guides import Guides
from itsm.tickets.states import State


@dataclass(frozen=True)
class TicketRouted:
    """A ticket is new or has got another place in the organisation; it has its number."""

    ticket_id: int
    at: datetime


@dataclass(frozen=True)
class TicketMoved:
    """A ticket went from one state to another."""

    ticket_id: int
    move: str
    from_state: State
    to_state: State
    at: datetime
    actor_name: str


@dataclass(frozen=True)
class ReportFiled:
    """A report beside which guides were shown has become a ticket, once; no ticket and no person is named."""

    fault_type_id: int
    school_form: str
    guides: Guides
    at: datetime
    is_solved: bool
