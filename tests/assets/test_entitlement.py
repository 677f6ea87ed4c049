from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.assets import entitlement_queries as queries
from itsm.assets.entitlement.keys import Keys, keys_on
from itsm.assets.entitlement.target import Extra, Size, targets
from itsm.assets.kinds import Kind
from itsm.assets.models import EntitlementException, HolderKind, SchoolSize
from itsm.assets.states import State
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.figures import FigureValue
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan, make_model
from tests.counting import queries_of
from tests.people import MONDAY, actor_for, make_user
from tests.places import make_district, make_school

KEYS = Keys()
IPAD, LAPTOP, DESKTOP, DISPLAY, PROJECTOR = Kind.IPAD, Kind.LAPTOP, Kind.DESKTOP, Kind.DISPLAY, Kind.PROJECTOR


def make_size(school: School, valid_from: date = date(2025, 8, 1), **more: object) -> SchoolSize:
    size = SchoolSize(school_id=school.id, valid_from=valid_from, **more)
    db.session.add(size)
    db.session.commit()
    return size


def make_exception(school: School, delta: int, from_on: date, until_on: date | None = None) -> EntitlementException:
    found = EntitlementException(
        school_id=school.id, kind=IPAD, delta=delta, reason="Inklusion", from_on=from_on, until_on=until_on
    )
    db.session.add(found)
    db.session.commit()
    return found


@pytest.mark.parametrize(
    ("size", "kind", "count"),
    [
        (Size(), IPAD, 0),
        (Size(), LAPTOP, 0),
        (Size(), PROJECTOR, 0),
        (Size(pupils_1_2=1), IPAD, 1),
        (Size(pupils_1_2=2), IPAD, 1),
        (Size(pupils_1_2=3), IPAD, 2),
        (Size(pupils_1_2=130), IPAD, 65),
        (Size(pupils_1_2=131), IPAD, 66),
        (Size(pupils_1_2=131, pupils_3_4=120), IPAD, 186),
        (Size(pupils_1_2=31, pupils_3_4=33, pupils_secondary=101), IPAD, 16 + 33 + 101),
        (Size(pupils_full_time=1075, pupils_dual=1316), IPAD, 1075 + 658),
        (Size(pupils_full_time=0, pupils_dual=1317), IPAD, 659),
        # Each group is rounded for itself: two odd groups at 2:1 give one iPad more than their sum would.
        (Size(pupils_1_2=3, pupils_dual=3), IPAD, 4),
        (Size(teachers=4), LAPTOP, 1),
        (Size(teachers=5), LAPTOP, 1),
        (Size(teachers=6), LAPTOP, 2),
        (Size(rooms=28), DISPLAY, 28),
        (Size(rooms=28), DESKTOP, 28),
        (Size(halls=(199,)), PROJECTOR, 0),
        (Size(halls=(200,)), PROJECTOR, 1),
        (Size(halls=(201,)), PROJECTOR, 1),
        (Size(halls=(120, 200, 450)), PROJECTOR, 2),
        # Seats of several halls never add up to one.
        (Size(halls=(150, 150)), PROJECTOR, 0),
    ],
)
def test_target_of_a_class(size: Size, kind: Kind, count: int) -> None:
    assert targets(size, KEYS)[kind].count == count


def test_the_calculation_stands_beside_the_target_in_words() -> None:
    size = Size(pupils_1_2=131, pupils_3_4=120, teachers=16, rooms=14, halls=(199, 350))
    found = targets(size, KEYS, [Extra(IPAD, 12, "Inklusion"), Extra(LAPTOP, -9, "zurückgegeben")])
    assert found[IPAD].lines == (
        "Klassen 1–2: 131 Kinder ÷ 2 = 65,5, aufgerundet 66 iPads",
        "Klassen 3–4: 120 Kinder ÷ 1 = 120 iPads",
        "Ausnahme: +12 (Inklusion)",
    )
    assert found[IPAD].count == 198
    assert found[LAPTOP].lines == (
        "Schulorganisation: 16 Lehrkräfte ÷ 5 = 3,2, aufgerundet 4 Laptops",
        "Ausnahme: −9 (zurückgegeben)",
        "Weniger als 0 gibt es nicht.",
    )
    assert found[LAPTOP].count == 0
    assert found[DESKTOP].lines == ("Unterrichtsräume: 14 × 1 = 14 OPS-PCs",)
    assert found[PROJECTOR].lines == (
        "Aula mit 199 Plätzen: kein Beamer, erst ab 200 Plätzen",
        "Aula mit 350 Plätzen: 1 Beamer",
    )


