"""What the work on visits has cost for each device."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from itsm.assets import costs
from itsm.assets.models import Device
from itsm.core.db import db
from itsm.core.figures import FigureValue
from itsm.dispatch import device_costs
from itsm.dispatch.models import Result, VisitTicket
from itsm.dispatch.states import VisitState
from itsm.tickets.models import TicketDevice
from tests.assets.factories import make_device
from tests.counting import queries_of
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM
from tests.tickets.factories import make_ticket


@pytest.fixture
def place(client: FlaskClient) -> Place:
    return make_place()


def work(place: Place, minutes: int | None, *devices: Device, typed: int = 0, days_later: int = 0) -> None:
    """Record minutes on a visit for a ticket with these devices, and some nobody knows."""
    named = [TicketDevice(tag=one.tag, device_id=one.id) for one in devices]
    ticket = make_ticket(place.school, devices=[*named, *(TicketDevice(tag=f"x{number}") for number in range(typed))])
    visit = make_visit(place, state=VisitState.DONE)
    job = VisitTicket(ticket=ticket, is_waiting=False, result=Result.SOLVED, spent_minutes=minutes)
    job.recorded_at = MONDAY_9AM + timedelta(days=days_later)
    visit.jobs.append(job)
    db.session.commit()


@pytest.mark.parametrize(
    ("minutes", "known", "typed", "cents"),
    [
        (60, 1, 0, [6000]),
        (30, 2, 0, [1500, 1500]),
        (1, 3, 0, [34, 33, 33]),
        (10, 1, 1, [500]),
        (0, 1, 0, []),
        (None, 1, 0, []),
    ],
)
def test_work_is_split_evenly_over_the_devices_of_a_ticket(
    place: Place, minutes: int | None, known: int, typed: int, cents: list[int]
) -> None:
    devices = [make_device(place.school) for _ in range(known)]
    work(place, minutes, *devices, typed=typed)
    found = device_costs.work_cents([one.id for one in devices])
    assert [found[one.id] for one in devices if one.id in found] == cents


def test_the_price_of_the_day_counts_and_visits_add_up(place: Place) -> None:
    device = make_device(place.school)
    db.session.add(FigureValue(key=device_costs.HOUR_CENTS, valid_from=MONDAY + timedelta(days=2), value=9000))
    work(place, 60, device, days_later=1)
    work(place, 60, device, days_later=2)
    assert device_costs.work_cents([device.id, make_device().id]) == {device.id: 6000 + 9000}


def test_the_file_of_a_device_counts_it_with_two_queries_however_many(place: Place) -> None:
    devices = [make_device(place.school) for _ in range(4)]
    for device in devices:
        work(place, 15, device)
    ids = [device.id for device in devices]
    assert costs.spent_cents(ids)["Arbeitszeit"] == dict.fromkeys(ids, 1500)
    with queries_of() as statements:
        device_costs.work_cents(ids)
    assert len(statements) == 2


@given(cents=st.integers(0, 10_000_00), among=st.integers(1, 40))
def test_no_cent_is_lost_or_made_by_splitting(cents: int, among: int) -> None:
    shares = [device_costs.share_of(cents, place, among) for place in range(1, among + 1)]
    assert sum(shares) == cents and max(shares) - min(shares) <= 1
