"""When X happens, also do Y: one table, carried out in the transaction of X."""

from collections.abc import Callable
from typing import Any

from itsm.accounts.events import AbsenceEnded, AbsenceSet
from itsm.assets.events import DeliveryWanted, DeviceTaskSettled, LoanCameBack, LoanGivenUp, SwapPlaced, SwapWanted
from itsm.assets.service import waves
from itsm.claims import notices as claims_notices
from itsm.claims.events import CaseMoved, CaseReported
from itsm.claims.service import from_loan, locks, replacements
from itsm.core import events
from itsm.dispatch.service import deliveries, device_tasks, outages
from itsm.dispatch.service import listeners as visits
from itsm.kb import beside
from itsm.org.events import SchoolMoved
from itsm.tickets import service as tickets
from itsm.tickets.events import ReportFiled, TicketMoved, TicketRouted

# (event, what listens); rows are added here as packages learn to react to each other.
REACTIONS: tuple[tuple[type[Any], Callable[[Any], None]], ...] = (
    # The visits go first: the tickets then find those of their new manager.
    (SchoolMoved, visits.school_moved),
    (SchoolMoved, tickets.follow_school),
    (AbsenceSet, visits.absence_set),
    (AbsenceEnded, outages.absence_ended),
    (TicketRouted, visits.ticket_routed),
    (TicketMoved, visits.ticket_moved),
    (ReportFiled, beside.filed),
    (DeliveryWanted, deliveries.wanted),
    (SwapWanted, device_tasks.ride_along),
    (DeviceTaskSettled, device_tasks.follow_settled),
    (DeviceTaskSettled, waves.delivery_settled),
    (DeviceTaskSettled, replacements.follow_settled),
    (SwapPlaced, replacements.follow_visit),
    (LoanGivenUp, from_loan.given_up),
    (LoanCameBack, from_loan.came_back),
    (CaseMoved, claims_notices.follow_case),
    (CaseReported, locks.follow_report),
    (CaseMoved, locks.follow_case),
)


def init() -> None:
    """Register every reaction."""
    for event, listener in REACTIONS:
        events.listen(event, listener)
