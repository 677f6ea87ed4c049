"""The verbs of a device: what they check, change and record."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.assets import costs as cost_sources
from itsm.assets import history, queries
from itsm.assets.kinds import Kind
from itsm.assets.models import CostKind, Device, DeviceChange
from itsm.assets.service import costs, devices, entry, models, places
from itsm.assets.service.entry import Entry
from itsm.assets.states import State
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.org.models import Room, School
from tests.assets.factories import make_cost, make_device, make_loan, make_model
from tests.counting import queries_of
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_district, make_room, make_school, make_site

pytestmark = pytest.mark.usefixtures("session")


def lead_of(school: School) -> Actor:
    return actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id))


def manager_of(school: School) -> Actor:
    return actor_for(make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))


def story_of(device: Device) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    rows = db.session.scalars(sa.select(DeviceChange).where(DeviceChange.device_id == device.id).order_by("id"))
    return [(row.what, row.before, row.after) for row in rows]


def entered(**more: Any) -> Entry:
    values: dict[str, Any] = {
        "tag": "NEU-1",
        "serial": "ABCD12345678",
        "model_id": make_model().id,
        "school": "",
        "room": "",
        "is_in_use": False,
        "purchased_on": None,
        "price_cents": None,
        "funding": "",
        "warranty_until": None,
    }
    return Entry(**(values | more))


def test_a_move_changes_the_state_and_writes_it_down() -> None:
    device = make_device(state=State.IN_STOCK, in_service_on=None)
    devices.move(SYSTEM, device, "put-in-use", MONDAY_9AM)
    assert (device.state, device.state_at, device.in_service_on) == (State.IN_USE, MONDAY_9AM, MONDAY)
    assert story_of(device) == [("put-in-use", {"state": "in_stock"}, {"state": "in_use"})]


@pytest.mark.parametrize("name", sorted(devices.NEEDS_REASON))
def test_what_ends_the_life_of_a_device_needs_a_word(name: str) -> None:
    device = make_device(state=State.RETIRED if name == "dispose" else State.IN_USE)
    with pytest.raises(DomainError, match="was geschehen ist"):
        devices.move(SYSTEM, device, name, MONDAY_9AM)
    devices.move(SYSTEM, device, name, MONDAY_9AM, "Nach dem Wasserschaden")
    assert story_of(device)[0][0] == name


def test_the_school_moves_a_device_between_its_rooms_and_changes_nothing_else() -> None:
    device = make_device()
    lead = lead_of(device.school)
    places.place(lead, device, device.site, "1.07", None, None, MONDAY_9AM)
    room = db.session.get_one(Room, device.room_id)
    assert (room.name, room.site_id) == ("1.07", device.site_id)
    assert story_of(device) == [("place", {"room_id": None}, {"room_id": room.id})]
    for change in ({"note": "x"}, {"serial": "ABCD12345678"}, {"room_id": None, "note": "x"}):
        with pytest.raises(NotAllowed):
            devices.edit(lead, device, change, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        devices.move(lead, device, "store", MONDAY_9AM)
    with pytest.raises(NotAllowed):
        places.give_to(lead, device, None, MONDAY_9AM)


def test_a_room_that_is_there_already_is_taken_and_nothing_new_changes_nothing() -> None:
    device = make_device()
    room = make_room(device.site, "Aula")
    for expected in (1, 1):
        places.place(SYSTEM, device, device.site, "aula", None, None, MONDAY_9AM)
        assert device.room_id == room.id and len(story_of(device)) == expected


def test_a_building_of_another_school_is_refused() -> None:
    device = make_device()
    with pytest.raises(DomainError, match="gehört nicht zur Schule"):
        places.place(SYSTEM, device, make_site(), "", None, None, MONDAY_9AM)


def test_a_case_takes_each_place_once_and_no_more_than_it_has() -> None:
    school = make_school()
    case = make_device(school, model=make_model(Kind.CHARGING_CASE, slots=16))
    first, second, foreign = make_device(school), make_device(school), make_device()

    def put(device: Device, slot: int | None) -> None:
        places.place(SYSTEM, device, device.site, "", case, slot, MONDAY_9AM)

    put(first, 16)
    for device, slot, sentence in (
        (second, 17, "nur 16 Plätze"),
        (second, 16, "belegt"),
        (foreign, 1, "kein Ladekoffer dieser Schule"),
        (case, 1, "kein Ladekoffer"),
    ):
        with pytest.raises(DomainError, match=sentence):
            put(device, slot)
    put(second, None)
    assert {device.id for device in queries.in_case(case)} == {first.id, second.id}
    with pytest.raises(DomainError, match="braucht auch einen Ladekoffer"):
        places.place(SYSTEM, second, second.site, "", None, 3, MONDAY_9AM)


def test_a_case_goes_to_another_school_with_what_is_in_it() -> None:
    old, new = make_school(), make_school()
    case = make_device(old, model=make_model(Kind.CHARGING_CASE), room_id=make_room(old.main_site).id)
    inside = make_device(old, case=case, slot=3)
    places.give_to(SYSTEM, case, new, MONDAY_9AM, "Umverteilung")
    assert {(one.school_id, one.site_id, one.room_id) for one in (case, inside)} == {(new.id, new.main_site.id, None)}
    assert (inside.case_id, inside.slot) == (case.id, 3)
    assert [story_of(one)[0][0] for one in (case, inside)] == ["give", "give"]


def test_what_somebody_has_goes_nowhere() -> None:
    device = make_device()
    make_loan(device)
    with pytest.raises(DomainError, match="noch ausgegeben"):
        places.give_to(SYSTEM, device, None, MONDAY_9AM)


def test_a_manager_gives_within_the_district_alone() -> None:
    district = make_district()
    school, neighbour, elsewhere = make_school(district), make_school(district), make_school()
    device, manager = make_device(school), manager_of(school)
    for target in (elsewhere, None):
        with pytest.raises(NotAllowed):
            places.give_to(manager, device, target, MONDAY_9AM)
    places.give_to(manager, device, neighbour, MONDAY_9AM)
    assert device.school_id == neighbour.id


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tag": "-x"}, "Buchstaben und Ziffern"),
        ({"serial": "SHORT12"}, "8 bis 14"),
        ({"tag": "TAKEN"}, "schon vergeben"),
        ({"serial": "TAKEN12345"}, "anderen Gerät"),
        ({"mdm_id": "taken"}, "anderen Gerät"),
        ({"state": "lost"}, "Stand|state"),
    ],
)
def test_a_number_that_is_none_or_is_taken_is_refused(change: dict[str, str], sentence: str) -> None:
    make_device(tag="TAKEN", serial="TAKEN12345", mdm_id="taken")
    device = make_device()
    with pytest.raises(DomainError, match=sentence):
        devices.edit(SYSTEM, device, change, MONDAY_9AM)
    assert not story_of(device)


def test_a_form_changes_only_the_version_it_was_filled_in_for() -> None:
    device = make_device()
    seen = device.version_id
    devices.edit(SYSTEM, device, {"note": "Kratzer"}, MONDAY_9AM)
    with pytest.raises(Conflict, match="inzwischen"):
        devices.as_seen(device, seen)


def test_a_device_is_entered_at_a_school_by_its_number_or_in_the_stock_of_the_city() -> None:
    school = make_school()
    manager = manager_of(school)
    device = entry.enter(manager, entered(school=school.number, room="2.01", is_in_use=True), MONDAY_9AM)
    assert (device.school_id, device.site_id, device.state) == (school.id, school.main_site.id, State.IN_USE)
    assert story_of(device) == [("add", {}, {"state": "in_use"})]
    in_stock = entry.enter(SYSTEM, entered(tag="NEU-2", serial=""), MONDAY_9AM)
    assert (in_stock.school_id, in_stock.serial, in_stock.in_service_on) == (None, None, None)
    with pytest.raises(NotAllowed):
        entry.enter(manager, entered(tag="NEU-3", serial=""), MONDAY_9AM)
    with pytest.raises(DomainError, match="schon vergeben"):
        entry.enter(SYSTEM, entered(tag="NEU-1", serial=""), MONDAY_9AM)
    with pytest.raises(DomainError, match="gibt es nicht"):
        entry.enter(manager, entered(school=make_school().number), MONDAY_9AM)


def test_costs_are_added_up_by_source_and_can_be_taken_back() -> None:
    device = make_device()
    cost = costs.add(SYSTEM, device, CostKind.PART, 4_900, MONDAY, "Kabel", MONDAY_9AM)
    make_cost(device)
    assert cost_sources.spent_cents([device.id])["Teile und Reparaturen"] == {device.id: 13_800}
    costs.remove(SYSTEM, device, cost, MONDAY_9AM)
    assert [line.title for line in history.lines(SYSTEM, queries.history_of(device))] == [
        "Kosten eingetragen",
        "Kosten gestrichen",
    ]
    with pytest.raises(DomainError, match="Zukunft"):
        costs.add(SYSTEM, device, CostKind.PART, 1, MONDAY + timedelta(days=1), "", MONDAY_9AM)
    with pytest.raises(NotAllowed):
        costs.add(lead_of(device.school), device, CostKind.PART, 1, MONDAY, "", MONDAY_9AM)


def test_a_model_is_entered_once_per_class() -> None:
    known = make_model()
    values: dict[str, Any] = {"identifier": "", "price_cents": 1, "slots": None}
    with pytest.raises(DomainError, match="gibt es in dieser Art schon"):
        models.keep(SYSTEM, type(known)(kind=Kind.IPAD), maker=known.maker, name=known.name, **values)
    models.keep(SYSTEM, type(known)(kind=Kind.LAPTOP), maker=known.maker, name=known.name, **values)
    with pytest.raises(NotAllowed):
        models.keep(lead_of(make_school()), known, maker="x", name="y", **values)


def test_the_history_says_names_instead_of_numbers() -> None:
    device, other = make_device(price_cents=None), make_school(name="Neue Schule")
    places.place(SYSTEM, device, device.site, "1.07", None, None, MONDAY_9AM)
    devices.edit(SYSTEM, device, {"price_cents": 37_950, "warranty_until": date(2027, 3, 1)}, MONDAY_9AM)
    places.give_to(SYSTEM, device, other, MONDAY_9AM)
    pairs = [pair for line in history.lines(SYSTEM, queries.history_of(device)) for pair in line.pairs]
    assert ("Raum", "–", "1.07") in pairs
    assert ("Preis", "–", "379,50 €") in pairs
    assert ("Garantie bis", "–", "01.03.2027") in pairs
    assert [pair[2] for pair in pairs if pair[0] == "Schule"] == ["Neue Schule"]


def test_the_history_does_not_name_devices_the_reader_does_not_see() -> None:
    school = make_school()
    device, foreign = make_device(school), make_device(tag="FREMD-1")
    devices.apply(SYSTEM, device, {"replaced_by_id": foreign.id}, MONDAY_9AM, "swap")
    said = {
        reader: [pair[2] for line in history.lines(reader, queries.history_of(device)) for pair in line.pairs]
        for reader in (SYSTEM, lead_of(school))
    }
    assert list(said.values()) == [["FREMD-1"], ["ein anderes Gerät"]]


def test_a_long_history_takes_as_many_queries_as_a_short_one() -> None:
    device = make_device()
    counts = []
    for rooms in (2, 30):
        for number in range(rooms):
            places.place(SYSTEM, device, device.site, f"{rooms}.{number}", None, None, MONDAY_9AM)
        db.session.commit()
        with queries_of() as sent:
            history.lines(SYSTEM, queries.history_of(queries.get_for(SYSTEM, device.id)))
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_history_never_holds_the_name_of_a_holder() -> None:
    device = make_device()
    make_loan(device, holder_name="Kim Geheim")
    devices.move(SYSTEM, device, "damage", MONDAY_9AM, "Display gesprungen")
    devices.edit(SYSTEM, device, {"note": "x"}, MONDAY_9AM)
    assert "Geheim" not in str(story_of(device))
    assert not {"holder_name", "holder_group", "holder_email"} & devices.EDITABLE
