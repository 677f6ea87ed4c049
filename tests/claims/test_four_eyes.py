"""Two people for an amount: whoever had a hand in it since it was approved last does not approve it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from itsm.claims.kinds import Accessory
from itsm.claims.models import Claim
from itsm.claims.service import claiming, items, repairs, valuations
from itsm.claims.service.items import Deduction
from itsm.claims.states import ClaimState
from itsm.core.access import Actor
from itsm.core.errors import DomainError, NotAllowed
from tests.claims.factories import beside, make_valuation
from tests.claims.steps import DUE_ON, approver, clerk, make_heard, make_proposed, undone
from tests.people import MONDAY, MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")
TUESDAY_9AM = MONDAY_9AM + timedelta(days=1)

# What the amount is made of → changed by one person, and back by another.
Change = Callable[[Actor, Claim, bool], object]


def _deducted(deduction: Deduction) -> Change:
    def change(who: Actor, claim: Claim, is_back: bool) -> None:
        items.set_deduction(who, claim, claim.items[0].id, Deduction() if is_back else deduction, MONDAY_9AM)

    return change


def _joined(who: Actor, claim: Claim, is_back: bool) -> None:
    if is_back:
        items.leave(who, claim, claim.items[1].id, MONDAY_9AM)
    else:
        items.join(who, claim, beside(claim.items[0].case), MONDAY_9AM)


def _valued(accessory: str = "", cents: int = 20_000) -> Change:
    def change(who: Actor, claim: Claim, is_back: bool) -> None:
        case = claim.items[0].case
        case.accessories = [Accessory.CHARGER]
        make_valuation(case, accessory=accessory, value_cents=11_370 if is_back else cents, author_id=who.user_id)

    return change


def _replacement_priced(who: Actor, claim: Claim, is_back: bool) -> None:
    typed = valuations.Typed(replacement_cents=None if is_back else 10_000, price_cents=37_900)
    valuations.value_case(who, claim.items[0].case, MONDAY_9AM, typed)


def _repair_priced(who: Actor, claim: Claim, is_back: bool) -> None:
    case = claim.items[0].case
    told = repairs.Told("Werkstatt", quote_net_cents=50_000 if is_back else 5_000, quoted_on=MONDAY)
    if is_back:
        repairs.change(who, case, case.repairs[0], told, MONDAY_9AM)
    else:
        repairs.begin(who, case, told, MONDAY_9AM)


HANDS: list[tuple[str, Change]] = [
    ("quota", _deducted(Deduction(quota_basis_points=5_000))),
    ("wreck", _deducted(Deduction(wreck_cents=1_000))),
    ("insurer", _deducted(Deduction(insurer_cents=1_000))),
    ("another device", _joined),
    ("value", _valued()),
    ("value of an accessory", _valued(Accessory.CHARGER)),
    ("replacement price", _replacement_priced),
    ("repair", _repair_priced),
]


def test_who_proposed_does_not_approve() -> None:
    both = approver()
    claim = make_proposed(both)
    with pytest.raises(NotAllowed, match="eine andere Person"):
        claiming.approve(both, claim, MONDAY_9AM)


def test_who_had_a_hand_in_the_amount_does_not_approve_it_though_another_undid_it(subtests: pytest.Subtests) -> None:
    claim, me, both, third = make_proposed(), clerk(), approver(), approver()
    for name, change in HANDS:
        with subtests.test(name), undone():
            change(both, claim, False)
            change(me, claim, True)
            if claim.state is ClaimState.PROPOSED:
                claiming.send_back(me, claim, "Bitte neu rechnen.", MONDAY_9AM)
            claiming.propose(me, claim, MONDAY_9AM)
            with pytest.raises(NotAllowed, match="eine andere Person"):
                claiming.approve(both, claim, MONDAY_9AM)
            claiming.approve(third, claim, MONDAY_9AM)


def test_a_change_after_the_approval_drops_it_and_only_who_changed_since_then_is_barred() -> None:
    claim, both, third = make_heard(), approver(), approver()
    item = claim.items[0].id
    items.set_deduction(both, claim, item, Deduction(quota_basis_points=5_000), MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    claiming.approve(third, claim, MONDAY_9AM)
    items.set_deduction(third, claim, item, Deduction(quota_basis_points=6_000), TUESDAY_9AM)
    assert (claim.state, claim.approved_by_id, claim.amount_cents) == (ClaimState.HEARING, None, None)
    with pytest.raises(DomainError):
        claiming.demanded(clerk(), claim, DUE_ON, TUESDAY_9AM)
    claiming.propose(clerk(), claim, TUESDAY_9AM)
    with pytest.raises(NotAllowed, match="eine andere Person"):
        claiming.approve(third, claim, TUESDAY_9AM)
    claiming.approve(both, claim, TUESDAY_9AM)
