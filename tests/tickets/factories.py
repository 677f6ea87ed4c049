"""Tickets of the tests: plain factories with dull defaults. Each commits, as a request would."""

from datetime import datetime
from itertools import count
from typing import Any

from itsm.accounts.models import User
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from itsm.tickets.models import Entry, FaultType, FirstLevelStep, SupportGroup, Target, Ticket
from itsm.tickets.priority import priority_of
from itsm.tickets.states import State
from tests.people import MONDAY_9AM, make_user
from tests.places import make_school

_numbers = count(1)


def make_fault_type(name: str | None = None, steps: tuple[str, ...] = ("Gerät aus- und einschalten",)) -> FaultType:
    """Make a kind of fault with its first-level steps."""
    number = next(_numbers)
    fault = FaultType(
        key=f"fault{number}",
        name=name or f"Störung {number}",
        position=number,
        steps=[FirstLevelStep(position=position, text=text) for position, text in enumerate(steps, start=1)],
    )
    db.session.add(fault)
    db.session.commit()
    return fault


def make_group(name: str | None = None, *, is_ours: bool = True, phone: str = "0231 50-11111") -> SupportGroup:
    """Make a desk that takes tickets."""
    number = next(_numbers)
    group = SupportGroup(
        name=name or f"Gruppe {number}", phone=phone, email=f"gruppe{number}@example.org", is_ours=is_ours
    )
    db.session.add(group)
    db.session.commit()
    return group


def make_ticket(
    school: School | None = None,
    *,
    reporter: User | None = None,
    fault_type: FaultType | None = None,
    state: State = State.NEW,
    at: datetime = MONDAY_9AM,
    title: str = "Display dunkel",
    impact: int = 2,
    urgency: int = 2,
    **columns: Any,
) -> Ticket:
    """Make a ticket in a state, as if it had got there by its moves."""
    school = school or make_school()
    reporter = reporter or make_user(Role.REPORTER, school_id=school.id)
    ended = state in (State.CLOSED, State.WITHDRAWN)
    defaults: dict[str, Any] = {
        "school": school,
        "district_id": school.district_id,
        "site": school.places[0].site,
        "place": "2.14",
        "fault_type": fault_type or make_fault_type(),
        "title": title,
        "reporter": reporter,
        "impact": impact,
        "urgency": urgency,
        "priority": priority_of(impact, urgency),
        "state": state,
        "state_at": at,
        "created_at": at,
        "solved_at": at if state in (State.SOLVED, State.CLOSED) else None,
        "closed_at": at if ended else None,
        "target": Target.SECOND_LEVEL if state is State.SECOND_LEVEL else Target.ON_SITE,
        "idempotency_key": f"test-{next(_numbers)}",
        "idempotency_digest": "-",
        "entries": [Entry(at=at, author_id=reporter.id, is_public=True, move="report", to_state=State.NEW)],
    }
    ticket = Ticket(**(defaults | columns))
    db.session.add(ticket)
    db.session.commit()
    return ticket
