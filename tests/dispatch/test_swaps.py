"""Swap a device in one step: both devices, both histories, the loan, the ticket."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from itsm.app import create_app
from itsm.assets.kinds import Kind
from itsm.assets.models import Condition, Device, DeviceChange, Loan
from itsm.assets.service.swaps import Whereabouts
from itsm.assets.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.dispatch.models import Result
from itsm.dispatch.service import swaps
from itsm.dispatch.service.swaps import Said
from itsm.dispatch.states import VisitState
from itsm.org.models import School
from itsm.tickets.models import Entry, Ticket, TicketDevice
from itsm.tickets.states import State as TicketState
from tests.assets.factories import make_device, make_loan, make_model
from tests.databases import new_database, settings_for
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_room, make_school
from tests.tickets.factories import make_ticket


@pytest.fixture
def place(client: FlaskClient) -> Place:
    return make_place()


def make_spare(school: School | None = None, **more: Any) -> Device:
    """Make a device in stock, of the city unless a school is given."""
    spare = make_device(school or make_school(), state=State.IN_STOCK, in_service_on=None, **more)
    if school is None:
        spare.school = spare.site = None
        db.session.commit()
    return spare


def said(defect: Device, spare: Device, whereabouts: Whereabouts = Whereabouts.REPAIR, **more: Any) -> Said:
    return Said(defect.tag, spare.serial or "", whereabouts, **more)


def make_defect(place: Place, **more: Any) -> tuple[Device, Ticket]:
    defect = make_device(place.school, **more)
    ticket = make_ticket(
        place.school, state=TicketState.ACCEPTED, devices=[TicketDevice(tag=defect.tag, device_id=defect.id)]
    )
    return defect, ticket


def history(device: Device) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(DeviceChange.what).where(DeviceChange.device_id == device.id).order_by(DeviceChange.id)
        )
    )


def notes(ticket: Ticket) -> list[str]:
    entries = sa.select(Entry.text).where(Entry.ticket_id == ticket.id, Entry.is_public, Entry.text != "")
    return list(db.session.scalars(entries.order_by(Entry.id)))


def test_the_replacement_takes_the_place_and_both_histories_tell(place: Place) -> None:
    room, case = make_room(place.site), make_device(place.school, model=make_model(Kind.CHARGING_CASE))
    defect, ticket = make_defect(place, room=room, case=case, slot=7)
    spare = make_spare()
    text = swaps.swap(place.driver, ticket, said(defect, spare), MONDAY_9AM)
    assert text == f"Gerät getauscht: {defect.tag} gegen {spare.tag}." and notes(ticket) == [text]
    assert (spare.state, spare.school, spare.site, spare.room) == (State.IN_USE, place.school, place.site, room)
    assert (spare.case, spare.slot, spare.in_service_on is not None) == (case, 7, True)
    assert (defect.state, defect.school, defect.room, defect.case, defect.slot) == (State.IN_REPAIR, *[None] * 4)
    assert defect.replaced_by is spare
    assert history(defect) == ["send-to-repair", "swap"] and history(spare) == ["swap", "put-in-use"]


@pytest.mark.parametrize(
    ("before", "whereabouts", "state", "stays"),
    [
        (State.IN_USE, Whereabouts.REPAIR, State.IN_REPAIR, False),
        (State.IN_STOCK, Whereabouts.CITY, State.DAMAGED, False),
        (State.DAMAGED, Whereabouts.STAYS, State.DAMAGED, True),
        (State.DAMAGED, Whereabouts.REPAIR, State.IN_REPAIR, False),
        (State.IN_REPAIR, Whereabouts.REPAIR, State.IN_REPAIR, False),
    ],
)
def test_the_defect_device_goes_where_it_was_said(
    place: Place, before: State, whereabouts: Whereabouts, state: State, stays: bool
) -> None:
    defect, ticket = make_defect(place, state=before)
    swaps.swap(place.driver, ticket, said(defect, make_spare(place.school), whereabouts), MONDAY_9AM)
    assert defect.state is state and (defect.school is place.school) is stays


def test_what_lies_in_a_swapped_case_moves_to_the_new_one(place: Place) -> None:
    model = make_model(Kind.CHARGING_CASE)
    defect, ticket = make_defect(place, model=model)
    inside, spare = make_device(place.school, case=defect, slot=3), make_spare(model=model)
    swaps.swap(place.driver, ticket, said(defect, spare), MONDAY_9AM)
    assert (inside.case_id, inside.slot, history(inside)) == (spare.id, 3, ["swap"])


def test_the_same_swap_sent_again_changes_nothing(place: Place) -> None:
    defect, ticket = make_defect(place)
    spare = make_spare()
    for _ in range(2):
        swaps.swap(place.driver, ticket, said(defect, spare, is_solved=True), MONDAY_9AM)
    assert len(history(defect)) == len(history(spare)) == 2 and len(notes(ticket)) == 1
    assert ticket.state is TicketState.SOLVED


def test_a_device_is_swapped_once_and_a_replacement_used_once(place: Place) -> None:
    defect, ticket = make_defect(place)
    spare = make_spare()
    swaps.swap(place.driver, ticket, said(defect, spare), MONDAY_9AM)
    with pytest.raises(DomainError, match=f"schon gegen {spare.tag}"):
        swaps.swap(place.driver, ticket, said(defect, make_spare()), MONDAY_9AM)
    other, other_ticket = make_defect(place)
    with pytest.raises(DomainError, match="im Einsatz"):
        swaps.swap(place.driver, other_ticket, said(other, spare), MONDAY_9AM)


def test_a_lent_device_asks_what_becomes_of_the_loan_and_never_says_whose_it_is(place: Place) -> None:
    defect, ticket = make_defect(place)
    make_loan(defect, holder_name="Erika Geheim")
    with pytest.raises(DomainError, match="ausgegeben") as refused:
        swaps.swap(place.driver, ticket, said(defect, make_spare()), MONDAY_9AM)
    assert "Geheim" not in refused.value.sentence
    db.session.expire_all()
    assert defect.state is State.LENT


def test_the_loan_goes_over_to_the_replacement(place: Place) -> None:
    defect, ticket = make_defect(place)
    loan, spare = make_loan(defect, holder_name="Erika Geheim", accessories="Stift"), make_spare()
    swaps.swap(place.driver, ticket, said(defect, spare, takes_loan=True), MONDAY_9AM)
    assert (loan.returned_at, loan.condition) == (MONDAY_9AM, Condition.DAMAGED)
    [new] = db.session.scalars(sa.select(Loan).where(Loan.device_id == spare.id))
    assert (new.holder_name, new.accessories, new.returned_at, spare.state) == ("Erika Geheim", "Stift", None, "lent")
    changes = db.session.scalars(sa.select(DeviceChange))
    assert not [change for change in changes if "Geheim" in f"{change.before}{change.after}{change.text}"]
    assert "Geheim" not in "".join(notes(ticket))


def test_a_loan_that_is_not_passed_on_stays_and_keeps_the_device_at_the_school(place: Place) -> None:
    defect, ticket = make_defect(place)
    loan, spare = make_loan(defect), make_spare()
    with pytest.raises(DomainError, match="kann die Schule nicht verlassen"):
        swaps.swap(place.driver, ticket, said(defect, spare, takes_loan=False), MONDAY_9AM)
    swaps.swap(place.driver, ticket, said(defect, spare, Whereabouts.STAYS, takes_loan=False), MONDAY_9AM)
    assert loan.returned_at is None and defect.school is place.school and spare.state is State.IN_USE


def test_numbers_that_do_not_fit_are_refused_without_telling_what_is_elsewhere(place: Place) -> None:
    defect, ticket = make_defect(place)
    foreign = make_device(state=State.IN_STOCK)
    sentences = []
    for number in (foreign.tag, "GIBTESNICHT1"):
        for wrong in (Said(number, "X", Whereabouts.CITY), Said(defect.tag, number, Whereabouts.CITY)):
            with pytest.raises(DomainError) as refused:
                swaps.swap(place.driver, ticket, wrong, MONDAY_9AM)
            sentences.append(refused.value.sentence.replace(number, ""))
    assert sentences[:2] == sentences[2:]
    wrong_kind = make_spare(model=make_model(Kind.DISPLAY))
    for spare, sentence in ((wrong_kind, "derselben Art"), (defect, "dasselbe")):
        with pytest.raises(DomainError, match=sentence):
            swaps.swap(place.driver, ticket, said(defect, spare), MONDAY_9AM)


@pytest.mark.parametrize("role", [Role.REPORTER, Role.MEDIA_COORDINATOR, Role.HEAD_OF_SCHOOL])
def test_a_school_swaps_nothing(place: Place, role: Role) -> None:
    defect, ticket = make_defect(place)
    me = actor_for(make_user(role, school_id=place.school.id))
    with pytest.raises(NotAllowed):
        swaps.swap(me, ticket, said(defect, make_spare(place.school)), MONDAY_9AM)


def test_on_a_visit_the_swap_records_the_result(place: Place) -> None:
    defect, ticket = make_defect(place)
    ticket.state, spare = TicketState.PLANNED, make_spare()
    visit = make_visit(place, ticket, state=VisitState.ON_SITE)
    for _ in range(2):
        text = swaps.swap_on_visit(place.driver, visit, visit.jobs[0], said(defect, spare, is_solved=True), MONDAY_9AM)
    assert (visit.jobs[0].result, visit.jobs[0].note, notes(ticket)) == (Result.SOLVED, text, [text])


def test_who_stands_in_from_another_district_swaps_on_the_visit_but_not_at_the_desk(place: Place) -> None:
    defect, ticket = make_defect(place)
    ticket.state, spare = TicketState.PLANNED, make_spare()
    deputy = make_user(Role.CAMPUS_MANAGER, district_id=make_place().district.id)
    visit = make_visit(place, ticket, state=VisitState.ON_SITE, user=deputy)
    with pytest.raises(NotAllowed):
        swaps.swap(actor_for(deputy), ticket, said(defect, spare), MONDAY_9AM)
    swaps.swap_on_visit(actor_for(deputy), visit, visit.jobs[0], said(defect, spare), MONDAY_9AM)
    assert spare.school is place.school and visit.jobs[0].is_waiting


def test_before_the_arrival_nothing_is_swapped(place: Place) -> None:
    defect, ticket = make_defect(place)
    visit = make_visit(place, ticket)
    with pytest.raises(DomainError, match="Angekommen"):
        swaps.swap_on_visit(place.driver, visit, visit.jobs[0], said(defect, make_spare()), MONDAY_9AM)


def test_the_form_is_offered_prefilled_and_swaps(client: FlaskClient, place: Place) -> None:
    defect, ticket = make_defect(place)
    make_loan(defect, holder_name="Erika Geheim")
    spare, browser = make_spare(), sign_in(client, place.manager)
    address = f"/stoerungen/{ticket.id}/tausch"
    assert address in browser.get(f"/stoerungen/{ticket.id}").text
    page = browser.get(address).text
    assert f'value="{defect.tag}"' in page and "Ausleihe mit übernehmen" in page and "Geheim" not in page
    form = {"defect": defect.tag, "replacement": spare.tag, "whereabouts": "repair"}
    refused = browser.post(address, data=form)
    assert refused.status_code == 422 and "Ausleihe mit übernehmen" in refused.text
    assert browser.post(address, data=form | {"loan": "ja"}).status_code == 303
    assert spare.state is State.LENT and ticket.state is TicketState.ACCEPTED


def test_the_visit_offers_the_swap_once_somebody_is_there(client: FlaskClient, place: Place) -> None:
    _, ticket = make_defect(place)
    visit = make_visit(place, ticket)
    browser, link = sign_in(client, place.manager), f"/besuche/{visit.id}/stoerungen/{ticket.id}/tausch"
    assert link not in browser.get(f"/besuche/{visit.id}").text
    visit.state, visit.arrived_at = VisitState.ON_SITE, visit.starts_at
    db.session.commit()
    assert link in browser.get(f"/besuche/{visit.id}").text
    assert link in browser.get(f"/tag/{visit.visit_on}").text


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Flask]:
    with new_database("swap") as url:
        app = create_app(settings_for(tmp_path, url))
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        yield app
        with app.app_context():
            db.engine.dispose()


def test_of_two_swaps_at_the_same_moment_one_gets_the_replacement(own_app: Flask) -> None:
    with own_app.app_context():
        place = make_place()
        spare = make_spare().tag
        asked = [
            (f"/stoerungen/{ticket.id}/tausch", {"defect": defect.tag, "replacement": spare, "whereabouts": "city"})
            for defect, ticket in (make_defect(place) for _ in range(2))
        ] * 2
        browsers = [sign_in(own_app.test_client(), place.manager) for _ in asked]
        db.session.remove()
    start = Barrier(len(asked))

    def tap(number: int) -> tuple[str, int]:
        start.wait()
        address, form = asked[number]
        return address, browsers[number].post(address, data=form).status_code

    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(tap, range(len(asked))))
    won = {address for address, status in answers if status == 303}
    assert len(won) == 1 and all(status in (303, 409, 422) for _, status in answers)
    with own_app.app_context():
        changes = list(db.session.scalars(sa.select(DeviceChange.what)))
        assert changes.count("swap") == 2 and changes.count("put-in-use") == 1
        db.session.remove()
