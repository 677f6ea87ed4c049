"""Saving, ordering, deleting waves and delivering their quarters; what a plan is made from."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets import wave_overview, wave_planning, wave_queries, wave_starts, wave_stock
from itsm.assets.events import DeliveryWanted
from itsm.assets.kinds import Kind
from itsm.assets.models import DeviceTask, Fairness, SchoolSize, Wave, WaveShare
from itsm.assets.service import tasks, waves
from itsm.assets.states import State
from itsm.assets.wave_planning import Draft, planned
from itsm.assets.waves.plan import Quarter
from itsm.core import events
from itsm.core.access import Actor, Grant, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.figures import FigureValue
from tests.assets.factories import make_device, make_model
from tests.assets.wave_factories import make_wave
from tests.counting import queries_of
from tests.people import MONDAY, MONDAY_9AM
from tests.places import make_school
from tests.saving import at_once

pytestmark = pytest.mark.usefixtures("session")

LEAD = Actor(user_id=None, name="Tina Team", grants=(Grant(Role.DISPATCHER),))
# Months of service: over age (iPads: 60 months) long ago, and not before 2031.
OLD, YOUNG = date(2020, 3, 1), date(2026, 2, 1)
NEXT = Quarter(2027, 1)


def draft(**more: Any) -> Draft:
    values: dict[str, Any] = {
        "kind": Kind.IPAD,
        "first_year": 2027,
        "last_year": 2028,
        "price_cents": 37_900,
        "fairness": Fairness.OLDEST_FIRST,
    }
    if "budget_cents" not in more:
        values["quantity"] = 2
    return Draft(**(values | more))


def actor_at(school_id: int) -> Actor:
    return Actor(user_id=None, name="Leitung", grants=(Grant(Role.HEAD_OF_SCHOOL, school_id=school_id),))


@at_once()
def stock_of(*days: date | None, **more: Any) -> int:
    """Give a new school an iPad for each day of service and return the school."""
    school, model = make_school(), make_model()
    for day in days:
        make_device(school, model=model, in_service_on=day, **more)
    return school.id


def test_a_plan_counts_the_working_devices_of_the_class_by_month() -> None:
    school_id = stock_of(OLD, OLD, YOUNG)
    stock_of(OLD, state=State.STOLEN)
    make_device(model=make_model(Kind.LAPTOP))
    [stock] = wave_stock.stocks(Kind.IPAD, MONDAY)
    assert (stock.school_id, stock.form) == (school_id, "Grundschule")
    assert stock.months == {2020 * 12 + 2: 2, 2026 * 12 + 1: 1}


def test_without_a_day_of_service_the_purchase_counts_and_without_both_it_is_the_oldest() -> None:
    stock_of(None, purchased_on=date(2021, 5, 3))
    stock_of(None, purchased_on=None)
    assert [one.months for one in wave_stock.stocks(Kind.IPAD, MONDAY)] == [{2021 * 12 + 4: 1}, {None: 1}]


def test_a_school_is_in_the_programme_as_its_latest_size_says() -> None:
    school_id = stock_of(OLD)
    for day, flag in ((date(2024, 8, 1), False), (date(2025, 8, 1), True), (date(2027, 8, 1), False)):
        db.session.add(SchoolSize(school_id=school_id, valid_from=day, is_startchancen=flag))
    db.session.flush()
    days = (date(2025, 7, 31), date(2025, 8, 1), date(2027, 8, 1))
    assert [wave_stock.stocks(Kind.IPAD, day)[0].is_startchancen for day in days] == [False, True, False]


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ({"quantity": 1}, 1),
        ({"quantity": 99}, 3),
        ({"budget_cents": 37_900}, 1),
        ({"budget_cents": 75_799}, 1),
        ({"budget_cents": 75_800}, 2),
        ({"budget_cents": 10**10}, 3),
    ],
)
def test_the_limit_is_the_number_or_what_the_money_buys(more: dict[str, int], count: int) -> None:
    stock_of(OLD, OLD, YOUNG)
    found = planned(draft(**more), MONDAY)
    assert (found.summary.total.count, found.summary.total.cost_cents) == (count, count * 37_900)
    assert (found.stock, dict(found.untouched)) == (3, {2027: 2, 2028: 2})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"budget_cents": 37_899}, "reicht nicht für ein Gerät"),
        ({"last_year": 2026}, "liegt vor dem ersten"),
        ({"first_year": 2025}, "ist vorbei"),
        ({"last_year": 2033}, "höchstens 6 Jahre"),
        ({"per_year": {2029: 5}}, "2029 gehört nicht"),
        ({"kind": Kind.DISPLAY}, "Keine Schule hat Displays"),
    ],
)
def test_what_cannot_be_planned_gets_a_sentence(more: dict[str, Any], words: str) -> None:
    stock_of(OLD)
    with pytest.raises(DomainError, match=words):
        planned(draft(**more), MONDAY)


def test_quarters_that_are_over_get_nothing() -> None:
    days = (date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31))
    found = [wave_planning.quarters(draft(first_year=2026, last_year=2026), day) for day in days]
    assert [[quarter.number for quarter in one] for one in found] == [[3, 4], [4], [4]]


def test_the_expected_use_of_a_later_day_decides_about_later_years() -> None:
    stock_of(date(2022, 12, 1), date(2022, 12, 1))
    db.session.add(FigureValue(key="devices.life_months.ipad", valid_from=date(2028, 1, 1), value=96))
    db.session.flush()
    assert dict(planned(draft(quantity=1, per_year={2027: 0}), MONDAY).untouched) == {2027: 2, 2028: 0}


def test_a_wave_is_saved_as_it_was_shown() -> None:
    school_id = stock_of(OLD, OLD, YOUNG)
    wave = waves.make(LEAD, draft(), "iPads", MONDAY_9AM)
    assert [(share.school_id, share.year, share.quarter, share.count) for share in wave.shares] == [
        (school_id, 2027, 1, 1),
        (school_id, 2028, 1, 1),
    ]
    assert (wave.left_over, wave.stock_on, wave.created_by) == ({"2027": 1, "2028": 0}, MONDAY, "Tina Team")
    with pytest.raises(DomainError, match="gibt es schon"):
        waves.make(LEAD, draft(), "iPads", MONDAY_9AM)


def test_a_school_plans_no_wave() -> None:
    school_id = stock_of(OLD)
    with pytest.raises(NotAllowed):
        waves.make(actor_at(school_id), draft(), "iPads", MONDAY_9AM)


def test_a_draft_is_unknown_to_schools_and_an_ordered_wave_shows_each_its_own_share() -> None:
    mine, other = make_school(), make_school()
    wave = make_wave(mine, other, ordered_at=None)
    head = actor_at(mine.id)
    assert wave_queries.listed(head) == []
    with pytest.raises(NotFound):
        wave_queries.get_for(head, wave.id)
    waves.order(LEAD, wave, MONDAY_9AM)
    waves.order(LEAD, wave, MONDAY_9AM + timedelta(days=1))
    assert wave.ordered_at == MONDAY_9AM
    assert wave_queries.listed(head) == [(wave, 24, 0)]
    summary = wave_queries.summary_of(head, wave)
    assert [share.school_id for share in summary.shares] == [mine.id]
    assert summary.left_over == {}
    with pytest.raises(NotFound):
        wave_queries.get_for(actor_at(make_school().id), wave.id)


def test_only_a_draft_is_deleted() -> None:
    wave = make_wave(make_school(), ordered_at=None)
    waves.delete(LEAD, wave)
    assert db.session.scalars(sa.select(Wave)).all() == []
    with pytest.raises(DomainError, match="beauftragt"):
        waves.delete(LEAD, make_wave(make_school()))


def test_the_deliveries_of_a_quarter_are_made_once_and_announced() -> None:
    wanted: list[DeliveryWanted] = []
    events.listen(DeliveryWanted, wanted.append)
    schools = make_school(), make_school()
    wave = make_wave(*schools, quarter=NEXT)
    assert [waves.deliver(LEAD, wave, NEXT, MONDAY_9AM) for _ in range(2)] == [2, 0]
    made = db.session.scalars(sa.select(DeviceTask).order_by(DeviceTask.id)).all()
    assert [task.text for task in made] == ["24 iPads liefern und die alten mitnehmen"] * 2
    assert {task.due_on for task in made} == {date(2027, 3, 31)}
    assert [(one.task_id, one.school_id, one.first_on, one.last_on) for one in wanted] == [
        (task.id, school.id, date(2027, 1, 1), date(2027, 3, 31)) for task, school in zip(made, schools, strict=True)
    ]
    assert wave_queries.quarters_to_deliver(wave) == set()


def test_a_delivery_of_this_quarter_may_come_from_today_on() -> None:
    wanted: list[DeliveryWanted] = []
    events.listen(DeliveryWanted, wanted.append)
    wave = make_wave(make_school(), count=1, quarter=(2026, 4))
    waves.deliver(LEAD, wave, Quarter(2026, 4), MONDAY_9AM)
    assert wanted[0].first_on == MONDAY
    assert db.session.scalar(sa.select(DeviceTask.text)) == "1 iPad liefern und das alte Gerät mitnehmen"


@pytest.mark.parametrize(
    ("more", "quarter", "words"),
    [
        ({"ordered_at": None}, NEXT, "noch ein Entwurf"),
        ({"quarter": (2026, 3)}, Quarter(2026, 3), "Quartal ist vorbei"),
        ({}, Quarter(2027, 2), "bringt der Austausch nichts"),
        ({}, Quarter(2_000_000_000, 9), "bringt der Austausch nichts"),
    ],
)
def test_no_deliveries_for(more: dict[str, Any], quarter: Quarter, words: str) -> None:
    wave = make_wave(make_school(), **({"quarter": NEXT} | more))
    with pytest.raises(DomainError, match=words):
        waves.deliver(LEAD, wave, quarter, MONDAY_9AM)


@pytest.mark.parametrize(
    ("outcome", "delivered"),
    [
        ("", 24),
        ("alles da", 24),
        ("22", 22),
        ("22 geliefert, 2 fehlen", 22),
        ("20 von 24", 20),
        ("0 geliefert", 0),
        ("2 fehlen", 24),
        ("99", 24),
    ],
)
def test_a_settled_delivery_counts_until_it_is_taken_up_again(outcome: str, delivered: int) -> None:
    wave = make_wave(make_school(), quarter=NEXT)
    waves.deliver(LEAD, wave, NEXT, MONDAY_9AM)
    task = db.session.scalars(sa.select(DeviceTask)).one()
    tasks.settle(LEAD, task, outcome, MONDAY_9AM)
    assert db.session.scalar(sa.select(WaveShare.delivered)) == delivered
    tasks.reopen(LEAD, task, MONDAY_9AM)
    assert db.session.scalar(sa.select(WaveShare.delivered)) == 0


def test_the_overview_counts_each_class_by_age_and_warranty() -> None:
    school_id = stock_of(OLD, YOUNG, warranty_until=date(2027, 1, 31))
    stock_of(None, purchased_on=None)
    everywhere, own = (wave_overview.overview(one, MONDAY) for one in (LEAD, actor_at(school_id)))
    [age], [own_age] = everywhere, own
    assert (age.devices, age.over_age_now, own_age.devices) == (3, 2, 2)
    assert dict(age.over_age) == {2026: 2, 2027: 2, 2028: 2, 2029: 2, 2030: 2, 2031: 3}
    assert age.share_percent(age.over_age_now) == 67
    assert wave_overview.year_rows([age.per_service_year]) == [(2026, [1]), (2020, [1]), (None, [1])]
    assert wave_overview.year_rows([age.per_warranty_year]) == [(2027, [2]), (None, [1])]


def test_plan_and_overview_take_the_same_number_of_queries_for_any_stock(session: scoped_session) -> None:
    counts = []
    for _ in range(2):
        stock_of(OLD, YOUNG)
        with queries_of() as statements:
            planned(draft(), MONDAY)
            wave_overview.overview(LEAD, MONDAY)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 15


def test_the_exchange_of_the_ipads_starts_with_all_of_them_and_a_third_this_year() -> None:
    stock_of(OLD, YOUNG)
    found = wave_starts.values("ipads", MONDAY)
    assert (found["quantity"], found["price"], found["per_year"]) == (2, 37_900, "2026: 30.000")
    assert wave_starts.values("ipads", date(2027, 1, 1))["per_year"] == ""


def test_displays_start_with_those_that_are_due() -> None:
    model = make_model(Kind.DISPLAY)
    for day in (date(2021, 12, 1), date(2022, 1, 1)):
        make_device(model=model, in_service_on=day)
    found = wave_starts.values("displays", MONDAY)
    assert (found["first_year"], found["last_year"], found["quantity"]) == (2027, 2029, 1)
    assert [start.slug for start in wave_starts.offered(date(2029, 1, 1))] == ["displays"]
