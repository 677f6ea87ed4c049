"""Having a device repaired: attempts, costs beside the value on the day, and where the device is meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from itsm.assets import costs
from itsm.assets.service import devices
from itsm.assets.states import State as DeviceState
from itsm.claims import handling
from itsm.claims.kinds import Kind
from itsm.claims.models import DamageCase, Repair
from itsm.claims.service import handling as service
from itsm.claims.service import repairs
from itsm.claims.service.repairs import Told
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import HAPPENED_ON, in_state, make_case, make_examined
from tests.claims.steps import clerk
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")

DAY = timedelta(days=1)
TOLD = Told("iFix GmbH")
BACK = replace(TOLD, ordered_on=MONDAY - DAY, returned_on=MONDAY)


def state_of(case: DamageCase) -> DeviceState:
    assert case.device is not None
    return case.device.state


def test_the_device_goes_to_be_repaired_and_is_in_use_again_when_it_is_back() -> None:
    case, actor = make_examined(), clerk()
    repair = repairs.begin(actor, case, TOLD, MONDAY_9AM)
    assert (case.state, state_of(case)) == (State.REPAIR, DeviceState.IN_REPAIR)
    repairs.change(actor, case, repair, BACK, MONDAY_9AM)
    assert state_of(case) is DeviceState.IN_USE
    service.close(actor, case, MONDAY_9AM)
    assert case.state is State.CLOSED


def test_a_lent_device_goes_back_into_the_same_hands() -> None:
    device, actor = make_device(state=DeviceState.LENT), clerk()
    loan = make_loan(device)
    case = make_examined(device=device)
    repair = repairs.begin(actor, case, TOLD, MONDAY_9AM)
    repairs.change(actor, case, repair, BACK, MONDAY_9AM)
    assert (device.state, loan.returned_at) == (DeviceState.LENT, None)


def test_a_replaced_device_comes_back_into_the_stock() -> None:
    case, actor = make_examined(), clerk()
    repair = repairs.begin(actor, case, TOLD, MONDAY_9AM)
    assert case.device is not None
    devices.apply(actor, case.device, {"replaced_by_id": make_device(case.school).id}, MONDAY_9AM, "swap")
    repairs.change(actor, case, repair, BACK, MONDAY_9AM)
    assert (state_of(case), case.device.replaced_by_id) == (DeviceState.IN_STOCK, None)


def test_a_declined_offer_leaves_the_device_broken_and_another_attempt_may_follow() -> None:
    case, actor = make_examined(), clerk()
    first = repairs.begin(actor, case, TOLD, MONDAY_9AM)
    with pytest.raises(DomainError, match="läuft noch"):
        repairs.begin(actor, case, Told("Zweite GmbH"), MONDAY_9AM)
    repairs.change(actor, case, first, replace(TOLD, is_declined=True, returned_on=MONDAY), MONDAY_9AM)
    assert state_of(case) is DeviceState.DAMAGED
    with pytest.raises(DomainError, match="abgelehnt"):
        service.close(actor, case, MONDAY_9AM)
    repairs.begin(actor, case, Told("Zweite GmbH"), MONDAY_9AM)
    assert (len(case.repairs), state_of(case)) == (2, DeviceState.IN_REPAIR)


def test_a_device_entered_as_back_by_mistake_is_away_again() -> None:
    case, actor = make_examined(), clerk()
    repair = repairs.begin(actor, case, BACK, MONDAY_9AM)
    assert state_of(case) is DeviceState.IN_USE
    repairs.change(actor, case, repair, replace(BACK, returned_on=None), MONDAY_9AM)
    assert state_of(case) is DeviceState.IN_REPAIR


def test_what_was_written_off_can_be_repaired_after_all() -> None:
    case, actor = make_examined(), clerk()
    service.write_off(actor, case, "beyond-repair", MONDAY_9AM)
    repairs.begin(actor, case, TOLD, MONDAY_9AM)
    assert (case.state, state_of(case)) == (State.REPAIR, DeviceState.IN_REPAIR)


CANNOT_BE = {
    "in der Zukunft": replace(TOLD, ordered_on=MONDAY + DAY),
    "vor dem Schaden": replace(TOLD, ordered_on=HAPPENED_ON - DAY),
    "vor dem Auftrag": replace(TOLD, ordered_on=MONDAY, returned_on=MONDAY - DAY),
    "nicht beides": replace(TOLD, ordered_on=MONDAY, is_declined=True),
    "Zum Angebot": replace(TOLD, quote_net_cents=9_500),
    "Zur Rechnung": replace(TOLD, invoiced_on=MONDAY),
}


def test_what_cannot_be_is_refused_with_a_sentence(subtests: pytest.Subtests) -> None:
    case, actor = make_examined(), clerk()
    for sentence, told in CANNOT_BE.items():
        with subtests.test(f"begin: {sentence}"):
            with pytest.raises(DomainError, match=sentence):
                repairs.begin(actor, case, told, MONDAY_9AM)
            assert case.state is State.EXAMINED
    repair = repairs.begin(actor, case, TOLD, MONDAY_9AM)
    for sentence, told in CANNOT_BE.items():
        with subtests.test(f"change: {sentence}"), pytest.raises(DomainError, match=sentence):
            repairs.change(actor, case, repair, told, MONDAY_9AM)


def test_what_is_gone_is_not_repaired_and_nobody_else_has_repaired() -> None:
    with pytest.raises(DomainError, match="lässt sich nicht reparieren"):
        repairs.begin(clerk(), make_examined(kind=Kind.LOSS), TOLD, MONDAY_9AM)
    case = make_examined()
    repair = repairs.begin(clerk(), case, TOLD, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        repairs.change(actor_for(make_user(Role.SECOND_LEVEL)), case, repair, BACK, MONDAY_9AM)
    with pytest.raises(NotFound):
        repairs.repair_of(make_examined(), repair.id)


def test_the_invoice_may_come_after_the_case_is_closed_but_not_to_a_withdrawn_one() -> None:
    case, actor = make_examined(), clerk()
    repair = repairs.begin(actor, case, BACK, MONDAY_9AM)
    service.close(actor, case, MONDAY_9AM)
    version = case.version_id
    told = replace(BACK, invoice_gross_cents=11_305, invoiced_on=MONDAY)
    repairs.change(actor, case, repair, told, MONDAY_9AM)
    assert repair.cost_cents == 11_305 and case.version_id == version + 1
    repairs.change(actor, case, repair, told, MONDAY_9AM)
    assert case.version_id == version + 1
    in_state(case, State.WITHDRAWN)
    with pytest.raises(DomainError, match="zurückgezogen"):
        repairs.change(actor, case, repair, BACK, MONDAY_9AM)


@pytest.mark.parametrize(
    ("repair", "value_cents", "is_total_loss", "words"),
    [
        (Repair(quote_net_cents=9_500), 11_370, False, "95 € (Angebot, netto), nicht mehr als der Wert"),
        (Repair(quote_net_cents=11_370), 11_370, False, "113,70 € (Angebot, netto), nicht mehr als der Wert"),
        (Repair(quote_net_cents=11_371), 11_370, True, "113,71 € (Angebot, netto) ist mehr, als das Gerät"),
        (Repair(quote_net_cents=9_500, invoice_gross_cents=11_305), 9_000, True, "113,05 € (Rechnung, brutto) ist"),
        (Repair(quote_net_cents=9_500), None, False, "noch nicht berechnet"),
    ],
)
def test_the_cost_is_held_against_the_value_on_the_day(
    repair: Repair, value_cents: int | None, is_total_loss: bool, words: str
) -> None:
    found = handling.verdict(repair, value_cents)
    assert found is not None
    assert found.is_total_loss is is_total_loss
    assert words in found.words


def test_no_verdict_without_a_price() -> None:
    assert handling.verdict(Repair(), 11_370) is None


def test_invoices_count_as_costs_of_the_device_and_quotes_do_not() -> None:
    case, actor = make_examined(), clerk()
    other = make_case()
    repairs.begin(actor, case, replace(BACK, invoice_gross_cents=5_000, invoiced_on=MONDAY), MONDAY_9AM)
    repairs.begin(actor, case, replace(TOLD, quote_net_cents=9_900, quoted_on=MONDAY), MONDAY_9AM)
    db.session.commit()
    assert case.device_id is not None and other.device_id is not None
    spent = costs.spent_cents([case.device_id, other.device_id])
    assert spent["Reparaturen aus Schadensfällen"] == {case.device_id: 5_000}