def test_nothing_to_count_is_said_too() -> None:
    found = targets(Size(), KEYS)
    assert found[IPAD].lines == ("Keine Schüler*innen: 0",)
    assert found[PROJECTOR].lines == ("Keine Aula: 0",)


@given(pupils=st.integers(0, 3000), tenths=st.integers(10, 100))
@settings(max_examples=60, deadline=None)
def test_a_key_is_met_and_by_less_than_one_device(pupils: int, tenths: int) -> None:
    key = Fraction(tenths, 10)
    count = targets(Size(pupils_1_2=pupils), Keys(pupils_1_2=key))[IPAD].count
    assert (count - 1) * key < pupils <= count * key or pupils == count == 0


@pytest.mark.usefixtures("session")
def test_keys_begin_on_their_day() -> None:
    assert keys_on(MONDAY) == KEYS
    for key, value in (("pupils_1_2", 1.5), ("hall_seats", 150)):
        db.session.add(FigureValue(key=f"entitlement.{key}", valid_from=MONDAY, value=value))
    db.session.flush()
    assert keys_on(MONDAY - timedelta(days=1)) == KEYS
    assert keys_on(MONDAY) == Keys(pupils_1_2=Fraction(3, 2), hall_seats=Fraction(150))


@pytest.mark.usefixtures("session")
def test_keys_and_sizes_of_the_day_meet_the_stock_of_today() -> None:
    school = make_school()
    make_size(school, date(2025, 8, 1), pupils_1_2=4)
    make_size(school, MONDAY, pupils_1_2=9)
    for _ in range(3):
        make_device(school)

    def line(on: date) -> queries.Line:
        return queries.standings([school], on)[0].lines[IPAD]

    assert line(date(2025, 7, 31)).target is None
    assert line(date(2025, 7, 31)).difference is None
    assert line(MONDAY - timedelta(days=1)).difference == 1
    assert line(MONDAY).difference == -2


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(("shift", "extra"), [(-1, 0), (0, 7), (3, 7), (4, 0)])
def test_an_exception_holds_from_its_first_to_its_last_day(shift: int, extra: int) -> None:
    school = make_school()
    make_size(school, pupils_3_4=100)
    make_exception(school, 7, MONDAY, MONDAY + timedelta(days=3))
    target = queries.standings([school], MONDAY + timedelta(days=shift))[0].lines[IPAD].target
    assert target is not None
    assert target.count == 100 + extra


@pytest.mark.usefixtures("session")
def test_only_working_devices_count_and_ipads_of_teachers_stand_apart() -> None:
    school, model = make_school(), make_model()
    make_size(school, pupils_3_4=3)
    make_device(school, model=model)
    make_device(school, model=model, state=State.LOST)
    make_loan(make_device(school, model=model))
    make_loan(make_device(school, model=model), holder_kind=HolderKind.STAFF)
    line = queries.standings([school], MONDAY)[0].lines[IPAD]
    assert (line.stock, line.staff, line.difference) == (2, 1, -1)


@pytest.mark.usefixtures("session")
def test_as_many_queries_for_many_schools_as_for_one() -> None:
    district, model = make_district(), make_model()
    for _ in range(4):
        school = make_school(district)
        make_size(school, pupils_3_4=3)
        make_exception(school, 1, MONDAY)
        make_device(school, model=model)
    with queries_of() as statements:
        found = queries.standings(queries.seen_schools(SYSTEM), MONDAY)
        assert all(standing.school.district for standing in found)
    assert len(statements) == 6


@pytest.mark.usefixtures("session")
def test_a_school_sees_itself_alone() -> None:
    school = make_school()
    make_school()
    lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    reporter = actor_for(make_user(Role.REPORTER, school_id=school.id))
    assert [one.id for one in queries.seen_schools(lead)] == [school.id]
    assert queries.seen_schools(reporter) == []
