"""The verbs: each checks, changes and records."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.accounts.models import Absence, User
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.org.models import School
from itsm.tickets import routing, service
from itsm.tickets.models import Entry, Target, Ticket
from itsm.tickets.routing import Destination
from itsm.tickets.states import State
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_district, make_school
from tests.tickets.factories import make_group, make_ticket

SECOND = timedelta(seconds=1)


@dataclass
class Cast:
    """The people of one ticket."""

    school: School
    ticket: Ticket
    reporter: Actor
    manager: Actor
    agent: Actor
    manager_user: User


@pytest.fixture
def cast(session: Session) -> Cast:
    school = make_school(make_district())
    reporter = make_user(Role.REPORTER, school_id=school.id)
    manager = make_user(Role.CAMPUS_MANAGER, district_id=school.district_id, name="Frau Manager")
    agent = make_user(Role.SECOND_LEVEL)
    make_group("Systemhaus")
    ticket = make_ticket(school, reporter=reporter)
    return Cast(school, ticket, actor_for(reporter), actor_for(manager), actor_for(agent), manager)


def entries(ticket: Ticket) -> list[Entry]:
    return list(db.session.scalars(sa.select(Entry).where(Entry.ticket_id == ticket.id).order_by(Entry.id)))


def mails(address: str) -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).where(Mail.to_address == address)))


def test_a_move_sets_state_moment_and_entry_together(cast: Cast) -> None:
    service.accept(cast.manager, cast.ticket, MONDAY_9AM + SECOND)
    assert (cast.ticket.state, cast.ticket.state_at) == (State.ACCEPTED, MONDAY_9AM + SECOND)
    last = entries(cast.ticket)[-1]
    assert (last.move, last.from_state, last.to_state) == ("accept", State.NEW, State.ACCEPTED)
    assert (last.at, last.author_id, last.is_public) == (MONDAY_9AM + SECOND, cast.manager.user_id, True)


def test_who_accepts_is_responsible(cast: Cast) -> None:
    service.accept(cast.manager, cast.ticket, MONDAY_9AM)
    assert cast.ticket.assignee_id == cast.manager.user_id


def test_twice_in_a_row_is_refused_with_the_present_state(cast: Cast) -> None:
    service.accept(cast.manager, cast.ticket, MONDAY_9AM)
    with pytest.raises(DomainError, match="angenommen"):
        service.accept(cast.manager, cast.ticket, MONDAY_9AM)


def test_the_system_may_do_what_jobs_do(cast: Cast) -> None:
    service.plan(SYSTEM, cast.ticket, MONDAY_9AM)
    service.unplan(SYSTEM, cast.ticket, "Schule hat geschlossen", MONDAY_9AM)
    assert cast.ticket.state is State.ACCEPTED


def test_escalating_hands_over_everything_tried_but_not_to_the_school(cast: Cast) -> None:
    service.escalate(cast.manager, cast.ticket, "Rechte fehlen", MONDAY_9AM, tried="Neu angemeldet")
    assert (cast.ticket.state, cast.ticket.target) == (State.SECOND_LEVEL, Target.SECOND_LEVEL)
    assert cast.ticket.group is not None and cast.ticket.assignee_id is None
    public, internal = entries(cast.ticket)[-2:]
    assert public.is_public and public.text == ""
    assert not internal.is_public and "Rechte fehlen" in internal.text and "Neu angemeldet" in internal.text
    [to_group] = mails(cast.ticket.group.email)
    assert "Rechte fehlen" in to_group.items[-1]["text"]
    [to_reporter] = mails(cast.reporter.email)
    assert "Rechte fehlen" not in str(to_reporter.items)


def test_the_second_level_works_only_while_the_ticket_is_there(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        service.solve(cast.agent, cast.ticket, "Konto entsperrt", MONDAY_9AM)
    service.escalate(cast.manager, cast.ticket, "Konto", MONDAY_9AM)
    service.solve(cast.agent, cast.ticket, "Konto entsperrt", MONDAY_9AM)
    assert cast.ticket.state is State.SOLVED


def test_given_back_goes_to_the_manager_of_the_day(cast: Cast) -> None:
    service.escalate(cast.manager, cast.ticket, "Konto", MONDAY_9AM)
    service.give_back(cast.agent, cast.ticket, "Bitte Kabel tauschen", MONDAY_9AM)
    assert (cast.ticket.state, cast.ticket.target) == (State.ACCEPTED, Target.ON_SITE)
    assert cast.ticket.assignee_id == cast.manager.user_id
    assert [entry.is_public for entry in entries(cast.ticket) if "Kabel" in entry.text] == [False]


def test_an_answer_goes_back_to_the_desk_that_asked(cast: Cast) -> None:
    service.ask_school(cast.manager, cast.ticket, "Welcher Anschluss?", MONDAY_9AM)
    service.answer(cast.reporter, cast.ticket, "HDMI", MONDAY_9AM)
    assert cast.ticket.state is State.ACCEPTED
    service.escalate(cast.manager, cast.ticket, "Konto", MONDAY_9AM)
    service.ask_school(cast.agent, cast.ticket, "Seit wann?", MONDAY_9AM)
    service.answer(cast.reporter, cast.ticket, "Seit gestern", MONDAY_9AM)
    assert cast.ticket.state is State.SECOND_LEVEL


def test_reopening_ends_with_the_last_second_of_the_period(cast: Cast) -> None:
    service.solve(cast.manager, cast.ticket, "Kabel getauscht", MONDAY_9AM)
    end = MONDAY_9AM + timedelta(days=14)
    with pytest.raises(DomainError, match=r"30\.11\.2026"):
        service.reopen(cast.reporter, cast.ticket, "Wieder dunkel", end + SECOND)
    service.reopen(cast.reporter, cast.ticket, "Wieder dunkel", end)
    assert cast.ticket.state is State.ACCEPTED and cast.ticket.solved_at is None


def test_a_withdrawn_ticket_stays_withdrawn(cast: Cast) -> None:
    service.withdraw(cast.reporter, cast.ticket, "", MONDAY_9AM)
    assert cast.ticket.closed_at == MONDAY_9AM
    with pytest.raises(DomainError, match="zurückgezogen"):
        service.reopen(cast.reporter, cast.ticket, "doch", MONDAY_9AM)


def test_new_work_goes_to_the_deputy_and_says_so(cast: Cast) -> None:
    deputy = make_user(Role.CAMPUS_MANAGER, district_id=cast.school.district_id, is_deputy=True, name="Herr Vertretung")
    db.session.add(Absence(user_id=cast.manager.user_id, first_on=MONDAY, last_on=MONDAY))
    db.session.commit()
    found = routing.responsible(cast.school.district_id, MONDAY)
    service.place(SYSTEM, cast.ticket, Destination(Target.ON_SITE, None), found, MONDAY_9AM)
    assert cast.ticket.assignee_id == deputy.id
    last = entries(cast.ticket)[-1]
    assert last.is_public and "Frau Manager" in last.text and "Herr Vertretung" in last.text


def test_a_ticket_is_handed_only_to_somebody_who_can_work_on_it(cast: Cast) -> None:
    stranger = make_user(Role.CAMPUS_MANAGER, district_id=make_district().id)
    with pytest.raises(DomainError, match="kann diese Störung nicht bearbeiten"):
        service.assign(cast.manager, cast.ticket, stranger, MONDAY_9AM)
    assert cast.ticket.assignee_id is None
    service.assign(cast.manager, cast.ticket, cast.manager_user, MONDAY_9AM)
    assert cast.ticket.assignee_id == cast.manager.user_id


def test_a_new_priority_needs_a_reason_and_follows_the_matrix(cast: Cast) -> None:
    with pytest.raises(DomainError, match="begründen"):
        service.change_priority(cast.manager, cast.ticket, 1, 1, "  ", MONDAY_9AM)
    service.change_priority(cast.manager, cast.ticket, 1, 1, "Alle Räume betroffen", MONDAY_9AM)
    assert cast.ticket.priority == 1


def test_a_burst_of_moves_is_one_mail(cast: Cast) -> None:
    service.accept(cast.manager, cast.ticket, MONDAY_9AM)
    service.ask_school(cast.manager, cast.ticket, "Welcher Anschluss?", MONDAY_9AM + SECOND)
    [mail] = mails(cast.reporter.email)
    assert [item["title"] for item in mail.items] == ["Angenommen", "Rückfrage an die Schule"]


def test_nobody_is_told_what_they_did_themselves(cast: Cast) -> None:
    service.withdraw(cast.reporter, cast.ticket, "", MONDAY_9AM)
    assert mails(cast.reporter.email) == []
