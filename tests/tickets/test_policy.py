"""`visible_to` and `may_see` draw one line, and it is the line written here by hand."""

from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.accounts.models import User
from itsm.core.access import STRANGER, SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.org.models import School, Sharing
from itsm.tickets import policy, queries
from itsm.tickets.models import Ticket
from tests.people import actor_for, make_user
from tests.places import make_district, make_school
from tests.tickets.factories import make_ticket

# By hand: who sees which of the four tickets: a colleague's at the open school, one's own there,
# a colleague's at the closed school, one at another school in another district.
EXPECTED = {
    "reporter": {"open", "own"},
    "reporter of the closed school": set(),
    "author at the closed school": {"closed"},
    "media coordinator": {"open", "own"},
    "head of the closed school": {"closed"},
    "reporter elsewhere": {"elsewhere"},
    "manager": {"open", "own", "closed"},
    "manager elsewhere": {"elsewhere"},
    "assignee from elsewhere": {"open", "elsewhere"},
    "second level": {"open", "own", "closed", "elsewhere"},
    "dispatcher": {"open", "own", "closed", "elsewhere"},
    "auditor": {"open", "own", "closed", "elsewhere"},
    "administrator": {"open", "own", "closed", "elsewhere"},
    "claims clerk": set(),
    "editor": set(),
    "stranger": set(),
    "system": {"open", "own", "closed", "elsewhere"},
}


@pytest.fixture
def world(session: Session) -> tuple[dict[str, Actor], dict[str, Ticket]]:
    here, there = make_district(), make_district()
    open_school, closed_school, elsewhere = make_school(here), make_school(here), make_school(there)
    open_school.sharing, closed_school.sharing = Sharing.ALL, Sharing.OWN
    db.session.commit()

    def at(role: Role, school: School) -> User:
        return make_user(role, school_id=school.id)

    reporter, author = at(Role.REPORTER, open_school), at(Role.REPORTER, closed_school)
    stand_in = make_user(Role.CAMPUS_MANAGER, district_id=there.id)
    users = {
        "reporter": reporter,
        "reporter of the closed school": at(Role.REPORTER, closed_school),
        "author at the closed school": author,
        "media coordinator": at(Role.MEDIA_COORDINATOR, open_school),
        "head of the closed school": at(Role.HEAD_OF_SCHOOL, closed_school),
        "reporter elsewhere": at(Role.REPORTER, elsewhere),
        "manager": make_user(Role.CAMPUS_MANAGER, district_id=here.id),
        "manager elsewhere": make_user(Role.CAMPUS_MANAGER, district_id=there.id),
        "assignee from elsewhere": stand_in,
        "second level": make_user(Role.SECOND_LEVEL),
        "dispatcher": make_user(Role.DISPATCHER),
        "auditor": make_user(Role.AUDITOR),
        "administrator": make_user(Role.ADMINISTRATOR),
        "claims clerk": make_user(Role.CLAIMS_CLERK),
        "editor": make_user(Role.KB_EDITOR),
    }
    actors = {name: actor_for(user) for name, user in users.items()} | {"stranger": STRANGER, "system": SYSTEM}
    tickets = {
        "open": make_ticket(open_school, assignee=stand_in),
        "own": make_ticket(open_school, reporter=reporter),
        "closed": make_ticket(closed_school, reporter=author),
        "elsewhere": make_ticket(elsewhere),
    }
    return actors, tickets


def test_the_list_and_the_single_ticket_agree_with_the_table(
    world: tuple[dict[str, Actor], dict[str, Ticket]],
) -> None:
    actors, tickets = world
    assert set(actors) == set(EXPECTED)
    for name, actor in actors.items():
        listed = set(db.session.scalars(sa.select(Ticket.id).where(policy.visible_to(actor))))
        assert {word for word, ticket in tickets.items() if ticket.id in listed} == EXPECTED[name], name
        assert {word for word, ticket in tickets.items() if policy.may_see(actor, ticket)} == EXPECTED[name], name


def test_reporting_is_offered_exactly_where_it_is_allowed(world: tuple[dict[str, Actor], dict[str, Ticket]]) -> None:
    actors, tickets = world
    schools = [ticket.school for ticket in tickets.values()]
    for actor, school in product(actors.values(), schools):
        offered = db.session.scalar(sa.select(School.id).where(School.id == school.id, policy.reportable_by(actor)))
        assert (offered is not None) == policy.may_report(actor, school)


def test_internal_entries_are_for_support_and_revision_alone(
    world: tuple[dict[str, Actor], dict[str, Ticket]],
) -> None:
    actors, tickets = world
    readers = {name for name, actor in actors.items() if policy.may_see_internal(actor, tickets["open"])}
    assert readers == {
        "manager",
        "assignee from elsewhere",
        "second level",
        "dispatcher",
        "auditor",
        "administrator",
        "system",
    }


def test_the_auditor_reads_and_changes_nothing(world: tuple[dict[str, Actor], dict[str, Ticket]]) -> None:
    actors, tickets = world
    auditor, ticket = actors["auditor"], tickets["open"]
    rules = (
        policy.may_handle, policy.may_answer, policy.may_reopen, policy.may_withdraw,
        policy.may_assign, policy.may_note, policy.may_message,
    )  # fmt: skip
    assert not any(rule(auditor, ticket) for rule in rules)
    assert queries.get_for(auditor, ticket.id) is ticket
