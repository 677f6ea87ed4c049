"""A school is asked whether a visit suits: yes, another time, none of them, no answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import Absence
from itsm.core import clock
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.dispatch import offer_queries, offer_words
from itsm.dispatch.models import Assurance, SlotChoice, SlotOffer, Visit, VisitKind
from itsm.dispatch.service import alternatives, offers, visits
from itsm.dispatch.service.visits import Wish
from itsm.dispatch.states import OfferState, VisitState
from itsm.org.models import MovableDay
from itsm.tickets.models import Entry
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit, make_visiting_time
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_school
from tests.tickets.factories import make_ticket

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def place(session: scoped_session) -> Place:
    return make_place()


def answerer(place: Place, role: Role = Role.MEDIA_COORDINATOR) -> Actor:
    return actor_for(make_user(role, school_id=place.school.id))


def ask(place: Place, **columns: object) -> tuple[Visit, SlotOffer, Actor]:
    school = answerer(place)
    visit = make_visit(place, make_ticket(place.school, state=State.PLANNED), **columns)
    return visit, offers.offer(place.driver, visit, MONDAY_9AM), school


def mails(template: str) -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).where(Mail.template == template).order_by(Mail.id)))


def test_the_leads_of_the_school_are_asked_once_with_other_times_and_without_their_cost(place: Place) -> None:
    head = make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id)
    visit, asked, school = ask(place)
    assert offers.offer(place.driver, visit, MONDAY_9AM) is asked
    assert {mail.to_address for mail in mails("visit-offer")} == {school.email, head.email}
    item = mails("visit-offer")[0].items[0]
    assert item["sentence"] == "Wir würden am Mittwoch zwischen 9:00 und 10:30 Uhr kommen. Passt das?"
    assert len(item["others"]) == 3
    assert "cents" not in str(item)


def test_other_times_are_other_half_days_after_the_deadline_on_which_somebody_can_come(place: Place) -> None:
    _, asked, _ = ask(place)
    halves = {(clock.local_day(one.starts_at), clock.local(one.starts_at).hour >= 12) for one in asked.choices}
    assert len(halves) == len(asked.choices) == 3
    assert (WEDNESDAY, False) not in halves
    assert all(one.starts_at >= asked.answer_by for one in asked.choices)
    assert all(clock.local_day(one.starts_at).weekday() < 5 for one in asked.choices)


def test_a_day_on_which_nobody_is_there_is_no_other_time(place: Place) -> None:
    away = Absence(user=place.manager, first_on=WEDNESDAY, last_on=WEDNESDAY + timedelta(days=20))
    db.session.add(away)
    db.session.commit()
    visit, asked, _ = ask(place, on=WEDNESDAY - timedelta(days=1))
    assert asked.choices == []
    assert visit.state is VisitState.PLANNED


def test_yes_makes_it_a_promise_of_day_person_and_span(place: Place) -> None:
    visit, asked, school = ask(place)
    offers.confirm(school, visit, offers.mark(visit), MONDAY_9AM + HOUR)
    assert (visit.assurance, visit.is_day_pinned, visit.is_user_pinned) == (Assurance.CONFIRMED, True, True)
    assert (asked.state, asked.answered_by_id) == (OfferState.CONFIRMED, school.user_id)
    with pytest.raises(DomainError, match="schon bestätigt"):
        offers.offer(place.driver, visit, MONDAY_9AM + HOUR)


def test_a_yes_to_a_time_that_has_moved_meanwhile_says_so_and_keeps_asking(place: Place) -> None:
    visit, asked, school = ask(place)
    seen = offers.mark(visit)
    visit.starts_at += timedelta(hours=2)
    db.session.commit()
    with pytest.raises(Conflict, match="zwischen 11:00 und 12:30 Uhr"):
        offers.confirm(school, visit, seen, MONDAY_9AM + HOUR)
    assert asked.state is OfferState.OPEN
    visit.starts_at += timedelta(minutes=20)
    db.session.commit()
    offers.confirm(school, visit, offers.mark(visit), MONDAY_9AM + HOUR)


def test_another_time_moves_the_visit_with_its_tickets_and_is_promised(place: Place) -> None:
    visit, asked, school = ask(place)
    choice = asked.choices[-1]
    moved = offers.choose(school, visit, choice.id, MONDAY_9AM + HOUR)
    assert moved is visit
    begin, end = offer_words.span(choice.starts_at)
    assert begin <= moved.starts_at < end
    assert moved.visit_on == clock.local_day(choice.starts_at)
    assert moved.breach is None
    assert (moved.assurance, moved.is_day_pinned, asked.state) == (Assurance.CONFIRMED, True, OfferState.CHANGED)
    text = db.session.scalars(sa.select(Entry.text).order_by(Entry.id.desc()).limit(1)).one()
    assert text.startswith("Neuer Termin: Wir kommen am ")


def test_a_visit_of_the_timetable_goes_to_another_day_as_a_new_one(place: Place) -> None:
    fixed = make_visiting_time(place.school)
    visit, asked, school = ask(place, kind=VisitKind.REGULAR, visiting_time=fixed)
    assert asked.choices
    moved = offers.choose(school, visit, asked.choices[0].id, MONDAY_9AM + HOUR)
    assert moved is not None
    assert moved.id != visit.id
    assert (visit.state, asked.visit_id, asked.state) == (VisitState.CANCELLED, moved.id, OfferState.CHANGED)
    assert len(moved.waiting) == 1
    assert moved.assurance is Assurance.CONFIRMED


def test_a_time_that_is_taken_meanwhile_is_replaced_by_fresh_ones(place: Place) -> None:
    visit, asked, school = ask(place)
    choice = asked.choices[0]
    day, chosen = clock.local_day(choice.starts_at), choice.id
    db.session.add(Absence(user=place.manager, first_on=day, last_on=day))
    db.session.commit()
    assert offers.choose(school, visit, chosen, MONDAY_9AM + HOUR) is None
    assert (visit.visit_on, asked.state) == (WEDNESDAY, OfferState.OPEN)
    assert asked.choices
    assert chosen not in {one.id for one in asked.choices}
    assert all(clock.local_day(one.starts_at) != day for one in asked.choices)
    assert offers.choose(school, visit, asked.choices[0].id, MONDAY_9AM + HOUR) is visit


def test_a_time_of_another_offer_is_refused(place: Place) -> None:
    visit, _, school = ask(place)
    _, other, _ = ask(make_place())
    with pytest.raises(DomainError, match="nicht mehr angeboten"):
        offers.choose(school, visit, other.choices[0].id, MONDAY_9AM + HOUR)


def test_none_of_them_is_answered_with_words_that_everybody_concerned_reads(place: Place) -> None:
    visit, asked, school = ask(place)
    with pytest.raises(DomainError, match="wann es Ihnen passt"):
        offers.decline(school, visit, "  ", MONDAY_9AM + HOUR)
    offers.decline(school, visit, "Nur <b>freitags</b> ab 14 Uhr.", MONDAY_9AM + HOUR)
    assert (asked.state, asked.note) == (OfferState.DECLINED, "Nur <b>freitags</b> ab 14 Uhr.")
    assert mails("visit-declined")[0].to_address == place.manager.email
    assert any("Nur <b>freitags</b>" in entry.text for entry in visit.jobs[0].ticket.entries)
    assert visit.assurance is Assurance.TOLD
    found = offer_queries.declined_for(place.driver, WEDNESDAY)
    assert [one.id for one in found] == [asked.id]
    assert offer_queries.declined_for(make_place().driver, WEDNESDAY) == []
    again = offers.offer(place.driver, visit, MONDAY_9AM + HOUR)
    assert again.id != asked.id
    assert offer_queries.declined_for(place.driver, WEDNESDAY) == []


@pytest.mark.parametrize("role", [Role.REPORTER, Role.CAMPUS_MANAGER, Role.DISPATCHER, Role.AUDITOR])
def test_nobody_but_the_leads_answers_for_the_school(place: Place, role: Role) -> None:
    visit, asked, _ = ask(place)
    where = {"school_id": place.school.id} if role is Role.REPORTER else {}
    person = actor_for(make_user(role, **where))
    for say in (
        lambda: offers.confirm(person, visit, offers.mark(visit), MONDAY_9AM),
        lambda: offers.choose(person, visit, asked.choices[0].id, MONDAY_9AM),
        lambda: offers.decline(person, visit, "Nein", MONDAY_9AM),
    ):
        with pytest.raises(NotAllowed):
            say()
    with pytest.raises(NotAllowed):
        offers.confirm(answerer(make_place()), visit, offers.mark(visit), MONDAY_9AM)


def test_only_who_plans_the_visit_asks(place: Place) -> None:
    school = answerer(place)
    visit = make_visit(place)
    for person in (school, make_place().driver, actor_for(make_user(Role.AUDITOR))):
        with pytest.raises(NotAllowed):
            offers.offer(person, visit, MONDAY_9AM)
    offers.offer(actor_for(make_user(Role.DISPATCHER)), visit, MONDAY_9AM)


def test_a_visit_nobody_can_be_asked_about_is_refused_with_the_reason(place: Place) -> None:
    with pytest.raises(DomainError, match="noch niemand Termine bestätigen"):
        offers.offer(place.driver, make_visit(place), MONDAY_9AM)
    answerer(place)
    with pytest.raises(DomainError, match="zu bald"):
        offers.offer(place.driver, make_visit(place, on=clock.local_day(MONDAY_9AM)), MONDAY_9AM)
    with pytest.raises(DomainError, match="schon abgesagt"):
        offers.offer(place.driver, make_visit(place, state=VisitState.CANCELLED), MONDAY_9AM)


def test_the_second_of_two_people_is_told_who_was_first_and_a_double_tap_counts_once(place: Place) -> None:
    visit, asked, first = ask(place)
    second = answerer(place, Role.HEAD_OF_SCHOOL)
    for _ in range(2):
        offers.confirm(first, visit, offers.mark(visit), MONDAY_9AM + HOUR)
    assert asked.answered_at == MONDAY_9AM + HOUR
    with pytest.raises(Conflict, match=f"{first.name} hat schon geantwortet: bestätigt"):
        offers.choose(second, visit, asked.choices[0].id, MONDAY_9AM + HOUR)
    assert visit.visit_on == WEDNESDAY


def test_the_deadline_ends_the_question_and_leaves_the_visit(place: Place) -> None:
    visit, asked, school = ask(place)
    assert offers.expire(asked.answer_by - SECOND) == 0
    with pytest.raises(DomainError, match="Frist für die Antwort ist abgelaufen"):
        offers.confirm(school, visit, offers.mark(visit), asked.answer_by)
    assert [offers.expire(asked.answer_by) for _ in range(2)] == [1, 0]
    assert (asked.state, visit.assurance, visit.state) == (OfferState.EXPIRED, Assurance.TOLD, VisitState.PLANNED)
    with pytest.raises(Conflict, match="gilt nicht mehr"):
        offers.decline(school, visit, "Zu spät", asked.answer_by)


@pytest.mark.parametrize(
    ("asked_at", "visit_on", "answer_by"),
    [
        # Monday at nine: Tuesday at nine.
        (MONDAY_9AM, WEDNESDAY, clock.at_local(date(2026, 11, 17), time(9))),
        # Friday at ten: Monday at ten, the weekend does not count.
        (
            clock.at_local(date(2026, 11, 20), time(10)),
            date(2026, 11, 25),
            clock.at_local(date(2026, 11, 23), time(10)),
        ),
        # The day of the visit is set at half past six.
        (clock.at_local(date(2026, 11, 17), time(9)), WEDNESDAY, clock.at_local(WEDNESDAY, time(6, 30))),
        # Saturday: counted from Monday midnight on.
        (clock.at_local(date(2026, 11, 21), time(10)), date(2026, 11, 27), clock.at_local(date(2026, 11, 24), time())),
        # Over the night in which the clocks go back: ten o'clock stays ten o'clock.
        (clock.at_local(date(2026, 10, 16), time(10)), date(2026, 11, 4), clock.at_local(date(2026, 11, 2), time(10))),
        # Over the night in which they go forward.
        (clock.at_local(date(2026, 3, 27), time(10)), date(2026, 4, 30), clock.at_local(date(2026, 4, 13), time(10))),
    ],
)
def test_the_time_to_answer_runs_on_school_days_only(
    place: Place, asked_at: datetime, visit_on: date, answer_by: datetime
) -> None:
    visit = make_visit(place, on=visit_on)
    assert offers.deadline(visit, asked_at) == answer_by


def test_a_movable_holiday_of_the_school_does_not_count(place: Place) -> None:
    db.session.add(MovableDay(school_id=place.school.id, day=date(2026, 11, 17)))
    db.session.commit()
    visit = make_visit(place, on=date(2026, 11, 20))
    assert offers.deadline(visit, MONDAY_9AM) == clock.at_local(WEDNESDAY, time(9))


def test_moving_or_calling_off_the_visit_takes_the_question_back(place: Place) -> None:
    visit, asked, school = ask(place)
    visits.shift(place.driver, visit, Wish(date(2026, 11, 20), None, 30), MONDAY_9AM + HOUR)
    assert asked.state is OfferState.WITHDRAWN
    with pytest.raises(Conflict, match="gilt nicht mehr"):
        offers.confirm(school, visit, offers.mark(visit), MONDAY_9AM + HOUR)
    again = offers.offer(place.driver, visit, MONDAY_9AM + HOUR)
    visits.cancel(place.driver, visit, "Stau.", MONDAY_9AM + HOUR)
    assert again.state is OfferState.WITHDRAWN


def test_a_choice_never_moves_another_confirmed_visit(place: Place) -> None:
    visit, asked, school = ask(place)
    day = clock.local_day(asked.choices[0].starts_at)
    begin = clock.local(asked.choices[0].starts_at).time()
    firm = make_visit(
        make_place_beside(place), on=day, at=begin, assurance=Assurance.CONFIRMED, is_day_pinned=True, minutes=90
    )
    stood_at = firm.starts_at
    offers.choose(school, visit, asked.choices[0].id, MONDAY_9AM + HOUR)
    assert (firm.starts_at, firm.visit_on) == (stood_at, day)


def make_place_beside(place: Place) -> Place:
    """Another school of the same district and manager."""
    return Place(place.district, make_school(place.district), place.manager)


def test_the_span_is_told_from_the_half_hour_also_in_the_night_of_the_clocks() -> None:
    summer = clock.at_local(date(2026, 10, 23), time(9, 50))
    winter = clock.at_local(date(2026, 10, 26), time(9, 50))
    assert offer_words.span_words(summer) == "Freitag, 23. Oktober, zwischen 9:30 und 11:00 Uhr"
    assert offer_words.span_words(winter) == "Montag, 26. Oktober, zwischen 9:30 und 11:00 Uhr"


def test_a_visit_without_a_district_is_asked_about_without_other_times(place: Place) -> None:
    visit = make_visit(place, district=None)
    assert alternatives.find(visit, MONDAY_9AM, MONDAY_9AM) == []


@pytest.mark.usefixtures("emptied")
def test_of_two_answers_in_the_same_second_one_counts(app: Flask) -> None:
    place = make_place()
    visit, asked, _ = ask(place)
    db.session.commit()
    people = [answerer(place, Role.HEAD_OF_SCHOOL) for _ in range(6)]
    visit_id, choices = visit.id, [one.id for one in asked.choices]
    db.session.remove()

    def answer(number: int) -> str:
        with app.app_context():
            try:
                with writing():
                    offers.choose(people[number], db.session.get_one(Visit, visit_id), choices[number % 3], MONDAY_9AM)
            except Conflict:
                return "told"
            return "moved"

    with ThreadPoolExecutor(len(people)) as pool:
        said = list(pool.map(answer, range(len(people))))
    assert sorted(said) == ["moved", *["told"] * 5]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SlotChoice)) == 3
    assert db.session.scalars(sa.select(SlotOffer.state)).all() == [OfferState.CHANGED]
