"""A device that was gone is back: nothing of its loss remains but the trace."""

from datetime import timedelta

import pytest

from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Kind
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models import CaseEntry, MdmOrder
from itsm.claims.service import finding, handling, replacements
from itsm.claims.states import ClaimState, State
from itsm.core.db import db
from itsm.core.errors import DomainError
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import HAPPENED_ON, make_case, make_claim, make_examined
from tests.claims.steps import clerk
from tests.people import MONDAY, MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize("before", [DeviceState.IN_USE, DeviceState.IN_STOCK, DeviceState.DAMAGED])
@pytest.mark.parametrize("kind", [Kind.THEFT, Kind.LOSS, Kind.NOT_RETURNED])
def test_the_device_is_what_it_was_before(kind: Kind, before: DeviceState) -> None:
    case = make_case(device=make_device(state=before), kind=kind)
    finding.found(clerk(), case, MONDAY, MONDAY_9AM)
    assert case.device is not None
    assert (case.state, case.found_on, case.device.state) == (State.FOUND, MONDAY, before)
    entry = db.session.query(CaseEntry).filter_by(case_id=case.id, what="find").one()
    assert entry.is_public and "16.11.2026" in entry.text


def test_the_loan_goes_on_as_it_was() -> None:
    device = make_device(state=DeviceState.LENT)
    loan = make_loan(device)
    case = make_examined(device=device, kind=Kind.NOT_RETURNED)
    loan.given_up_at = MONDAY_9AM
    finding.found(clerk(), case, MONDAY, MONDAY_9AM)
    assert (device.state, loan.given_up_at, loan.returned_at) == (DeviceState.LENT, None, None)


def test_a_device_written_off_meanwhile_is_in_the_file_again() -> None:
    case, actor = make_examined(kind=Kind.THEFT), clerk()
    handling.write_off(actor, case, "missing", MONDAY_9AM)
    case.needs_replacement = False
    handling.close(actor, case, MONDAY_9AM)
    finding.found(actor, case, MONDAY, MONDAY_9AM)
    assert case.device is not None and case.device.state is DeviceState.IN_USE


def test_lock_claim_and_planned_swap_end_and_a_replacement_the_school_has_stays() -> None:
    case, actor = make_examined(kind=Kind.THEFT), clerk()
    claim = make_claim(case)
    replacements.plan(actor, case, None, MONDAY_9AM)
    finding.found(actor, case, MONDAY, MONDAY_9AM)
    orders = db.session.query(MdmOrder).filter_by(case_id=case.id, kind=OrderKind.LOCK).all()
    assert {order.state for order in orders} <= {OrderState.WITHDRAWN}
    assert (claim.state, case.swap_task_id) == (ClaimState.DROPPED, None)

    other = make_examined(kind=Kind.LOSS)
    spare = make_device(other.school, state=DeviceState.IN_STOCK)
    replacements.give(actor, other, spare, MONDAY_9AM)
    finding.found(actor, other, MONDAY, MONDAY_9AM)
    assert (other.replacement_id, spare.state) == (spare.id, DeviceState.IN_USE)


def test_a_find_taken_back_makes_the_device_go_missing_again() -> None:
    case, actor = make_examined(kind=Kind.THEFT), clerk()
    finding.found(actor, case, MONDAY, MONDAY_9AM)
    handling.reopen(actor, case, "Es war ein anderes Gerät.", MONDAY_9AM)
    assert case.device is not None
    assert (case.state, case.found_on, case.device.state) == (State.EXAMINED, None, DeviceState.STOLEN)


def test_only_what_was_gone_is_found_and_on_a_day_that_can_be() -> None:
    actor = clerk()
    with pytest.raises(DomainError, match="nie weg"):
        finding.found(actor, make_examined(), MONDAY, MONDAY_9AM)
    case = make_examined(kind=Kind.LOSS)
    for day in (HAPPENED_ON - timedelta(days=1), MONDAY + timedelta(days=1)):
        with pytest.raises(DomainError, match="Tag des Fundes"):
            finding.found(actor, case, day, MONDAY_9AM)
    finding.found(actor, case, MONDAY, MONDAY_9AM)
    with pytest.raises(DomainError, match="wiedergefunden"):
        finding.found(actor, case, MONDAY, MONDAY_9AM)
