"""The list: tabs, words of the search line, order, pages, and how many queries it takes."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.assets import device_queries, kinds, listing, queries, stock
from itsm.assets.kinds import Kind
from itsm.assets.models import Device
from itsm.assets.states import State
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.org.models import School
from tests.assets.factories import make_cost, make_device, make_loan, make_model
from tests.counting import queries_of
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_district, make_room, make_school
from tests.saving import at_once

pytestmark = pytest.mark.usefixtures("session")


def tags(line: str = "", *, tab: str = "alle", order: str = "nummer", actor: Actor = SYSTEM) -> list[str]:
    return [row.tag for row in listing.page(actor, tab, line, order, "", MONDAY).rows]


@pytest.fixture
@at_once()
def school() -> School:
    """A school with an iPad in a case in a room, an old laptop and a stolen iPad; and a display of the city."""
    school = make_school(make_district("Bezirk Nord"), name="Adlerfeld-Grundschule")
    ipad = make_model(maker="Apple", name="iPad (9. Generation)")
    case = make_device(
        school, tag="K-1", serial="KOFFER0001", model=make_model(Kind.CHARGING_CASE), in_service_on=date(2026, 9, 1)
    )
    make_device(
        school,
        tag="A-1",
        serial="DMPX12345678",
        model=ipad,
        room_id=make_room(school.main_site, "2.14").id,
        case=case,
        slot=1,
        warranty_until=MONDAY + timedelta(days=30),
        funding="DigitalPakt",
        in_service_on=date(2024, 9, 1),
    )
    make_device(
        school,
        tag="A-2",
        serial="LAPTOP0002",
        model=make_model(Kind.LAPTOP, maker="Beispiel", name="Notebook"),
        state=State.DAMAGED,
        warranty_until=MONDAY - timedelta(days=1),
        in_service_on=date(2020, 1, 1),
    )
    make_device(school, tag="A-3", serial="GESTOHLEN3", model=ipad, state=State.STOLEN, in_service_on=date(2021, 12, 1))
    city = make_device(
        school, tag="Z-9", serial=None, model=make_model(Kind.DISPLAY), state=State.IN_STOCK, in_service_on=None
    )
    city.school_id = city.site_id = None
    return school


# What is typed, and the devices of the fixture below it finds.
FINDS = {
    "": ["A-1", "A-2", "A-3", "K-1", "Z-9"],
    "a-": ["A-1", "A-2", "A-3"],
    "dmpx1234": ["A-1"],
    "SDMPX12345678": ["A-1"],
    "nummer:A-2": ["A-2"],
    "ipad 2.1": ["A-1"],
    "ipad": ["A-1", "A-3"],
    "art:iPad": ["A-1", "A-3"],
    "art:laptops": ["A-2"],
    'modell:"9. gen"': ["A-1", "A-3"],
    "schule:adlerfeld stand:bestand": ["A-1", "A-2", "K-1"],
    "schule:keine": ["Z-9"],
    "bezirk:Nord stand:gestohlen": ["A-3"],
    "raum:2.14": ["A-1"],
    "koffer:k-1": ["A-1"],
    "stand:weg": ["A-3"],
    "alter:>5": ["A-2"],
    "alter:<2": ["K-1"],
    "alter:über": ["A-2"],
    "garantie:bald": ["A-1"],
    "garantie:29": [],
    "garantie:abgelaufen": ["A-2"],
    "garantie:ohne stand:lager": ["Z-9"],
    "förderung:digital": ["A-1"],
    "förderung:ohne art:laptop": ["A-2"],
    "gibtsnicht": [],
    "%": [],
    "\x00": ["A-1", "A-2", "A-3", "K-1", "Z-9"],
}
REFUSED = ("art:toaster", "stand:blau", "alter:alt", "garantie:immer", "wer:Kim", "x" * 301)


def test_a_search_line_finds(school: School) -> None:
    assert {line: tags(line) for line in FINDS} == FINDS


def test_what_cannot_be_understood_is_said(school: School) -> None:
    for line in REFUSED:
        with pytest.raises(DomainError):
            tags(line)


def test_every_tab_shows_its_states_and_counts_under_the_same_filters(school: School) -> None:
    found = {tab: tags("schule:adlerfeld", tab=tab) for tab in listing.TABS}
    assert found == {
        "einsatz": ["A-1", "K-1"],
        "lager": [],
        "defekt": ["A-2"],
        "weg": ["A-3"],
        "alle": ["A-1", "A-2", "A-3", "K-1"],
    }
    counted = listing.page(SYSTEM, "weg", "schule:adlerfeld", "nummer", "", MONDAY).counts
    assert counted == {tab: len(rows) for tab, rows in found.items()}


def test_the_oldest_come_first_and_what_was_never_in_service_last(school: School) -> None:
    assert tags(order="alt") == ["A-2", "A-3", "A-1", "K-1", "Z-9"]
    assert tags(order="jung") == ["Z-9", "K-1", "A-1", "A-3", "A-2"]


_MANY = """
INSERT INTO device (tag, model_id, state, state_at, in_service_on, order_number, funding, note, version_id)
SELECT 'F-' || lpad(n::text, 4, '0'), :model, 'in_use', CAST(:at AS timestamptz) - make_interval(hours => n % 50),
    CASE WHEN n % 7 > 0 THEN CAST(:at AS date) - n % 40 END, '', '', '', 1
