"""Taking stock: what is expected, what a scan says, what comes of the rest."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import User
from itsm.assets import stocktake_overdue, stocktake_queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceChange, DeviceTask, Finding, Stocktake, StocktakeLine, TaskKind
from itsm.assets.service import differences, stocktakes
from itsm.assets.states import State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.org.models import Room, School
from tests.assets.factories import make_device, make_loan, make_model
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_room, make_school

LATER = MONDAY_9AM + timedelta(minutes=5)


@pytest.fixture
def school(session: scoped_session) -> School:
    return make_school()


@pytest.fixture
def me(school: School) -> Actor:
    return actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id))


@pytest.fixture
def room(school: School) -> Room:
    assert school.main_site
    return make_room(school.main_site)


def manager_of(school: School) -> Actor:
    person: User = make_user(Role.CAMPUS_MANAGER, district_id=school.district_id)
    return actor_for(person)


def case_in(room: Room | None, school: School, **more: object) -> Device:
    return make_device(school, model=make_model(Kind.CHARGING_CASE), room=room, **more)


def scan(actor: Actor, stocktake: Stocktake, typed: str) -> StocktakeLine:
    scanned = stocktakes.scan(actor, stocktake, typed, LATER)
    return db.session.get_one(StocktakeLine, scanned.line_id, populate_existing=True)


def expected(stocktake: Stocktake) -> set[int]:
    lines = sa.select(StocktakeLine.device_id).where(StocktakeLine.stocktake_id == stocktake.id)
    return {device_id for device_id in db.session.scalars(lines) if device_id}


def finding_of(stocktake: Stocktake, device: Device) -> Finding | None:
    return db.session.scalar(
        sa.select(StocktakeLine.finding).where(
            StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.device_id == device.id
        )
    )


def open_tasks(device: Device | None = None) -> list[DeviceTask]:
    tasks = sa.select(DeviceTask).where(DeviceTask.done_at.is_(None)).order_by(DeviceTask.id)
    return list(db.session.scalars(tasks.where(DeviceTask.device_id == device.id) if device else tasks))


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        ("room", {"here", "case", "in_case"}),
        ("case", {"case", "in_case"}),
        ("school", {"here", "case", "in_case", "elsewhere", "lent", "repair"}),
    ],
)
def test_a_place_expects_what_belongs_there(
    school: School, me: Actor, room: Room, place: str, listed: set[str]
) -> None:
    case = case_in(room, school)
    devices = {
        "here": make_device(school, room=room),
        "case": case,
        "in_case": make_device(school, case=case, slot=1),
        "elsewhere": make_device(school),
        "lent": make_device(school, room=room, state=State.LENT),
        "repair": make_device(school, room=room, state=State.IN_REPAIR),
        "lost": make_device(school, room=room, state=State.LOST),
        "retired": make_device(school, room=room, state=State.RETIRED),
        # Another school in the same room of the same building.
        "foreign": make_device(make_school(site=school.main_site), room=room),
    }
    chosen = {"room": {"room": room}, "case": {"case": case}, "school": {}}[place]
    stocktake = stocktakes.start(me, school, MONDAY_9AM, **chosen)
    assert expected(stocktake) == {devices[name].id for name in listed}


def test_who_starts_a_place_that_is_being_counted_joins_in(school: School, me: Actor, room: Room) -> None:
    first = stocktakes.start(me, school, MONDAY_9AM, room=room)
    assert stocktakes.start(manager_of(school), school, LATER, room=room) is first
    assert stocktakes.start(me, school, LATER) is not first
    stocktakes.cancel(me, first, LATER)
    assert stocktakes.start(me, school, LATER, room=room) is not first


def test_only_a_charging_case_of_the_school_can_be_counted(school: School, me: Actor) -> None:
    for device in (make_device(school), case_in(None, make_school())):
        with pytest.raises(DomainError, match="Ladekoffer dieser Schule"):
            stocktakes.start(me, school, MONDAY_9AM, case=device)


def test_strangers_neither_count_nor_correct(school: School, me: Actor) -> None:
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    auditor, foreign = actor_for(make_user(Role.AUDITOR)), manager_of(make_school())
    for stranger in (auditor, foreign):
        for refused in (
            lambda who=stranger: stocktakes.start(who, school, MONDAY_9AM),
            lambda who=stranger: stocktakes.scan(who, stocktake, "T-1", LATER),
            lambda who=stranger: stocktakes.cancel(who, stocktake, LATER),
            lambda who=stranger: differences.finish(who, stocktake, LATER),
            lambda who=stranger: differences.turn_up(who, stocktake, 1, LATER),
        ):
            with pytest.raises(NotAllowed):
                refused()


def test_a_scan_says_what_the_device_is_here(school: School, me: Actor, room: Room) -> None:
    stocktake_room = make_device(school, room=room, tag="HIER-1", serial="DMPXX0000001")
    make_device(school, tag="WEG-1")
    make_device(school, room=room, tag="LOST-1", state=State.LOST)
    make_device(school, room=room, tag="LENT-1", state=State.LENT)
    make_device(make_school(), tag="FREMD-1")
    stocktake = stocktakes.start(me, school, MONDAY_9AM, room=room)
    cases = {
        "hier-1": Finding.FOUND,
        " LENT-1 ": Finding.FOUND,
        "https://example.org/g/WEG-1?x=1": Finding.ELSEWHERE,
        "LOST-1": Finding.ELSEWHERE,
        "FREMD-1": Finding.UNKNOWN,
        "nie gesehen": Finding.UNKNOWN,
    }
    assert {typed: scan(me, stocktake, typed).finding for typed in cases} == cases
    # The scanner's S before Apple's serial number, of a device that was there already.
    assert stocktakes.scan(me, stocktake, "SDMPXX0000001", LATER).is_repeated
    assert finding_of(stocktake, stocktake_room) is Finding.FOUND


def test_of_a_foreign_device_nothing_is_kept_but_what_was_typed(school: School, me: Actor) -> None:
    make_device(make_school(), tag="FREMD-1")
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    foreign, unknown = scan(me, stocktake, "FREMD-1"), scan(me, stocktake, "FREMD-2")
    assert (foreign.device_id, foreign.typed) == (None, "FREMD-1")
    assert stocktake_queries.foreign([foreign, unknown]) == {"FREMD-1"}


def test_scanning_twice_changes_nothing(school: School, me: Actor) -> None:
    device, colleague = make_device(school), manager_of(school)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    for typed in (device.tag, "XY-99"):
        first = stocktakes.scan(me, stocktake, typed, MONDAY_9AM)
        again = stocktakes.scan(colleague, stocktake, typed, LATER)
        assert (first.is_repeated, again.is_repeated) == (False, True)
        assert first.line_id == again.line_id
        line = db.session.get_one(StocktakeLine, first.line_id)
        assert (line.scanned_at, line.scanned_by_id) == (MONDAY_9AM, me.user_id)


def test_a_scan_taken_back_leaves_no_trace(school: School, me: Actor, room: Room) -> None:
    device, other = make_device(school, room=room), make_device(school)
    stocktake = stocktakes.start(me, school, MONDAY_9AM, room=room)
    for typed in (device.tag, other.tag, "XY-99"):
        stocktakes.undo(me, stocktake, scan(me, stocktake, typed).id)
    db.session.flush()
    assert expected(stocktake) == {device.id}
    progress = stocktake_queries.progress([stocktake])[stocktake.id]
    assert (progress.found, progress.expected, progress.elsewhere, progress.unknown) == (0, 1, 0, 0)


def test_progress_counts_what_is_at_hand(school: School, me: Actor) -> None:
    devices = [make_device(school) for _ in range(3)]
    make_device(school, state=State.LENT)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    scan(me, stocktake, devices[0].tag)
    progress = stocktake_queries.progress([stocktake])[stocktake.id]
    assert (progress.found, progress.expected, progress.away) == (1, 3, 1)
    assert [line.device_id for line in stocktake_queries.still_open(stocktake)] == [one.id for one in devices[1:]]


def test_at_the_end_the_rest_is_missing_and_differences_are_tasks(school: School, me: Actor, room: Room) -> None:
    there, missing = make_device(school, room=room), make_device(school, room=room)
    elsewhere = make_device(school)
    stocktake = stocktakes.start(me, school, MONDAY_9AM, room=room)
    for typed in (there.tag, elsewhere.tag, "XY-99"):
        scan(me, stocktake, typed)
    differences.finish(me, stocktake, LATER)
    assert finding_of(stocktake, missing) is Finding.MISSING
    assert missing.state is State.IN_USE
    assert (there.seen_at, elsewhere.seen_at, missing.seen_at) == (LATER, LATER, None)
    assert [(task.kind, task.device_id) for task in open_tasks()] == [
        (TaskKind.MISSING, missing.id),
        (TaskKind.ELSEWHERE, elsewhere.id),
        (TaskKind.UNKNOWN, None),
    ]


@pytest.mark.parametrize("what", ["lent", "retired", "moved"])
def test_what_left_meanwhile_is_not_missing(school: School, me: Actor, what: str) -> None:
    device = make_device(school)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    if what == "lent":
        make_loan(device)
    elif what == "retired":
        device.state = State.RETIRED
    else:
        device.school = make_school()
    db.session.flush()
    assert stocktake_queries.progress([stocktake])[stocktake.id].open == 0
    differences.finish(me, stocktake, LATER)
    assert finding_of(stocktake, device) is None
    assert open_tasks() == []


def test_a_lent_device_that_came_back_unseen_is_missing(school: School, me: Actor) -> None:
    device = make_device(school, state=State.LENT)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    device.state = State.IN_USE
    db.session.flush()
    differences.finish(me, stocktake, LATER)
    assert finding_of(stocktake, device) is Finding.MISSING


def test_a_second_count_neither_doubles_a_task_nor_leaves_it_open_once_found(school: School, me: Actor) -> None:
    device = make_device(school)
    for _ in range(2):
        differences.finish(me, stocktakes.start(me, school, MONDAY_9AM), LATER)
        assert len(open_tasks(device)) == 1
    third = stocktakes.start(me, school, MONDAY_9AM)
    scan(me, third, device.tag)
    differences.finish(me, third, LATER)
    assert open_tasks(device) == []


def test_a_finished_or_cancelled_stocktake_takes_nothing_more(school: School, me: Actor) -> None:
    for end in (stocktakes.cancel, differences.finish):
        stocktake = stocktakes.start(me, school, MONDAY_9AM)
        end(me, stocktake, LATER)
        for late in (
            lambda one=stocktake: stocktakes.scan(me, one, "T-1", LATER),
            lambda one=stocktake: stocktakes.undo(me, one, 1),
            lambda one=stocktake: stocktakes.cancel(me, one, LATER),
            lambda one=stocktake: differences.finish(me, one, LATER),
        ):
            with pytest.raises(Conflict, match="schon ab"):
                late()


@pytest.mark.parametrize("place", ["room", "case"])
def test_bleibt_hier_moves_the_device_and_settles_the_task(school: School, me: Actor, room: Room, place: str) -> None:
    case = case_in(room, school)
    other = case_in(None, school)
    device = make_device(school, case=other, slot=7)
    stocktake = stocktakes.start(me, school, MONDAY_9AM, **{place: room if place == "room" else case})
    line = scan(me, stocktake, device.tag)
    differences.finish(me, stocktake, LATER)
    differences.take_over(me, stocktake, line.id, LATER)
    assert (device.room_id, device.case_id, device.slot) == (room.id, case.id if place == "case" else None, None)
    change = db.session.scalars(sa.select(DeviceChange).where(DeviceChange.device_id == device.id)).one()
    assert (change.what, change.before["case_id"]) == ("stocktake", other.id)
    assert open_tasks(device) == []
    assert stocktake_queries.outcomes(stocktake) == {device.id: "bleibt hier"}


def test_a_missing_device_turns_up(school: School, me: Actor) -> None:
    device = make_device(school)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    differences.finish(me, stocktake, LATER)
    [line] = stocktake_queries.lines(stocktake, Finding.MISSING)
    with pytest.raises(DomainError, match="laden Sie die Seite neu"):
        differences.take_over(me, stocktake, line.id, LATER)
    differences.turn_up(me, stocktake, line.id, LATER)
    assert device.seen_at == LATER
    assert open_tasks() == []


def test_counting_the_whole_school_has_no_room_to_take_over(school: School, me: Actor) -> None:
    device = make_device(school, state=State.LOST)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    line = scan(me, stocktake, device.tag)
    differences.finish(me, stocktake, LATER)
    with pytest.raises(DomainError, match="ganze Schule"):
        differences.take_over(me, stocktake, line.id, LATER)
    differences.bring_back(me, stocktake, line.id, LATER)
    assert device.state is State.LOST


def test_overdue_is_what_was_never_seen_or_longer_ago_than_its_class_allows(school: School, room: Room) -> None:
    year_ago = MONDAY_9AM - relativedelta(months=12)
    case = case_in(room, school, seen_at=year_ago)
    make_device(school, room=room, seen_at=year_ago)
    make_device(school, room=room, seen_at=year_ago - timedelta(seconds=1))
    make_device(school, case=case, slot=1)
    make_device(school, state=State.LENT)
    make_device(make_school())
    whole, places = stocktake_overdue.of_school(school, MONDAY_9AM)
    assert (whole.devices, whole.overdue, whole.never) == (4, 2, 1)
    assert [(place.name, place.devices, place.overdue) for place in places] == [
        ("Raum 2.14", 4, 2),
        (f"Ladekoffer {case.tag}", 1, 1),
    ]


def test_the_schools_one_counts_at_stand_with_the_most_overdue_first(school: School) -> None:
    neighbour = make_school(school.district)
    make_device(neighbour)
    make_device(make_school())
    found = stocktake_overdue.schools_for(manager_of(school), MONDAY_9AM)
    assert [(one.school.id, one.due.overdue) for one in found] == [(neighbour.id, 1), (school.id, 0)]
    assert stocktake_overdue.schools_for(actor_for(make_user(Role.AUDITOR)), MONDAY_9AM) == []


def test_a_school_of_thousands_is_listed_in_one_statement(school: School, me: Actor) -> None:
    model, columns = make_model(), {"state": State.IN_USE, "state_at": MONDAY_9AM}
    empty = {"order_number": "", "funding": "", "note": "", "version_id": 1}
    rows = [{"tag": f"M-{n}", "model_id": model.id, "school_id": school.id} | columns | empty for n in range(3000)]
    db.session.execute(sa.insert(Device), rows)
    stocktake = stocktakes.start(me, school, MONDAY_9AM)
    assert stocktake_queries.progress([stocktake])[stocktake.id].open == 3000
    differences.finish(me, stocktake, LATER)
    assert len(open_tasks()) == 3000
