"""Devices in reports and on tickets: what may be picked, what is linked, and what nobody learns by it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.assets.kinds import Kind
from itsm.assets.models import Device
from itsm.assets.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School, Sharing
from itsm.tickets import devices
from itsm.tickets.models import FaultType, Ticket, TicketDevice
from itsm.tickets.states import State as TicketState
from tests.assets.factories import make_device, make_loan, make_model
from tests.counting import queries_of
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_room, make_school
from tests.tickets.factories import make_fault_type, make_ticket

NOT_THERE = "GIBTESNICHT1"


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school()


@pytest.fixture
def fault(school: School) -> FaultType:
    fault = make_fault_type("iPad")
    fault.key = "ipad"
    db.session.commit()
    return fault


@pytest.fixture
def browser(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.REPORTER, school_id=school.id))


def send(browser: FlaskClient, school: School, fault: FaultType, **changes: Any) -> Any:
    fields: dict[str, Any] = {
        "school": school.id,
        "idempotency_key": "a" * 32,
        "site": school.places[0].site_id,
        "fault": fault.id,
        "impact": 2,
        "urgency": 2,
        "go": "stuck",
    }
    return browser.post("/melden", data=fields | changes)


def named_devices() -> list[tuple[str, int | None]]:
    rows = db.session.execute(sa.select(TicketDevice.tag, TicketDevice.device_id).order_by(TicketDevice.id))
    return [(tag, device_id) for tag, device_id in rows]


def test_the_room_and_ones_own_loans_are_offered_and_nobody_elses(
    client: FlaskClient, school: School, fault: FaultType
) -> None:
    room = make_room(school.places[0].site, "2.14")
    teacher = make_user(Role.REPORTER, school_id=school.id)
    here, elsewhere = make_device(school, room=room), make_device(school)
    mine, theirs = make_device(school), make_device(school)
    foreign, gone = make_device(), make_device(school, room=room, state=State.RETIRED)
    make_loan(mine, user_id=teacher.id)
    make_loan(theirs, user_id=make_user(Role.REPORTER, school_id=school.id).id, holder_name="Erika Geheim")
    make_loan(foreign, user_id=teacher.id)
    page = send(sign_in(client, teacher), school, fault, room="2.14", go="how").text
    assert [tag for tag in (here.tag, mine.tag) if f'value="{tag}"' not in page] == []
    assert [one.tag for one in (elsewhere, theirs, foreign, gone) if one.tag in page] == []
    assert "Geheim" not in page


def test_ticked_and_typed_devices_are_linked_each_once_and_other_text_stays_as_typed(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    ticked, scanned = make_device(school), make_device(school)
    text = f"s{(scanned.serial or '').lower()}, {scanned.tag}, Beamer im Flur, https://x.example/g/{ticked.tag}"
    send(browser, school, fault, picked=[ticked.tag], devices=text)
    typed_serial = f"s{(scanned.serial or '').lower()}"
    assert named_devices() == [(ticked.tag, ticked.id), (typed_serial, scanned.id), ("Beamer im Flur", None)]


def test_the_device_of_another_school_is_not_linked_and_looks_like_one_that_does_not_exist(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    foreign, in_stock = make_device(), make_device(school=make_school())
    in_stock.school = in_stock.site = None
    db.session.commit()
    numbers = [foreign.tag, foreign.serial or "", in_stock.tag, NOT_THERE]
    send(browser, school, fault, picked=numbers[:1], devices="\n".join(numbers[1:]))
    assert named_devices() == [(number, None) for number in numbers]
    [ticket] = db.session.scalars(sa.select(Ticket))
    assert foreign.model.label not in browser.get(f"/stoerungen/{ticket.id}").text


def test_a_report_sent_twice_with_devices_is_one_ticket(browser: FlaskClient, school: School, fault: FaultType) -> None:
    device = make_device(school)
    first, second = (send(browser, school, fault, picked=[device.tag], devices=NOT_THERE) for _ in range(2))
    assert first.location == second.location and named_devices() == [(device.tag, device.id), (NOT_THERE, None)]


def test_filing_asks_once_for_any_number_of_devices_and_not_at_all_for_none(school: School) -> None:
    me = actor_for(make_user(Role.REPORTER, school_id=school.id))
    made = [make_device(school) for _ in range(3)]
    counts = []
    for tags in ([], [made[0].tag], [one.tag for one in made]):
        with queries_of() as statements:
            known = school.id and len(statements)
            devices.named(me, school, tags)
        counts.append(len(statements) - known)
    assert counts == [0, 1, 1]


def test_a_scanned_device_leads_to_the_second_screen_with_all_filled_in(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    device = make_device(school, room=make_room(school.places[0].site, "1.03"))
    for number in (device.tag, (device.serial or "").lower(), f"S{device.serial}"):
        page = browser.get(f"/melden?geraet={number}").text
        assert "Wie dringend ist es?" in page
        assert 'name="room" value="1.03"' in page and f'name="fault" value="{fault.id}"' in page
        [ticked] = re.findall(r"<input [^>]*name=\"picked\"[^>]*>", page)
        assert "checked" in ticked and f'value="{device.tag}"' in ticked
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 0


def test_a_foreign_and_an_unknown_number_show_the_same_form_with_the_number_as_typed(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    foreign = make_device()
    pages = []
    for number in (foreign.tag, NOT_THERE):
        answer = browser.get(f"/melden?geraet={number}")
        assert answer.status_code == 200 and f'name="devices" value="{number}"' in answer.text
        pages.append(len(answer.text.replace(number, "")))
    assert pages[0] == pages[1] and foreign.model.label not in browser.get(f"/melden?geraet={foreign.tag}").text


@pytest.mark.parametrize("number", ["\x00", "%", "A" * 500, "<script>", ""])
def test_no_number_upsets_the_form(browser: FlaskClient, fault: FaultType, number: str) -> None:
    answer = browser.get("/melden", query_string={"geraet": number})
    assert answer.status_code == 200 and "<script>" not in answer.text.split("<main", 1)[1].split("</main", 1)[0]


def test_whoever_reports_for_many_schools_needs_no_choice_for_a_known_device(
    client: FlaskClient, school: School, fault: FaultType
) -> None:
    make_school(school.district)
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    device = make_device(school)
    assert "Wie dringend ist es?" in browser.get(f"/melden?geraet={device.tag}").text
    assert f"geraet={NOT_THERE}" in browser.get(f"/melden?geraet={NOT_THERE}").text


def test_a_device_without_a_kind_of_fault_asks_what_is_broken(
    browser: FlaskClient, school: School, fault: FaultType
) -> None:
    case = make_device(school, model=make_model(Kind.CHARGING_CASE))
    page = browser.get(f"/melden?geraet={case.tag}").text
    assert "Was ist gestört?" in page and f'name="picked" value="{case.tag}"' in page
    fault.key = "other"
    db.session.commit()
    assert "Wie dringend ist es?" in browser.get(f"/melden?geraet={case.tag}").text


def test_the_ticket_names_its_devices_and_links_the_file_for_who_may_see_it(
    client: FlaskClient, school: School
) -> None:
    device = make_device(school)
    ticket = make_ticket(school, devices=[TicketDevice(tag="as typed", device_id=device.id)])
    seen = {}
    for name, user in {
        "reporter": ticket.reporter,
        "manager": make_user(Role.CAMPUS_MANAGER, district_id=school.district_id),
    }.items():
        seen[name] = sign_in(client, user).get(f"/stoerungen/{ticket.id}").text
    assert all(device.tag in page for page in seen.values())
    assert f"/geraete/{device.id}" in seen["manager"] and f"/geraete/{device.id}" not in seen["reporter"]


def earlier_ticket(school: School, device: Device, title: str, **more: Any) -> Ticket:
    return make_ticket(school, title=title, devices=[TicketDevice(tag="x", device_id=device.id)], **more)


def test_earlier_repairs_stand_beside_a_ticket_as_far_as_they_may_be_seen(client: FlaskClient, school: School) -> None:
    device, other_school = make_device(school), make_school()
    school.sharing = Sharing.OWN
    earlier_ticket(school, device, "Akku", state=TicketState.SOLVED, solution="Akku getauscht")
    earlier_ticket(other_school, device, "An der alten Schule")
    make_ticket(school, title="Getippt", devices=[TicketDevice(tag="abc-1")])
    earlier_ticket(school, make_device(school), "Anderes Gerät")
    named = [TicketDevice(tag=device.tag, device_id=device.id), TicketDevice(tag="ABC-1")]
    ticket = make_ticket(school, at=MONDAY_9AM + timedelta(days=1), devices=named)
    manager = make_user(Role.CAMPUS_MANAGER, district_id=school.district_id)
    page = sign_in(client, manager).get(f"/stoerungen/{ticket.id}").text
    assert "Frühere Störungen" in page and "Akku getauscht" in page and "Getippt" in page
    assert "An der alten Schule" not in page and "Anderes Gerät" not in page
    assert "Akku getauscht" not in sign_in(client, ticket.reporter).get(f"/stoerungen/{ticket.id}").text


@pytest.mark.parametrize("typed", ["t-abc-1", "T-ABC-1", "SERABC0001", "sserabc0001"])
def test_the_search_word_finds_tickets_by_tag_and_serial_in_any_capitals(
    client: FlaskClient, school: School, typed: str
) -> None:
    device = make_device(school, tag="T-ABC-1", serial="SERABC0001")
    earlier_ticket(school, device, "Verknüpft")
    make_ticket(school, title="Unbeteiligt", devices=[TicketDevice(tag="T-9")])
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    page = browser.get("/stoerungen", query_string={"q": f"gerät:{typed}"}).text
    assert "Verknüpft" in page and "Unbeteiligt" not in page


def test_the_export_names_the_devices(client: FlaskClient, school: School) -> None:
    make_ticket(school, devices=[TicketDevice(tag="T-1"), TicketDevice(tag="T-2")])
    browser = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    assert "T-1, T-2" in browser.get("/stoerungen.csv").text
