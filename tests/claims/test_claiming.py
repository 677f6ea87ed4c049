"""A claim from the first look to the demand, and what can be done with one that is owed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from itsm.claims.models import Claim, Fault, LegalBasis, PaperKind
from itsm.claims.service import bookings, claiming, examining, relief
from itsm.claims.service.examining import Finding
from itsm.claims.states import ClaimState
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from tests.claims.factories import make_case, make_claim, make_examined, make_paper, make_valuation
from tests.claims.steps import (
    DUE_ON,
    HEARD_ON,
    LATER,
    UNTIL,
    approver,
    clerk,
    make_demanded,
    make_heard,
    make_proposed,
    make_ready,
)
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")
Verb = Callable[[Actor, Claim], object]


def what(claim: Claim) -> list[str]:
    db.session.refresh(claim, ["entries"])
    return [entry.what for entry in claim.entries]


# Every verb somebody could call, with words for it.
VERBS: dict[str, Verb] = {
    "heard": lambda me, it: claiming.heard(me, it, HEARD_ON, UNTIL, MONDAY_9AM),
    "answered": lambda me, it: claiming.answered(me, it, MONDAY, "", MONDAY_9AM),
    "propose": lambda me, it: claiming.propose(me, it, MONDAY_9AM),
    "approve": lambda me, it: claiming.approve(me, it, MONDAY_9AM),
    "send_back": lambda me, it: claiming.send_back(me, it, "x", MONDAY_9AM),
    "drop": lambda me, it: claiming.drop(me, it, "x", MONDAY_9AM),
    "take_up": lambda me, it: claiming.take_up(me, it, "x", MONDAY_9AM),
    "demanded": lambda me, it: claiming.demanded(me, it, DUE_ON, MONDAY_9AM),
    "dunned": lambda me, it: claiming.dunned(me, it, DUE_ON, MONDAY_9AM),
    "agree_instalments": lambda me, it: claiming.agree_instalments(me, it, DUE_ON, MONDAY_9AM),
    "settle": lambda me, it: claiming.settle(me, it, MONDAY_9AM),
    "unsettle": lambda me, it: claiming.unsettle(me, it, MONDAY_9AM),
    "record": lambda me, it: examining.record(me, it, Finding(Fault.INTENT, None), MONDAY_9AM),
    "take_over": lambda me, it: examining.take_over(me, it, MONDAY_9AM),
    "defer": lambda me, it: relief.defer(me, it, DUE_ON, "x", MONDAY_9AM),
    "suspend": lambda me, it: relief.suspend(me, it, "x", MONDAY_9AM),
    "resume": lambda me, it: relief.resume(me, it, "x", MONDAY_9AM),
    "enforce": lambda me, it: relief.enforce(me, it, "x", MONDAY_9AM),
    "ask_waiver": lambda me, it: relief.ask_waiver(me, it, "x", MONDAY_9AM),
    "refuse_waiver": lambda me, it: relief.refuse_waiver(me, it, "x", MONDAY_9AM),
    "waive": lambda me, it: relief.waive(me, it, MONDAY_9AM),
    "cancel": lambda me, it: relief.cancel(me, it, "x", MONDAY_9AM),
    "set_limitation": lambda me, it: relief.set_limitation(me, it, 1, is_at_court=True, at=MONDAY_9AM),
}


def test_no_verb_is_for_anybody_but_the_claims_staff_and_for_no_job(subtests: pytest.Subtests) -> None:
    claim = make_claim()
    for role in (Role.ADMINISTRATOR, Role.CAMPUS_MANAGER, Role.AUDITOR, None):
        other = actor_for(make_user(role)) if role else SYSTEM
        for name, verb in VERBS.items():
            with subtests.test(name, role=f"{role}"), pytest.raises(NotAllowed):
                verb(other, claim)
    assert what(claim) == ["begin"]


# State → the verbs that go on from a demanded claim put there; all others are refused.
OPEN_FROM = {
    ClaimState.DEMANDED: {
        "demanded",
        "agree_instalments",
        "defer",
        "suspend",
        "ask_waiver",
        "cancel",
        "take_over",
        "set_limitation",
    },
    ClaimState.SUSPENDED: {"resume", "ask_waiver", "cancel", "take_over", "set_limitation"},
    ClaimState.PAID: {"unsettle", "cancel", "take_over"},
    ClaimState.CANCELLED: {"take_over"},
}


def test_a_verb_goes_on_only_from_the_states_of_the_table() -> None:
    claim, me = make_demanded(), approver()
    for state, expected in OPEN_FROM.items():
        claim.state = state
        claim.over_at = MONDAY_9AM if state in (ClaimState.PAID, ClaimState.CANCELLED) else None
        db.session.commit()
        went_on = set()
        for name, verb in VERBS.items():
            try:
                verb(me, claim)
                went_on.add(name)
            except DomainError:
                assert claim.state is state
            db.session.rollback()
        assert went_on == expected, state


def test_from_the_case_to_the_account() -> None:
    claim = make_demanded()
    assert what(claim) == ["begin", "hear", "propose", "approve", "demand"]
    assert (claim.amount_cents, claim.due_on) == (11_370, DUE_ON)
    assert bookings.balance(claim).open_cents == 11_370


def test_the_letter_to_a_joint_debtor_makes_the_term_longer_and_nothing_twice() -> None:
    claim, me = make_ready(), clerk()
    claiming.heard(me, claim, HEARD_ON, UNTIL, MONDAY_9AM)
    claiming.heard(me, claim, HEARD_ON, UNTIL + timedelta(days=1), MONDAY_9AM)
    claiming.heard(me, claim, HEARD_ON, UNTIL, MONDAY_9AM)
    assert claim.hearing_until == UNTIL + timedelta(days=1)
    claiming.propose(me, claim, MONDAY_9AM)
    claiming.approve(approver(), claim, MONDAY_9AM)
    for days in (0, 2, 0):
        claiming.demanded(me, claim, DUE_ON + timedelta(days=days), MONDAY_9AM)
    assert claim.due_on == DUE_ON + timedelta(days=2)
    assert bookings.balance(claim).claimed == 11_370
    for days in (30, 31):
        claiming.dunned(me, claim, DUE_ON + timedelta(days=days), LATER, is_further=days > 30)
    assert claim.due_on == DUE_ON + timedelta(days=31)
    assert what(claim).count("dun") == 1


def test_a_second_reminder_waits_for_the_term_of_the_first() -> None:
    claim, me = make_demanded(), clerk()
    claiming.dunned(me, claim, (LATER + timedelta(days=7)).date(), LATER)
    with pytest.raises(DomainError, match="Vorher wird nicht gemahnt"):
        claiming.dunned(me, claim, (LATER + timedelta(days=14)).date(), LATER + timedelta(days=7))
    claiming.dunned(me, claim, (LATER + timedelta(days=15)).date(), LATER + timedelta(days=8))
    assert what(claim).count("dun") == 2


def test_an_answer_after_the_proposal_sends_the_claim_back() -> None:
    claim = make_proposed()
    claiming.answered(clerk(), claim, MONDAY, "Es war ein anderer.", MONDAY_9AM)
    assert (claim.state, claim.amount_cents, claim.proposed_by_id) == (ClaimState.HEARING, None, None)


def test_an_answer_comes_after_the_hearing_and_not_tomorrow(subtests: pytest.Subtests) -> None:
    claim, by = make_heard(), clerk()
    for on in (HEARD_ON - timedelta(days=1), MONDAY + timedelta(days=1)):
        with subtests.test(str(on)), pytest.raises(DomainError, match="prüfen Sie den Tag"):
            claiming.answered(by, claim, on, "", MONDAY_9AM)


def test_a_new_finding_sends_an_approved_claim_back() -> None:
    claim = make_proposed()
    claiming.approve(approver(), claim, MONDAY_9AM)
    same = Finding(claim.fault, claim.evidence_id, claim.legal_basis)
    examining.record(clerk(), claim, same, MONDAY_9AM)
    assert claim.state is ClaimState.APPROVED
    examining.record(clerk(), claim, Finding(Fault.INTENT, claim.evidence_id, LegalBasis.PUBLIC), MONDAY_9AM)
    assert (claim.state, claim.approved_by_id) == (ClaimState.HEARING, None)


def test_only_evidence_proves_a_fault(subtests: pytest.Subtests) -> None:
    claim, by = make_claim(), clerk()
    for kind in (PaperKind.PHOTO, PaperKind.INVOICE, PaperKind.ANSWER):
        paper = make_paper(claim.items[0].case, kind)
        with subtests.test(f"{kind}"), pytest.raises(DomainError, match="kein Nachweis"):
            examining.record(by, claim, Finding(Fault.GROSS, paper.id), MONDAY_9AM)


def test_who_sends_a_claim_back_says_why() -> None:
    claim = make_proposed()
    with pytest.raises(DomainError, match="was noch zu tun ist"):
        claiming.send_back(approver(), claim, " ", MONDAY_9AM)
    claiming.send_back(approver(), claim, "Quote prüfen", MONDAY_9AM)
    assert claim.state is ClaimState.HEARING
    claiming.propose(clerk(), claim, MONDAY_9AM)
    assert claim.state is ClaimState.PROPOSED


def test_a_dropped_claim_that_is_taken_up_is_heard_and_approved_anew() -> None:
    claim = make_proposed()
    claiming.drop(clerk(), claim, "Nicht zu beweisen.", MONDAY_9AM)
    assert claim.items[0].case.has_claim is False
    claiming.take_up(clerk(), claim, "Neue Zeugin.", MONDAY_9AM)
    assert (claim.state, claim.heard_on, claim.amount_cents) == (ClaimState.EXAMINING, None, None)
    assert claim.items[0].case.has_claim is True


def test_a_claim_without_its_names_is_not_taken_up() -> None:
    claim = make_claim()
    claiming.drop(clerk(), claim, "Nicht zu beweisen.", MONDAY_9AM)
    claim.anonymised_at = MONDAY_9AM
    with pytest.raises(DomainError, match="Namen sind schon entfernt"):
        claiming.take_up(clerk(), claim, "x", MONDAY_9AM)


def test_a_found_or_claimed_case_begins_no_claim() -> None:
    case = make_examined()
    claim = make_claim(case)
    with pytest.raises(DomainError, match=f"schon eine Forderung: {claim.number}"):
        claiming.begin(clerk(), case, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        claiming.begin(actor_for(make_user(Role.ADMINISTRATOR)), make_case(), MONDAY_9AM)


def test_nothing_is_claimed_with_a_reason_and_may_be_thought_over() -> None:
    case = make_examined()
    claiming.no_claim(clerk(), case, "Verschleiß", MONDAY_9AM)
    assert case.has_claim is False
    claiming.begin(clerk(), case, MONDAY_9AM)
    assert case.has_claim is True


def test_a_deferral_moves_the_day_to_pay() -> None:
    claim = make_demanded()
    with pytest.raises(DomainError, match="in der Zukunft"):
        relief.defer(clerk(), claim, MONDAY, "Härte", MONDAY_9AM)
    relief.defer(clerk(), claim, DUE_ON + timedelta(days=90), "Härte", MONDAY_9AM)
    assert (claim.state, claim.due_on) == (ClaimState.DEFERRED, DUE_ON + timedelta(days=90))
    relief.resume(clerk(), claim, "Härte vorbei", MONDAY_9AM)
    assert claim.state is ClaimState.DEMANDED


def test_a_waiver_takes_two_people_and_leaves_nothing_open() -> None:
    claim, asks = make_demanded(), approver()
    relief.ask_waiver(asks, claim, "Besondere Härte", MONDAY_9AM)
    for who in (asks, clerk()):
        with pytest.raises(NotAllowed, match="zweite Person"):
            relief.waive(who, claim, MONDAY_9AM)
    with pytest.raises(DomainError, match="schon beantragt"):
        relief.ask_waiver(clerk(), claim, "Noch einmal", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.WAIVED, 0)


def test_a_refused_waiver_can_be_asked_for_again() -> None:
    claim = make_demanded()
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    relief.refuse_waiver(approver(), claim, "Nicht belegt", MONDAY_9AM)
    with pytest.raises(DomainError, match="hat niemand beantragt"):
        relief.waive(approver(), claim, MONDAY_9AM)
    relief.ask_waiver(clerk(), claim, "Jetzt belegt", MONDAY_9AM)


def test_enforcement_waits_for_the_term_of_the_reminder() -> None:
    claim, me = make_demanded(), clerk()
    claiming.dunned(me, claim, (LATER + timedelta(days=7)).date(), LATER)
    with pytest.raises(DomainError, match="Zur Zahlung ist Zeit bis"):
        relief.enforce(me, claim, "Vollstreckungsstelle", LATER + timedelta(days=7))
    relief.enforce(me, claim, "Vollstreckungsstelle", LATER + timedelta(days=8))
    assert claim.state is ClaimState.ENFORCED


def test_a_claim_is_settled_only_without_a_rest() -> None:
    claim = make_demanded()
    with pytest.raises(DomainError, match=r"113,70 € offen"):
        claiming.settle(clerk(), claim, MONDAY_9AM)


def test_a_cancelled_claim_asks_for_nothing_and_its_case_may_begin_another() -> None:
    claim = make_demanded()
    case = claim.items[0].case
    relief.cancel(clerk(), claim, "Verwechslung", MONDAY_9AM)
    assert bookings.balance(claim).open_cents == 0
    make_valuation(case, value_cents=9000)
    again = claiming.begin(clerk(), case, MONDAY_9AM)
    assert (again.id != claim.id, [item.amount_cents for item in again.items]) == (True, [9000])
