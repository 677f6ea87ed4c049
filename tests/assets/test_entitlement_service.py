from datetime import date, timedelta

import pytest

from itsm.assets import entitlement_file, entitlement_moves
from itsm.assets import entitlement_queries as queries
from itsm.assets.entitlement_moves import propose
from itsm.assets.kinds import Kind
from itsm.assets.models import DeviceModel, DeviceTask, EntitlementException, SchoolSize, TaskKind
from itsm.assets.service import entitlement as service
from itsm.assets.states import State
from itsm.core import spreadsheet
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan, make_model
from tests.assets.test_entitlement import make_exception, make_size
from tests.counting import queries_of
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school, make_site
from tests.saving import at_once

pytestmark = pytest.mark.usefixtures("session")

DAY = timedelta(days=1)
HEAD = ";".join(entitlement_file.COLUMNS)


def _planner() -> Actor:
    return actor_for(make_user(Role.DISPATCHER))


def _lead(school: School) -> Actor:
    return actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))


@at_once()
def _place(latitude: float, longitude: float = 7.46) -> School:
    return make_school(site=make_site(latitude=latitude, longitude=longitude))


@at_once()
def _with(school: School, target: int, devices: int, model: DeviceModel, **more: object) -> School:
    make_size(school, pupils_3_4=target)
    for _ in range(devices):
        make_device(school, model=model, **({"in_service_on": date(2025, 9, 1)} | more))
    return school


def test_a_size_is_entered_changed_and_forgotten() -> None:
    school, me = make_school(), _planner()
    service.set_size(me, school, MONDAY, {"pupils_1_2": 5, "halls": [120, 350]})
    service.set_size(me, school, MONDAY, {"pupils_1_2": 7})
    assert [(size.pupils_1_2, size.halls) for size in queries.history_of(school)] == [(7, [120, 350])]
    service.drop_size(me, school, MONDAY)
    with pytest.raises(NotFound):
        service.drop_size(me, school, MONDAY)
    with pytest.raises(DomainError, match="Jahr"):
        service.set_size(me, school, date(26, 8, 1), {})


def test_a_school_lead_changes_nothing() -> None:
    school = make_school()
    me, exception = _lead(school), make_exception(school, 3, MONDAY)
    for verb in (
        lambda: service.set_size(me, school, MONDAY, {}),
        lambda: service.drop_size(me, school, MONDAY),
        lambda: service.take_over_sizes(me, b""),
        lambda: service.add_exception(me, exception, MONDAY_9AM),
        lambda: service.end_exception(me, exception, MONDAY, MONDAY_9AM),
        lambda: service.order(me, Kind.IPAD, "", MONDAY_9AM),
        lambda: service.take_back(me, Kind.IPAD, MONDAY_9AM),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_an_exception_says_who_entered_and_who_ended_it() -> None:
    school = make_school()
    first, second = actor_for(make_user(Role.DISPATCHER, name="Ada")), actor_for(make_user(Role.DISPATCHER, name="Bo"))
    found = EntitlementException(school_id=school.id, kind=Kind.IPAD, delta=2, reason="Inklusion", from_on=MONDAY)
    service.add_exception(first, found, MONDAY_9AM)
    with pytest.raises(DomainError, match="nicht davor"):
        service.end_exception(second, found, MONDAY - DAY, MONDAY_9AM)
    service.end_exception(second, found, MONDAY, MONDAY_9AM)
    assert found.until_on == MONDAY
    assert found.created_by == "Ada am Mo 16.11.2026; Ende gesetzt von Bo am Mo 16.11.2026"


def test_an_exception_of_nothing_is_refused() -> None:
    nothing = EntitlementException(
        school_id=make_school().id, kind=Kind.IPAD, delta=0, reason="Inklusion", from_on=MONDAY
    )
    with pytest.raises(DomainError, match="keine Ausnahme"):
        service.add_exception(_planner(), nothing, MONDAY_9AM)


def test_an_exported_list_reads_back_as_it_was() -> None:
    full, empty = make_school(name="=Schule"), make_school()
    make_size(full, pupils_1_2=5, teachers=3, halls=[120, 350], is_startchancen=True)
    found = queries.standings([full, empty], MONDAY)
    rows = [entitlement_file.cells(one.school, one.size) for one in found]
    content = "".join(spreadsheet.lines(entitlement_file.COLUMNS, rows)).replace("01.08.2025", "01.08.2026")
    taken = service.take_over_sizes(_planner(), content.encode())
    assert (taken.errors, len(taken.rows)) == ([], 1)
    size = db.session.get(SchoolSize, (full.id, date(2026, 8, 1)))
    assert size is not None
    assert (size.pupils_1_2, size.teachers, size.halls, size.is_startchancen) == (5, 3, [120, 350], True)
    assert service.take_over_sizes(_planner(), content.encode()).errors == []


def test_one_bad_line_and_nothing_is_taken_over() -> None:
    school, other = make_school(), make_school()
    lines = [
        HEAD,
        f"{school.number};A;1.8.2026;5;5;0;0;0;1;4;;ja",
        f"{other.number};B;1.8.2026;fünf;5;0;0;0;1;4;;ja",
        "999999;C;1.8.2026;5;5;0;0;0;1;4;;ja",
        f"{other.number};D;31.2.2026;5;5;0;0;0;1;4;;",
        f"{school.number};E;1.8.2026;6;5;0;0;0;1;4;;ja",
        f"{other.number};F;1.8.2026;5;5;0;0;0;1;4;-3;",
        f"{other.number};G;1.8.2026;5;5;0;0;0;1;4;;vielleicht",
        f"{other.number};H;1.8.0026;5;5;0;0;0;1;4;;",
    ]
    taken = service.take_over_sizes(_planner(), "\n".join(lines).encode())
    assert [error.split(":")[0] for error in taken.errors] == [f"Zeile {line}" for line in (3, 4, 5, 6, 7, 8, 9)]
    assert "fünf" in taken.errors[0]
    assert queries.history_of(school) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "leer"),
        (b"Name;Ort\nA;B", "fehlen Spalten: Schulnummer"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04x", "Excel"),
    ],
)
def test_a_file_that_is_no_list_of_sizes_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(DomainError, match=said):
        service.take_over_sizes(_planner(), content)


