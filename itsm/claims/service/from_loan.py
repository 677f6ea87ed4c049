"""A loan that is declared not returned becomes a case; a device that comes back after all is said to be found.

Source: docs/rules/claims.md, CL-7.
"""

from itsm.assets.events import LoanCameBack, LoanGivenUp
from itsm.assets.models import Loan
from itsm.claims import notices, queries
from itsm.claims.kinds import Kind, Place
from itsm.claims.models import DamageCase
from itsm.claims.service import cases, supplements
from itsm.claims.service.cases import Told
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db

NOT_RETURNED = "Nach der Ausgabe nicht zurückgegeben."


def given_up(event: LoanGivenUp) -> None:
    """Open a case for a device that was declared not returned, unless it has one."""
    loan = db.session.get_one(Loan, event.loan_id)
    if queries.open_case_of(loan.device) is not None:
        return
    told = Told(
        kind=Kind.NOT_RETURNED,
        discovered_on=clock.local_day(event.at),
        place=Place.ELSEWHERE,
        description=NOT_RETURNED,
    )
    incident = cases.record(_who(event.by_id), loan.school, told, [loan.device], event.at)
    incident.cases[0].device_state_before = event.state_before.value
    notices.to_desk(incident, event.at)


def came_back(event: LoanCameBack) -> None:
    """Note on the open case of a loan that the device is there again; the claims staff does the rest."""
    case = queries.latest_missing(DamageCase.loan_id == event.loan_id)
    if case is not None:
        supplements.note_found(_who(event.by_id), case, clock.local_day(event.at), event.at)


def _who(user_id: int | None) -> Actor:
    """Whoever did it in the loans, whose rights were checked there."""
    return Actor(user_id=user_id, name="")
