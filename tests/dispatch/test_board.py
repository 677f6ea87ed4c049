"""What people do on the board: move, plan, pin, split, merge, take back."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.core.access import Actor, Role
from itsm.core.clock import local
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.outbox import Mail
from itsm.dispatch import board as boards
from itsm.dispatch import board_queries
from itsm.dispatch.models import Assurance, BoardStep, Skill, Visit, VisitKind, Workday, WorkNeed
from itsm.dispatch.service import board, effects
from itsm.dispatch.service.board import Pins
from itsm.dispatch.service.effects import Goal
from itsm.dispatch.states import VisitState
from itsm.org.models import MovableDay
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit, make_visiting_time
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

THURSDAY, FRIDAY = date(2026, 11, 19), date(2026, 11, 20)


def colleague_of(place: Place, name: str = "Kai Kollege") -> User:
    return make_user(Role.CAMPUS_MANAGER, district_id=place.district.id, name=name)


def neighbour(place: Place, name: str = "Nachbarschule") -> Place:
    """Another school of the district, with the same manager."""
    school = make_school(place.district, name=name, site=make_site(latitude=51.53, longitude=7.50))
    return Place(place.district, school, place.manager)


def mails() -> list[str]:
    found = db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed"))
    return [item["sentence"] for mail in found for item in mail.items]


def move(actor: Actor, visit: Visit, goal: Goal, **more: bool) -> Visit:
    return board.move(actor, visit, goal, visit.version_id, MONDAY_9AM, **more)


def step_of(place: Place) -> BoardStep:
    step = board_queries.last_step_of(place.driver, MONDAY_9AM - timedelta(hours=1))
    assert step is not None
    return step


def at(visit: Visit) -> str:
    return f"{local(visit.starts_at):%-H:%M}"


def test_a_visit_goes_to_another_day_and_person_and_the_school_is_told_once() -> None:
    place = make_place()
    other, visit = colleague_of(place), make_visit(place)
    moved = move(place.driver, visit, Goal(other, THURSDAY))
    assert (moved.id, moved.user_id, moved.visit_on, moved.is_fixed) == (visit.id, other.id, THURSDAY, False)
    assert len(mails()) == 1
    assert "Donnerstag" in mails()[0]


def test_a_school_that_knows_nothing_of_a_visit_gets_no_mail_when_it_moves() -> None:
    place = make_place()
    visit = make_visit(place, assurance=Assurance.SOFT)
    assert move(place.driver, visit, Goal(place.manager, THURSDAY)).assurance is Assurance.SOFT
    assert mails() == []


def test_what_is_dropped_before_another_visit_comes_before_it() -> None:
    place = make_place()
    second = neighbour(place)
    first, moved = make_visit(place, position=1, at=time(8)), make_visit(second, on=THURSDAY)
    move(place.driver, moved, Goal(place.manager, WEDNESDAY, 8 * 60 - 10))
    assert (moved.position, first.position) == (1, 2)
    move(place.driver, moved, Goal(place.manager, WEDNESDAY, 8 * 60 + 55))
    assert (first.position, moved.position) == (1, 2)


def test_what_is_dropped_long_after_the_others_begins_where_it_was_dropped() -> None:
    place = make_place()
    visit = make_visit(place)
    move(place.driver, visit, Goal(place.manager, THURSDAY, 13 * 60 + 4))
    assert (at(visit), visit.is_fixed) == ("13:00", True)


def test_a_time_that_was_typed_is_kept() -> None:
    place = make_place()
    visit = make_visit(place)
    move(place.driver, visit, Goal(place.manager, THURSDAY, 10 * 60 + 20, is_exact=True))
    assert (at(visit), visit.is_fixed) == ("10:20", True)


@pytest.mark.parametrize(
    ("day", "minute", "words"),
    [
        (date(2026, 11, 21), None, "arbeitet am Samstag, 21. November nicht"),
        (date(2026, 11, 13), None, "Dieser Tag ist vorbei"),
        (date(2026, 12, 9), None, "in derselben oder in der nächsten Woche"),
        (THURSDAY, 15 * 60, "lässt Besuche nur von 7:30 bis"),
    ],
)
def test_a_closed_door_refuses_and_says_why(day: date, minute: int | None, words: str) -> None:
    place = make_place()
    visit = make_visit(place, minutes=60)
    with pytest.raises(DomainError) as error:
        move(place.driver, visit, Goal(place.manager, day, minute, is_exact=minute is not None), nod=True)
    assert words in error.value.sentence
    assert (visit.visit_on, at(visit)) == (WEDNESDAY, "9:00")


def test_a_school_with_a_holiday_of_its_own_refuses_that_day() -> None:
    place = make_place()
    place.school.movable_days.append(MovableDay(day=THURSDAY))
    visit = make_visit(place)
    effect = effects.of(visit, Goal(place.manager, THURSDAY), MONDAY_9AM)
    assert (effect.is_possible, effect.sentence) == (
        False,
        f"{place.school.short_name} ist zu dieser Zeit nicht offen.",
    )


def test_a_missing_skill_refuses_even_with_a_nod() -> None:
    place = make_place()
    ticket = make_ticket(place.school, state=State.PLANNED)
    db.session.add(WorkNeed(ticket_id=ticket.id, people=1, skills=[Skill(name="Netzwerk")]))
    visit = make_visit(place, ticket)
    with pytest.raises(DomainError, match="Mia Manager fehlt dafür: Netzwerk"):
        move(place.driver, visit, Goal(place.manager, THURSDAY), nod=True)


def test_overtime_needs_a_nod() -> None:
    place = make_place()
    db.session.add(Workday(user_id=place.manager.id, weekday=3, starts=time(7, 30), ends=time(15)))
    visit, goal = make_visit(place), Goal(place.manager, THURSDAY, 14 * 60 + 35, is_exact=True)
    effect = effects.of(visit, goal, MONDAY_9AM)
    assert (effect.kind, effect.needs_nod) == ("warning", True)
    with pytest.raises(DomainError, match="Mia Manager macht dafür Überstunden"):
        move(place.driver, visit, goal)
    assert move(place.driver, visit, goal, nod=True).visit_on == THURSDAY


def test_a_confirmed_visit_needs_a_nod_and_is_only_told_afterwards() -> None:
    place = make_place()
    visit = make_visit(place, assurance=Assurance.CONFIRMED, is_day_pinned=True, is_user_pinned=True)
    with pytest.raises(
        DomainError, match=r"Die Schule hat Mittwoch, 18\. November zwischen 9:00 und 10:30 Uhr bestätigt"
    ):
        move(place.driver, visit, Goal(place.manager, THURSDAY))
    assert move(place.driver, visit, Goal(place.manager, THURSDAY), nod=True).assurance is Assurance.TOLD
    assert len(mails()) == 1


def test_who_saw_an_older_state_changes_nothing_and_is_told_the_new_one() -> None:
    place = make_place()
    visit = make_visit(place)
    seen = visit.version_id
    move(place.driver, visit, Goal(place.manager, THURSDAY))
    with pytest.raises(Conflict) as error:
        board.move(place.driver, visit, Goal(place.manager, FRIDAY), seen, MONDAY_9AM)
    assert f"{place.school.short_name} ist inzwischen geändert: Do 19.11. Mia Manager" in error.value.sentence
    assert visit.visit_on == THURSDAY


def test_strangers_move_nothing() -> None:
    place = make_place()
    visit = make_visit(place)
    stranger = make_place().driver
    for act in (
        lambda: move(stranger, visit, Goal(place.manager, THURSDAY)),
        lambda: board.plan(stranger, [make_ticket(place.school)], Goal(place.manager, THURSDAY), MONDAY_9AM),
        lambda: board.pin(stranger, visit, Pins(True, True, True), visit.version_id, MONDAY_9AM),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_has_begun_stays() -> None:
    place = make_place()
    visit = make_visit(place, on=date(2026, 11, 16), state=VisitState.ON_SITE)
    with pytest.raises(DomainError, match="schon vor Ort"):
        move(place.driver, visit, Goal(place.manager, THURSDAY))


def test_a_manager_of_another_district_may_take_a_visit_over() -> None:
    place, other = make_place(), make_place()
    visit = make_visit(place)
    lead = actor_for(make_user(Role.DISPATCHER))
    assert move(lead, visit, Goal(other.manager, THURSDAY)).user_id == other.manager.id


def test_a_ticket_gets_a_visit_and_its_school_is_told() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit = board.plan(place.driver, [ticket], Goal(place.manager, THURSDAY), MONDAY_9AM)
    assert (visit.kind, visit.assurance, visit.visit_on) == (VisitKind.PLANNED, Assurance.TOLD, THURSDAY)
    assert len(mails()) == 1
    assert (visit.minutes, ticket.state) == (30, State.PLANNED)
    with pytest.raises(Conflict, match="steht inzwischen ein Besuch fest"):
        board.plan(place.driver, [ticket], Goal(place.manager, FRIDAY), MONDAY_9AM)


def test_the_best_places_leave_everything_else_alone_and_the_reason_is_found_by_trying() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    best = effects.best(ticket, MONDAY_9AM)
    assert best
    assert all(choice.user == place.manager for choice in best)
    why = effects.why_open(ticket, MONDAY_9AM)
    assert why is not None
    assert "Es wäre noch Platz" in why.sentence


def test_pins_are_set_and_taken_back() -> None:
    place = make_place()
    visit = make_visit(place)
    board.pin(place.driver, visit, Pins(day=True, user=False, time=True), visit.version_id, MONDAY_9AM)
    assert boards.pins_of(visit) == ["Tag", "Zeit"]
    board.undo(place.driver, step_of(place).id, MONDAY_9AM)
    assert boards.pins_of(visit) == []


def test_a_move_is_taken_back_with_day_person_time_and_pins() -> None:
    place = make_place()
    other, visit = colleague_of(place), make_visit(place, is_user_pinned=True)
    before = at(visit)
    move(place.driver, visit, Goal(other, THURSDAY, 11 * 60, is_exact=True), nod=True)
    board.undo(place.driver, step_of(place).id, MONDAY_9AM)
    assert (visit.user_id, visit.visit_on, visit.is_fixed) == (place.manager.id, WEDNESDAY, False)
    assert visit.is_user_pinned
    assert at(visit) == before


def test_a_visit_of_the_timetable_leaves_a_mark_on_its_day_and_comes_back_to_it() -> None:
    place = make_place()
    visit = make_visit(place, visiting_time=make_visiting_time(place.school), kind=VisitKind.REGULAR)
    moved = move(place.driver, visit, Goal(place.manager, THURSDAY))
    assert (visit.state, moved.visit_on) == (VisitState.CANCELLED, THURSDAY)
    board.undo(place.driver, step_of(place).id, MONDAY_9AM)
    assert (moved.state, moved.visit_on) == (VisitState.PLANNED, WEDNESDAY)


def test_a_planned_ticket_is_taken_back_and_waits_again() -> None:
    place = make_place()
    ticket = make_ticket(place.school)
    visit = board.plan(place.driver, [ticket], Goal(place.manager, THURSDAY), MONDAY_9AM)
    board.undo(place.driver, step_of(place).id, MONDAY_9AM)
    assert (visit.state, ticket.state) == (VisitState.CANCELLED, State.ACCEPTED)
    assert "fällt leider aus. Wir planen den Besuch noch einmal neu." in mails()[-1]


def test_only_the_last_own_step_is_taken_back_and_only_once() -> None:
    place = make_place()
    other = actor_for(colleague_of(place))
    visit = make_visit(place)
    move(place.driver, visit, Goal(place.manager, THURSDAY))
    first = step_of(place)
    move(place.driver, visit, Goal(place.manager, FRIDAY))
    with pytest.raises(Conflict, match="nur der letzte Schritt"):
        board.undo(place.driver, first.id, MONDAY_9AM)
    with pytest.raises(NotFound):
        board.undo(other, step_of(place).id, MONDAY_9AM)
    second = step_of(place)
    board.undo(place.driver, second.id, MONDAY_9AM)
    with pytest.raises(Conflict):
        board.undo(place.driver, second.id, MONDAY_9AM)
    assert visit.visit_on == THURSDAY


def test_a_step_is_not_taken_back_over_what_somebody_else_did_since() -> None:
    place = make_place()
    visit = make_visit(place)
    move(place.driver, visit, Goal(place.manager, THURSDAY))
    mine = step_of(place)
    move(actor_for(colleague_of(place)), visit, Goal(place.manager, FRIDAY))
    with pytest.raises(Conflict, match="jemand anderes"):
        board.undo(place.driver, mine.id, MONDAY_9AM)
    assert visit.visit_on == FRIDAY


def test_a_visit_is_split_into_two_stops_and_put_together_again() -> None:
    place = make_place()
    stays, goes = (make_ticket(place.school, state=State.PLANNED) for _ in range(2))
    visit = make_visit(place, stays, goes, kind=VisitKind.EXTRA, position=1)
    other = board.split(place.driver, visit, [goes.id], visit.version_id, MONDAY_9AM)
    assert [job.ticket_id for job in visit.jobs] == [stays.id]
    assert [job.ticket_id for job in other.jobs] == [goes.id]
    assert (visit.minutes, other.minutes) == (30, 30)
    assert (visit.position, other.position) == (1, 2)
    board.undo(place.driver, step_of(place).id, MONDAY_9AM)
    assert sorted(job.ticket_id for job in visit.jobs) == sorted([stays.id, goes.id])
    assert other.state is VisitState.CANCELLED


@pytest.mark.parametrize("count", [0, 2])
def test_a_split_leaves_something_on_both_sides(count: int) -> None:
    place = make_place()
    tickets = [make_ticket(place.school, state=State.PLANNED) for _ in range(2)]
    visit = make_visit(place, *tickets)
    with pytest.raises(DomainError, match="Beide Besuche brauchen etwas zu tun"):
        board.split(place.driver, visit, [one.id for one in tickets[:count]], visit.version_id, MONDAY_9AM)


def test_two_visits_at_one_building_become_one_and_two_again() -> None:
    place = make_place()
    mine, theirs = (make_ticket(place.school, state=State.PLANNED) for _ in range(2))
    visit, other = make_visit(place, mine, position=1), make_visit(place, theirs, at=time(13), position=2)
    board.merge(place.driver, visit, other, visit.version_id, MONDAY_9AM)
    assert sorted(job.ticket_id for job in visit.jobs) == sorted([mine.id, theirs.id])
    assert (other.state, other.reason) == (VisitState.CANCELLED, "Zusammengelegt mit dem Besuch um 9:00 Uhr.")
    board.undo(place.driver, step_of(place).id, MONDAY_9AM)
    assert [job.ticket_id for job in visit.jobs] == [mine.id]
    again = db.session.scalars(sa.select(Visit).where(Visit.state == VisitState.PLANNED, Visit.id != visit.id)).one()
    assert [job.ticket_id for job in again.jobs] == [theirs.id]
    assert again.assurance is Assurance.TOLD


def test_visits_apart_are_not_put_together() -> None:
    place = make_place()
    visit = make_visit(place)
    for other in (make_visit(place, on=THURSDAY), make_visit(neighbour(place))):
        with pytest.raises(DomainError, match="im selben Gebäude"):
            board.merge(place.driver, visit, other, visit.version_id, MONDAY_9AM)


def test_who_only_lends_a_hand_is_moved_with_the_visit_itself() -> None:
    place = make_place()
    visit = make_visit(place)
    helper = make_visit(place, user=colleague_of(place), helps_id=visit.id)
    assert "hilft mit" in boards.line_of(helper)
    effect = effects.of(helper, Goal(place.manager, THURSDAY), MONDAY_9AM)
    assert (effect.is_possible, effect.sentence[:12]) == (False, "Hier hilft j")


@pytest.mark.parametrize("people", [1, 2])
def test_work_for_two_brings_a_second_person_along(people: int) -> None:
    place = make_place()
    other, ticket = colleague_of(place), make_ticket(place.school)
    db.session.add(WorkNeed(ticket_id=ticket.id, people=people, skills=[]))
    db.session.flush()
    visit = board.plan(place.driver, [ticket], Goal(place.manager, THURSDAY), MONDAY_9AM)
    helpers = db.session.scalars(sa.select(Visit).where(Visit.helps_id == visit.id)).all()
    assert [helper.user_id for helper in helpers] == [other.id] * (people - 1)
    assert all(helper.starts_at == visit.starts_at for helper in helpers)