def test_the_nearer_school_gives_its_youngest_from_the_store_first() -> None:
    model = make_model()
    giver, far = _with(_place(51.50), 2, 4, model), _with(_place(51.60), 2, 4, model)
    taker = _with(_place(51.51), 2, 0, model)
    make_exception(giver, -1, MONDAY)
    stored = make_device(giver, model=model, state=State.IN_STOCK, in_service_on=date(2024, 1, 1))
    young = make_device(giver, model=model, in_service_on=date(2026, 9, 1))
    found = propose(_planner(), Kind.IPAD, MONDAY)
    (trip,) = found.trips
    assert (trip.giver.id, trip.taker.id, trip.count) == (giver.id, taker.id, 2)
    assert trip.tags == (stored.tag, young.tag)
    assert 1_000 < trip.metres < 1_300
    assert (found.missing, found.kept, far.id != trip.giver.id) == (0, 0, True)


def test_devices_in_hands_in_repair_or_over_age_stay() -> None:
    model = make_model()
    giver = _with(_place(51.50), 1, 2, model)
    make_loan(make_device(giver, model=model))
    make_device(giver, model=model, state=State.IN_REPAIR)
    make_device(giver, model=model, in_service_on=date(2021, 11, 1))
    _with(_place(51.51), 9, 0, model)
    found = propose(_planner(), Kind.IPAD, MONDAY)
    # Four over target; two can travel, and neither takes the school below it.
    assert ([trip.count for trip in found.trips], found.kept, found.missing) == ([2], 2, 7)


def test_nobody_gives_below_the_target() -> None:
    model = make_model()
    _with(_place(51.50), 3, 4, model)
    _with(_place(51.51), 9, 0, model)
    assert [trip.count for trip in propose(_planner(), Kind.IPAD, MONDAY).trips] == [1]


def test_schools_without_sizes_or_place_take_no_part() -> None:
    model = make_model()
    unknown = _place(51.5)
    make_device(unknown, model=model)
    lost = _with(make_school(site=make_site(latitude=None, longitude=None)), 1, 3, model)
    _with(_place(51.51), 2, 0, model)
    found = propose(_planner(), Kind.IPAD, MONDAY)
    assert (found.trips, found.missing, [one.id for one in found.placeless]) == ((), 2, [lost.id])


def test_a_proposal_becomes_tasks_once() -> None:
    model, me = make_model(), _planner()
    giver, taker = _with(_place(51.50), 1, 3, model), _with(_place(51.51), 2, 0, model)
    shown = propose(me, Kind.IPAD, MONDAY)
    service.order(me, Kind.IPAD, shown.mark, MONDAY_9AM)
    assert service.order(me, Kind.IPAD, shown.mark, MONDAY_9AM).ordered
    (task,) = db.session.query(DeviceTask).all()
    assert (task.school_id, task.kind) == (giver.id, TaskKind.MOVE_AWAY)
    tags = ", ".join(shown.trips[0].tags)
    assert task.text == f"iPads abgeben: 2 Stück an {taker.name} ({taker.number}). Gemeint sind: {tags}"
    assert propose(me, Kind.DISPLAY, MONDAY).ordered == ()
    assert service.take_back(me, Kind.IPAD, MONDAY_9AM) == 1
    assert service.take_back(me, Kind.IPAD, MONDAY_9AM) == 0
    assert propose(me, Kind.IPAD, MONDAY).mark == shown.mark


def test_a_proposal_that_is_no_longer_true_is_not_ordered() -> None:
    model, me = make_model(), _planner()
    _with(_place(51.50), 1, 3, model)
    taker = _with(_place(51.51), 2, 0, model)
    shown = propose(me, Kind.IPAD, MONDAY)
    make_device(taker, model=model)
    with pytest.raises(Conflict):
        service.order(me, Kind.IPAD, shown.mark, MONDAY_9AM)
    assert db.session.query(DeviceTask).count() == 0


def test_a_proposal_stays_among_the_schools_one_sees() -> None:
    model = make_model()
    _with(_place(51.50), 1, 3, model)
    taker = _with(_place(51.51), 2, 0, model)
    found = propose(_lead(taker), Kind.IPAD, MONDAY)
    assert (found.trips, found.missing) == ((), 2)


def test_as_many_queries_for_a_proposal_however_many_schools() -> None:
    model, me = make_model(), _planner()
    for number in range(4):
        _with(_place(51.50 + number / 100), 1, 3, model)
        _with(_place(51.60 + number / 100), 2, 0, model)
    with queries_of() as statements:
        assert len(entitlement_moves.propose(me, Kind.IPAD, MONDAY).trips) == 4
    assert len(statements) == 11
