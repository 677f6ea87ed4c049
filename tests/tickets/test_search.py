"""The search line: each word is one filter, and none of them shows more than the person may see."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.search import chips
from itsm.tickets import listing, search
from itsm.tickets.models import Entry, Ticket, TicketDevice
from itsm.tickets.states import State
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_district, make_school
from tests.saving import at_once
from tests.tickets.factories import make_fault_type, make_ticket


def found(line: str, actor: Actor = SYSTEM, tab: str = "alle") -> set[str]:
    return {row.title for row in listing.page(actor, tab, line, "neu", "", MONDAY_9AM).rows}


@pytest.fixture
def two(session: Session) -> tuple[Ticket, Ticket]:
    district = make_district("Nordbezirk")
    school = make_school(district, name="Adlerfeld-Grundschule")
    manager = make_user(Role.CAMPUS_MANAGER, district_id=district.id, name="Carla Campus")
    first = make_ticket(
        school,
        title="Beamer dunkel",
        fault_type=make_fault_type("Display"),
        assignee=manager,
        urgency=1,
        devices=[TicketDevice(tag="IP-0815")],
        description="Die Kinder warten",
        at=datetime(2026, 11, 10, 9, tzinfo=UTC),
    )
    second = make_ticket(
        make_school(name="Max-Planck-Gymnasium"),
        title="Drucker klemmt",
        fault_type=make_fault_type("Drucker"),
        place="Aula",
        state=State.WAITING_SCHOOL,
    )
    return first, second


OF_THE_FIRST = (
    "status:gemeldet", "schule:adlerfeld", "raum:2.14", "bezirk:nordbezirk", "art:display", "prio:2",
    "wer:carla", "gerät:IP-0815", "geraet:IP-0815", "beamer", "Kind", "schule:Adlerfeld beamer",
    'schule:"Adlerfeld-Grundschule" status:offen', '"beamer dunkel"',
)  # fmt: skip
OF_THE_SECOND = (
    "status:wartet",
    "raum:AULA",
    "wer:niemand",
    "seit:2",
    "seit:16.11.2026",
    "seit:2026-11-16",
    "seit:heute",
)
ODD = ("'", '"', "%", "_", ":", "&|!", "status:", "a:b:c", "schule:%", "raum:'", "\x00", "gerät:\\", "((", "-")


@pytest.mark.usefixtures("two")
def test_a_word_finds_the_one_it_is_about() -> None:
    answers = {line: found(line) for line in OF_THE_FIRST}
    assert answers == {line: {"Beamer dunkel"} for line in OF_THE_FIRST}


@pytest.mark.usefixtures("two")
def test_the_other_one_is_found_by_its_own_words() -> None:
    answers = {line: found(line) for line in OF_THE_SECOND}
    assert answers == {line: {"Drucker klemmt"} for line in OF_THE_SECOND}


def test_numbers_find_school_district_and_ticket(two: tuple[Ticket, Ticket]) -> None:
    first, _ = two
    assert found(f"schule:{first.school.number}") == {"Beamer dunkel"}
    assert first.district is not None
    assert found(f"bezirk:{first.district.number}") == {"Beamer dunkel"}
    for line in (first.number, first.number.lower(), f"#{first.id}", f"s{first.id}"):
        assert found(line) == {"Beamer dunkel"}, line


@pytest.mark.parametrize("line", ["status:blau", "prio:9", "prio:x", "seit:gestern", "seit:99.99.2026", "x" * 301])
def test_what_cannot_be_understood_is_a_sentence(two: tuple[Ticket, Ticket], line: str) -> None:
    with pytest.raises(DomainError):
        search.filters(SYSTEM, line, MONDAY_9AM)


@pytest.mark.usefixtures("two")
def test_odd_signs_are_only_text() -> None:
    answers = {line: found(line) for line in ODD}
    both = {"Beamer dunkel", "Drucker klemmt"}
    assert {line: answer for line, answer in answers.items() if answer not in (set(), both)} == {}


def test_a_filter_never_widens_what_a_person_sees(two: tuple[Ticket, Ticket]) -> None:
    first, second = two
    stranger = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=second.school_id))
    for line in ("", "beamer", first.number, f"schule:{first.school.number}", "gerät:IP-0815", "wer:carla"):
        assert "Beamer dunkel" not in found(line, stranger), line


def test_an_internal_word_is_found_by_nobody(two: tuple[Ticket, Ticket]) -> None:
    first, _ = two
    db.session.add(Entry(ticket_id=first.id, at=MONDAY_9AM, is_public=False, text="Marke4711"))
    db.session.commit()
    assert found("Marke4711") == set()


def test_chips_take_one_filter_out_and_leave_the_rest() -> None:
    assert chips('status:offen raum:"2.14 b" text', search.WORDS) == [
        ("status:offen", 'raum:"2.14 b" text'),
        ("raum:2.14 b", "status:offen text"),
    ]


def test_paging_shows_every_ticket_once_in_every_order(session: Session) -> None:
    school = make_school()
    reporter, fault = make_user(Role.REPORTER, school_id=school.id), make_fault_type()
    with at_once():
        for number in range(60):
            make_ticket(school, reporter=reporter, fault_type=fault, title=str(number), impact=1 + number % 3)
    shown = {order: _paged(order) for order in listing.ORDERS}
    titles = sorted(str(number) for number in range(60))
    assert {order for order, seen in shown.items() if sorted(seen) != titles} == set()
    priorities = dict(db.session.execute(sa.select(Ticket.title, Ticket.priority)).all())
    assert [priorities[title] for title in shown["prio"]] == sorted(priorities.values())


def _paged(order: str) -> list[str]:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = listing.page(SYSTEM, "alle", "", order, cursor, MONDAY_9AM)
        seen += [row.title for row in page.rows]
        cursor = page.cursor
    return seen


@pytest.mark.parametrize("cursor", ["x", "1_2_3", "-1", "1;drop", "9" * 30, "1_"])
def test_a_made_up_cursor_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(DomainError):
        listing.page(SYSTEM, "alle", "", "prio", cursor, MONDAY_9AM)


def test_the_tabs_count_what_they_show(two: tuple[Ticket, Ticket]) -> None:
    lead = actor_for(make_user(Role.DISPATCHER))
    counts = listing.counts(lead)
    assert counts == {tab: len(found("", lead, tab)) for tab in listing.TABS}
    assert counts == {"meine": 0, "offen": 2, "wartet": 1, "alle": 2}
