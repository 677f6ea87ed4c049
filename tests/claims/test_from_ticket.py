"""From a ticket to a case in one step, and back."""

from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.assets.models import Device
from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Kind
from itsm.claims.models import DamageCase, PaperKind
from itsm.claims.service import cases, from_ticket, papers
from itsm.claims.states import State
from itsm.core import pictures
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.tickets.models import Photo, Ticket, TicketDevice
from itsm.tickets.states import State as TicketState
from tests.assets.factories import make_device
from tests.claims.factories import make_case
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_ticket

PICTURE = pictures.Picture(digest="", width=1, height=1, jpeg=b"jpeg", thumb=b"thumb")


class Scene(NamedTuple):
    """A ticket about a device with a photo, and who works on it."""

    ticket: Ticket
    device: Device
    manager: Actor
    clerk: Actor


@pytest.fixture
def scene(session: scoped_session) -> Scene:
    school = make_school()
    device = make_device(school)
    ticket = make_ticket(school, description="Das Glas ist gesprungen.")
    ticket.devices.append(TicketDevice(tag=device.tag, device_id=device.id))
    ticket.photos.append(Photo(token=pictures.keep(PICTURE), width=1, height=1, added_at=MONDAY_9AM))
    db.session.commit()
    manager = actor_for(make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    return Scene(ticket, device, manager, actor_for(make_user(Role.CLAIMS_CLERK)))


def hand_over(scene: Scene, kind: Kind = Kind.DAMAGE) -> DamageCase:
    [case] = from_ticket.hand_over(scene.manager, scene.ticket, kind, MONDAY_9AM).cases
    db.session.commit()
    return case


def test_device_words_and_photos_go_along_and_the_ticket_is_solved(scene: Scene) -> None:
    case = hand_over(scene)
    assert (case.device, case.ticket, case.state) == (scene.device, scene.ticket, State.REPORTED)
    assert case.incident.description == "Das Glas ist gesprungen."
    assert case.incident.reporter_id == scene.ticket.reporter_id
    assert (scene.device.state, scene.ticket.state) == (DeviceState.DAMAGED, TicketState.SOLVED)
    assert case.number in scene.ticket.solution
    [photo] = papers.papers_of(scene.clerk, case)
    assert photo.kind is PaperKind.PHOTO
    assert photo.token != scene.ticket.photos[0].token
    assert pictures.path(photo.token).read_bytes() == b"jpeg"


def test_done_twice_it_is_one_case(scene: Scene) -> None:
    assert hand_over(scene) is hand_over(scene)
    assert len(db.session.scalars(sa.select(DamageCase)).all()) == 1


def test_only_who_works_on_the_ticket_hands_it_over(scene: Scene) -> None:
    reporter = scene.ticket.reporter
    for person in (reporter, make_user(Role.CAMPUS_MANAGER, district_id=make_school().district_id)):
        with pytest.raises(NotAllowed):
            from_ticket.hand_over(actor_for(person), scene.ticket, Kind.DAMAGE, MONDAY_9AM)


def test_a_device_with_an_open_case_is_not_handed_over_again(scene: Scene) -> None:
    make_case(device=scene.device)
    with pytest.raises(DomainError, match="offenen Fall"):
        hand_over(scene)


def test_a_ticket_without_a_known_device_becomes_a_case_by_what_was_typed(session: scoped_session) -> None:
    ticket = make_ticket()
    ticket.devices.append(TicketDevice(tag="X-99"))
    manager = actor_for(make_user(Role.CAMPUS_MANAGER, district_id=ticket.district_id))
    [case] = from_ticket.hand_over(manager, ticket, Kind.DAMAGE, MONDAY_9AM).cases
    assert (case.device, case.device_label) == (None, "X-99")


@pytest.mark.parametrize("who", ["clerk", "manager"])
@pytest.mark.parametrize("kind", [Kind.DAMAGE, Kind.THEFT])
def test_only_a_fault_after_all_puts_everything_back(scene: Scene, who: str, kind: Kind) -> None:
    before = scene.device.state
    case = hand_over(scene, kind)
    from_ticket.give_back(getattr(scene, who), case, "Nur der Stecker war lose.", MONDAY_9AM)
    assert (case.state, scene.device.state, scene.ticket.state) == (State.WITHDRAWN, before, TicketState.ACCEPTED)
    again = hand_over(scene)
    assert again is not case


def test_the_way_back_closes_once_the_case_has_gone_further(scene: Scene) -> None:
    case = hand_over(scene)
    reporter = actor_for(scene.ticket.reporter)
    with pytest.raises(NotAllowed):
        from_ticket.give_back(reporter, case, "", MONDAY_9AM)
    for move in ("examine", "repair"):
        cases.move(scene.clerk, case, move, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        from_ticket.give_back(scene.clerk, case, "", MONDAY_9AM)
    with pytest.raises(DomainError, match="nicht aus einer Störung"):
        from_ticket.give_back(scene.clerk, make_case(), "", MONDAY_9AM)


def test_the_pages_offer_it_and_lead_from_one_to_the_other(client: FlaskClient) -> None:
    ticket = make_ticket()
    manager = make_user(Role.CAMPUS_MANAGER, district_id=ticket.district_id)
    browser = sign_in(client, manager)
    assert "Als Schadensfall weitergeben" in browser.get(f"/stoerungen/{ticket.id}").text
    answer = browser.post(f"/stoerungen/{ticket.id}/schadensfall", data={"kind": "not_returned"})
    assert answer.status_code == 422
    answer = browser.post(f"/stoerungen/{ticket.id}/schadensfall", data={"kind": "theft"})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Doch nur eine Störung" in page and ticket.number in page
    case = db.session.scalars(sa.select(DamageCase)).one()
    assert f"Fall {case.number}" in browser.get(f"/stoerungen/{ticket.id}").text
    assert browser.post(f"/schaeden/{case.id}/nur-stoerung", data={"reason": "Irrtum"}).status_code == 303
    assert ticket.state is TicketState.ACCEPTED