FROM generate_series(1, :devices) AS n
"""


# The one is few enough to be put in order one by one, the other is read along the index.
@pytest.mark.parametrize("line", ["nummer:F-00", ""])
def test_each_page_of_every_order_starts_where_the_last_one_ended(line: str) -> None:
    values = {"model": make_model().id, "at": MONDAY_9AM, "devices": listing.FEW + 1}
    db.session.execute(sa.text(_MANY), values)
    # Else the plan may be one for the empty table that it was when it was last looked at.
    db.session.execute(sa.text("ANALYZE device"))
    for order, (key, falls) in listing.ORDERS.items():
        by = (key.desc(), Device.id.desc()) if falls else (key, Device.id)
        numbered = Device.tag.startswith("F-00") if line else sa.true()
        expected = db.session.scalars(sa.select(Device.tag).where(numbered).order_by(*by).limit(3 * listing.PAGE)).all()
        seen: list[str] = []
        cursor: str | None = ""
        for _ in range(3):
            page = listing.page(SYSTEM, "alle", line, order, cursor or "", MONDAY)
            seen += [row.tag for row in page.rows]
            cursor = page.cursor
        assert seen == expected, order


def test_the_last_page_has_no_next_one(school: School) -> None:
    assert listing.page(SYSTEM, "alle", "", "nummer", "", MONDAY).cursor is None


def test_a_cursor_of_no_page_is_refused() -> None:
    for cursor in ("x", "1", "99999999999_2020-01-01", "1_gestern", "-1_2020-01-01", "1_"):
        with pytest.raises(DomainError, match="gibt es nicht mehr"):
            listing.page(SYSTEM, "alle", "", "alt", cursor, MONDAY)


def test_holders_are_a_column_for_their_school_alone(school: School) -> None:
    device = make_device(school, tag="B-1")
    make_loan(device, holder_name="Kim Beispiel")
    lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    neighbour = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id))
    assert tags("wer:beispiel", actor=lead) == ["B-1"]
    assert tags("wer:beispiel", actor=neighbour) == []
    assert {row.holder for row in listing.page(lead, "alle", "b-1", "nummer", "", MONDAY).rows} == {"Kim Beispiel"}
    assert all("holder" not in row._fields for row in listing.page(SYSTEM, "alle", "b-1", "nummer", "", MONDAY).rows)


def test_a_loan_of_the_school_before_stays_with_that_school(school: School) -> None:
    device = make_device(school, tag="B-1")
    make_loan(device, holder_name="Kim Beispiel").school = make_school()
    db.session.commit()
    lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert [row.holder for row in listing.page(lead, "alle", "b-1", "nummer", "", MONDAY).rows] == [None]
    assert tags("wer:kim", actor=lead) == []


def test_the_search_box_finds_by_number_model_and_holder(school: School) -> None:
    make_loan(make_device(school, tag="B-1"), holder_name="Kim Beispiel")
    lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))

    def found(actor: Actor, text: str) -> list[tuple[str, Any]]:
        return [(row.tag, row.holder) for row in device_queries.found(actor, text)]

    assert found(lead, "SDMPX12345678") == [("A-1", None)]
    assert found(lead, "kim") == [("B-1", "Kim Beispiel")]
    assert found(SYSTEM, "kim") == []
    assert found(SYSTEM, "b-1") == [("B-1", None)]
    assert found(actor_for(make_user(Role.REPORTER, school_id=school.id)), "b-1") == []


def test_the_figures_of_models_count_what_the_person_sees(school: School) -> None:
    lives = kinds.life_months(MONDAY)
    make_cost(_by_tag("A-2"), cents=5_000)

    def figures(actor: Actor) -> dict[str, tuple[Any, ...]]:
        rows = device_queries.models_in_figures(actor, MONDAY, lives)
        return {
            row.DeviceModel.label: (row.devices, row.over_age, row.warranty_soon, row.spent_cents)
            for row in rows
            if row.devices
        }

    lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert figures(lead)["Beispiel Notebook"] == (1, 1, 0, 5_000)
    assert figures(lead)["Apple iPad (9. Generation)"] == (1, 0, 1, 0)  # the stolen one is no stock
    assert figures(actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id))) == {}


def test_a_long_list_takes_as_many_queries_as_a_short_one(school: School) -> None:
    counts, school_id = [], school.id
    for more in (0, 40):
        model = _by_tag("A-1").model
        with at_once():
            for number in range(more):
                make_device(school, tag=f"M-{number:02}", model=model)
        with queries_of() as sent:
            listing.page(SYSTEM, "alle", "schule:adlerfeld ipad alter:über", "alt", "", MONDAY)
            device_queries.found(SYSTEM, "A-1")
            device_queries.models_in_figures(SYSTEM, MONDAY, kinds.life_months(MONDAY))
            stock.counts([school_id])
        counts.append(len(sent))
    assert counts[0] == counts[1]


def _by_tag(tag: str) -> Device:
    found = queries.find(SYSTEM, tag)
    assert found is not None
    return found
