"""The devices of a claim: what is asked for each, and what a change after the proposal does."""

import pytest

from itsm.claims.models import Claim, DamageCase, Repair
from itsm.claims.service import claiming, items
from itsm.claims.service.items import Deduction
from itsm.claims.states import ClaimState
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound
from tests.claims.factories import beside, make_claim, make_examined, make_valuation
from tests.claims.steps import clerk, make_demanded, make_proposed, make_ready, undone
from tests.people import MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")


def repair(case: DamageCase, **more: int) -> None:
    db.session.add(Repair(case_id=case.id, supplier="Werkstatt", **more))
    db.session.commit()
    db.session.refresh(case)


# The lines below E1 of the worked examples: value 113.70; repair quote or invoice, deduction → cents.
EXAMPLES = [
    ({"quote_net_cents": 9500}, Deduction(), 9500),
    ({"quote_net_cents": 11_370}, Deduction(), 11_370),
    ({"quote_net_cents": 11_371}, Deduction(), 11_370),
    ({}, Deduction(quota_basis_points=5000), 5685),
    ({"quote_net_cents": 20_000}, Deduction(wreck_cents=2000), 9370),
    ({"quote_net_cents": 9500, "invoice_gross_cents": 11_305}, Deduction(), 11_305),
    ({}, Deduction(insurer_cents=10_000), 1370),
    ({}, Deduction(insurer_cents=20_000), 0),
]


def test_the_worked_examples_come_out_to_the_cent(subtests: pytest.Subtests) -> None:
    claim, me = make_ready(), clerk()
    item = claim.items[0]
    for priced, wanted, cents in EXAMPLES:
        with subtests.test(f"{priced} {wanted}"), undone():
            if priced:
                repair(item.case, **priced)
            items.set_deduction(me, claim, item.id, wanted, MONDAY_9AM)
            items.fill(claim)
            assert item.amount_cents == cents


def test_affected_accessories_come_on_top_of_the_device_and_others_do_not() -> None:
    claim = make_ready()
    item = claim.items[0]
    item.case.accessories = ["pencil"]
    # The pencil of example E9.
    make_valuation(item.case, accessory="pencil", base_cents=8900, life_months=36, months=17, value_cents=4697)
    make_valuation(item.case, accessory="cover", value_cents=1000)
    repair(item.case, quote_net_cents=9500)
    assert not items.is_fresh(claim)
    items.set_deduction(clerk(), claim, item.id, Deduction(quota_basis_points=5000), MONDAY_9AM)
    assert (item.accessory_cents, item.amount_cents) == (4697, 7099)
    assert items.is_fresh(claim)


def test_a_declined_repair_and_one_without_a_price_do_not_cap() -> None:
    claim = make_ready()
    case = claim.items[0].case
    db.session.add(Repair(case_id=case.id, supplier="A", quote_net_cents=100, is_declined=True))
    repair(case)
    items.fill(claim)
    assert claim.items[0].amount_cents == 11_370


def test_several_devices_of_an_incident_are_one_sum() -> None:
    claim = make_ready()
    other = beside(claim.items[0].case)
    items.join(clerk(), claim, other, MONDAY_9AM)
    assert [item.amount_cents for item in claim.items] == [11_370, 5000]
    claiming.heard(clerk(), claim, MONDAY_9AM.date(), MONDAY_9AM.date(), MONDAY_9AM)
    claiming.answered(clerk(), claim, MONDAY_9AM.date(), "", MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    assert claim.amount_cents == 16_370


def test_the_second_case_of_an_incident_joins_the_claim_that_is_examined() -> None:
    claim = make_claim()
    assert claiming.begin(clerk(), beside(claim.items[0].case), MONDAY_9AM).id == claim.id
    assert len(claim.items) == 2


@pytest.mark.parametrize("change", ["join", "leave", "deduct"])
def test_a_change_after_the_proposal_sends_the_claim_back(change: str) -> None:
    claim = make_proposed()
    me, first = clerk(), claim.items[0]
    other = beside(first.case)
    if change == "leave":
        items.add(claim, other)
        items.leave(me, claim, first.id, MONDAY_9AM)
    elif change == "join":
        items.join(me, claim, other, MONDAY_9AM)
    else:
        items.set_deduction(me, claim, first.id, Deduction(wreck_cents=1), MONDAY_9AM)
    assert (claim.state, claim.amount_cents, claim.amount_by_ids) == (ClaimState.HEARING, None, [me.user_id])


def test_the_same_deduction_again_changes_nothing() -> None:
    claim = make_proposed()
    items.set_deduction(clerk(), claim, claim.items[0].id, Deduction(), MONDAY_9AM)
    assert claim.state is ClaimState.PROPOSED


def _refused(claim: Claim) -> list[object]:
    item = claim.items[0].id
    return [
        lambda me: items.set_deduction(me, claim, item, Deduction(wreck_cents=1), MONDAY_9AM),
        lambda me: items.leave(me, claim, item, MONDAY_9AM),
        lambda me: items.join(me, claim, beside(claim.items[0].case), MONDAY_9AM),
    ]


def test_nothing_of_the_devices_changes_once_the_claim_was_sent() -> None:
    claim = make_demanded()
    for verb in _refused(claim):
        with pytest.raises(DomainError, match="schon verschickt"):
            verb(clerk())  # type: ignore[operator]


def test_a_deduction_that_cannot_be_is_refused(subtests: pytest.Subtests) -> None:
    claim, by = make_ready(), clerk()
    for wanted in (Deduction(quota_basis_points=0), Deduction(quota_basis_points=10_001), Deduction(wreck_cents=-1)):
        with subtests.test(str(wanted)), pytest.raises(DomainError, match="prüfen Sie die Eingabe"):
            items.set_deduction(by, claim, claim.items[0].id, wanted, MONDAY_9AM)


def test_the_only_device_a_foreign_one_and_another_incident_are_refused() -> None:
    claim, other = make_ready(), make_ready()
    with pytest.raises(DomainError, match="einzige Gerät"):
        items.leave(clerk(), claim, claim.items[0].id, MONDAY_9AM)
    with pytest.raises(NotFound):
        items.leave(clerk(), claim, other.items[0].id, MONDAY_9AM)
    with pytest.raises(DomainError, match="anderen Ereignis"):
        items.join(clerk(), claim, make_examined(), MONDAY_9AM)
