"""What the work on a ticket takes, and what it does to the visit."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.dispatch import need_queries, queries
from itsm.dispatch.models import Skill, VisitKind, WorkNeed
from itsm.dispatch.service import bundles, needs, routes
from itsm.dispatch.service.needs import Said
from itsm.tickets.models import Entry, Ticket
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.tickets.factories import make_ticket

NEXT_WEDNESDAY = WEDNESDAY + timedelta(days=7)


@pytest.fixture
def place(session: scoped_session) -> Place:
    return make_place()


def make_skill(name: str = "Netzwerk") -> Skill:
    skill = Skill(name=name)
    db.session.add(skill)
    db.session.commit()
    return skill


def notes_of(ticket: Ticket) -> list[str]:
    rows = sa.select(Entry.text).where(Entry.ticket_id == ticket.id, Entry.is_public.is_(False)).order_by(Entry.id)
    return list(db.session.scalars(rows))


def test_what_was_said_is_kept_and_noted_inside_in_one_line(place: Place) -> None:
    ticket, skill = make_ticket(place.school), make_skill()
    said = Said(90, 2, frozenset({skill.id}), "Ersatzlampe", date(2026, 12, 7))
    needs.say(place.driver, ticket, said, MONDAY_9AM)
    line = "1 Std. 30 Min., zwei Personen, Netzwerk, wartet auf Ersatzlampe, da ab Mo 07.12.2026"
    assert needs.words(need_queries.need_of(ticket.id)) == line
    assert notes_of(ticket) == [f"Der Einsatz braucht: {line}. Bisher: nichts Besonderes."]


def test_saying_the_same_again_notes_nothing(place: Place) -> None:
    ticket = make_ticket(place.school)
    for _ in range(2):
        needs.say(place.driver, ticket, Said(minutes=60), MONDAY_9AM)
    assert len(notes_of(ticket)) == 1
    needs.say(place.driver, ticket, Said(), MONDAY_9AM)
    assert need_queries.need_of(ticket.id) is None
    assert notes_of(ticket)[-1] == "Der Einsatz braucht: nichts Besonderes. Bisher: 1 Std.."


@pytest.mark.parametrize("role", [Role.REPORTER, Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR])
def test_the_school_does_not_say_it(place: Place, role: Role) -> None:
    ticket = make_ticket(place.school)
    person = actor_for(make_user(role, school_id=place.school.id))
    with pytest.raises(NotAllowed):
        needs.say(person, ticket, Said(minutes=60), MONDAY_9AM)


def test_another_manager_and_the_auditor_do_not_say_it_but_the_team_lead_does(place: Place) -> None:
    ticket = make_ticket(place.school)
    for person in (make_place().driver, actor_for(make_user(Role.AUDITOR))):
        with pytest.raises(NotAllowed):
            needs.say(person, ticket, Said(minutes=60), MONDAY_9AM)
    needs.say(actor_for(make_user(Role.DISPATCHER)), ticket, Said(minutes=60), MONDAY_9AM)
    assert db.session.get_one(WorkNeed, ticket.id).minutes == 60


def test_parts_need_a_day_and_a_ticket_that_is_done_needs_nothing(place: Place) -> None:
    ticket = make_ticket(place.school)
    with pytest.raises(DomainError, match="ab wann das Teil da ist"):
        needs.say(place.driver, ticket, Said(waits_for="Lampe"), MONDAY_9AM)
    with pytest.raises(DomainError, match="ein Jahr"):
        needs.say(place.driver, ticket, Said(not_before_on=date(2999, 1, 1)), MONDAY_9AM)
    with pytest.raises(DomainError, match="Fähigkeiten gibt es nicht mehr"):
        needs.say(place.driver, ticket, Said(skill_ids=frozenset({999_999})), MONDAY_9AM)
    with pytest.raises(DomainError, match="schon beendet"):
        needs.say(place.driver, make_ticket(place.school, state=State.SOLVED), Said(minutes=5), MONDAY_9AM)


def test_a_visit_gets_the_time_its_tickets_need(place: Place) -> None:
    long, usual = make_ticket(place.school, state=State.PLANNED), make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, long, usual, kind=VisitKind.EXTRA)
    needs.say(place.driver, long, Said(minutes=95), MONDAY_9AM)
    assert visit.minutes == 10 + 95 + 20


def test_no_visit_of_the_timetable_comes_before_the_parts(place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    early = make_visit(place, ticket, kind=VisitKind.REGULAR)
    late = make_visit(place, on=NEXT_WEDNESDAY, kind=VisitKind.REGULAR)
    said = Said(waits_for="Lampe", not_before_on=WEDNESDAY + timedelta(days=1))
    assert needs.say(place.driver, ticket, said, MONDAY_9AM) is None
    found = queries.next_visit_of(ticket.id)
    assert found is not None
    assert found.id == late.id
    assert [job.ticket_id for job in early.jobs] == []


def test_a_visit_agreed_by_hand_stays_and_is_told_to_be_too_early(place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, kind=VisitKind.MANUAL)
    early = needs.say(place.driver, ticket, Said(not_before_on=NEXT_WEDNESDAY), MONDAY_9AM)
    assert early is visit
    assert ticket.state is State.PLANNED


def test_an_urgent_ticket_that_waits_for_a_part_gets_no_extra_visit_before_it_is_there(place: Place) -> None:
    ticket = make_ticket(place.school, impact=1, urgency=1)
    needs.say(place.driver, ticket, Said(not_before_on=NEXT_WEDNESDAY), MONDAY_9AM)
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 0
    make_visit(place, kind=VisitKind.REGULAR)
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 0
    make_visit(place, on=NEXT_WEDNESDAY, kind=VisitKind.REGULAR)
    assert bundles.bundle(place.school.id, MONDAY_9AM) == 1


def test_the_time_of_a_visit_stays_within_a_day(place: Place) -> None:
    tickets = [make_ticket(place.school, state=State.PLANNED) for _ in range(2)]
    visit = make_visit(place, *tickets, kind=VisitKind.EXTRA)
    for ticket in tickets:
        needs.say(place.driver, ticket, Said(minutes=480), MONDAY_9AM)
    assert visit.minutes == 480
    assert routes.needed_minutes(visit, {"visit.sign_in_minutes": 10, "visit.ticket_minutes": 20}) == 480
