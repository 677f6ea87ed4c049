"""Visits of the tests: plain factories with dull defaults. Each commits, as a request would."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.dispatch.models import Visit, VisitingTime, VisitKind, VisitTicket
from itsm.dispatch.states import VisitState
from itsm.org.models import District, School, Site
from itsm.tickets.models import Ticket
from tests.people import MONDAY, actor_for, make_user
from tests.places import make_district, make_school

WEDNESDAY = date(2026, 11, 18)


@dataclass
class Place:
    """A district with its manager and one school."""

    district: District
    school: School
    manager: User

    @property
    def site(self) -> Site:
        """The building of the school."""
        return self.school.places[0].site

    @property
    def driver(self) -> Actor:
        """The manager as an actor."""
        return actor_for(self.manager)


def make_place() -> Place:
    """Make a district with a manager and a school."""
    district = make_district()
    school = make_school(district)
    return Place(district, school, make_user(Role.CAMPUS_MANAGER, district_id=district.id, name="Mia Manager"))


def make_visiting_time(
    school: School, weekday: int = 2, starts: time = time(9), from_on: date = MONDAY, **columns: Any
) -> VisitingTime:
    """Give a school a weekly visiting time, Wednesdays at nine."""
    fixed = VisitingTime(
        school=school,
        site=school.places[0].site,
        weekday=weekday,
        starts=starts,
        from_on=from_on,
        **({"minutes": 60, "every_weeks": 1} | columns),
    )
    db.session.add(fixed)
    db.session.commit()
    return fixed


def make_visit(
    place: Place,
    *tickets: Ticket,
    on: date = WEDNESDAY,
    at: time = time(9),
    state: VisitState = VisitState.PLANNED,
    **columns: Any,
) -> Visit:
    """Make a visit of a place's manager at its school, with tickets that wait for it."""
    begun = clock.at_local(on, at)
    moments: dict[str, datetime] = {}
    if state in (VisitState.ON_SITE, VisitState.DONE):
        moments["arrived_at"] = begun
    if state is VisitState.DONE:
        moments["left_at"] = begun
    defaults: dict[str, Any] = {
        "school": place.school,
        "site": place.site,
        "district": place.district,
        "user": place.manager,
        "kind": VisitKind.MANUAL,
        "visit_on": on,
        "starts_at": begun,
        "minutes": 30,
        "state": state,
        "reason": "Niemand da." if state in (VisitState.CANCELLED, VisitState.MISSED) else "",
        "jobs": [VisitTicket(ticket=ticket) for ticket in tickets],
        "tasks": [],
    }
    visit = Visit(**(defaults | moments | columns))
    db.session.add(visit)
    db.session.commit()
    return visit
