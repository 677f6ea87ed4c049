"""Each gate of a claim: shut until what it asks for is there, with a sentence, on every verb that needs it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import scoped_session

from itsm.claims import gates
from itsm.claims.models import Claim, Fault, Ground
from itsm.claims.service import claiming, debtors
from itsm.claims.states import ClaimState, State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.figures import FigureValue
from tests.claims.factories import in_state, make_claim, make_debtor, make_examined, make_paper, make_valuation
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
    person,
    undone,
)
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")
Spoil = Callable[[Claim], object]


def _without_debtor(claim: Claim) -> None:
    claim.debtors.clear()


def _debtor(**changed: object) -> Spoil:
    def spoil(claim: Claim) -> None:
        for name, value in changed.items():
            setattr(claim.debtors[0], name, value)

    return spoil


def _found(claim: Claim) -> None:
    in_state(claim.items[0].case, State.FOUND)


def _without_value(claim: Claim) -> None:
    claim.items[0].valuation = None
    claim.items[0].valuation_id = None


def _with_paper_of_another_case(claim: Claim) -> None:
    claim.evidence = make_paper(make_examined())


# What is taken away → the words of the sentence, and from which step on it is missed.
SHUT: list[tuple[str, Spoil, str]] = [
    ("no grade", lambda claim: setattr(claim, "fault", None), "Grad des Verschuldens"),
    ("light", lambda claim: setattr(claim, "fault", Fault.LIGHT), "nur bei Vorsatz oder grober"),
    ("none", lambda claim: setattr(claim, "fault", Fault.NONE), "nur bei Vorsatz oder grober"),
    ("no evidence", lambda claim: setattr(claim, "evidence", None), "Nachweis für das Verschulden fehlt"),
    ("other evidence", _with_paper_of_another_case, "Nachweis für das Verschulden fehlt"),
    ("no debtor", _without_debtor, "wer zahlen soll"),
    ("no street", _debtor(street=" "), "die Straße"),
    ("no town", _debtor(city=""), "der Ort"),
    ("no birthday", _debtor(born_on=None), "der Geburtstag"),
    ("six years old", _debtor(born_on=date(2019, 3, 18)), "noch nicht 7"),
    ("seven without insight", _debtor(born_on=date(2019, 3, 17)), "zwischen 7 und 17"),
    ("seventeen without insight", _debtor(born_on=date(2008, 3, 18)), "zwischen 7 und 17"),
    ("born later", _debtor(born_on=date(2026, 4, 1)), "Geburtstag von Person 1"),
    (
        "a third person of unknown age",
        _debtor(ground=Ground.THIRD_PARTY, born_on=None),
        "das Häkchen „Erwachsene Person",
    ),
    ("a third person of six", _debtor(ground=Ground.THIRD_PARTY, born_on=date(2019, 3, 18)), "noch nicht 7"),
    ("a third person of 17", _debtor(ground=Ground.THIRD_PARTY, born_on=date(2008, 3, 18)), "zwischen 7 und 17"),
    (
        "a third person of six said to be of age",
        _debtor(ground=Ground.THIRD_PARTY, born_on=date(2019, 3, 18), is_of_age=True),
        "noch nicht 7",
    ),
    ("a third person born later", _debtor(ground=Ground.THIRD_PARTY, born_on=date(2026, 4, 1)), "nach dem Schaden"),
    ("a pupil said to be of age", _debtor(born_on=None, is_of_age=True), "der Geburtstag"),
    ("no device", lambda claim: claim.items.clear(), "hat kein Gerät"),
    ("found", _found, "ist wieder da"),
    ("no value", _without_value, "fehlt der Zeitwert"),
]
OPEN: list[tuple[str, Spoil]] = [
    ("intent", lambda claim: setattr(claim, "fault", Fault.INTENT)),
    ("seven with insight", _debtor(born_on=date(2019, 3, 17), insight="Kannte die Regel.")),
    ("just eighteen", _debtor(born_on=date(2008, 3, 17))),
    ("a guardian by contract without birthday", _debtor(ground=Ground.GUARDIAN_CONTRACT, born_on=None)),
    ("a grown-up third person or a company", _debtor(ground=Ground.THIRD_PARTY, born_on=None, is_of_age=True)),
    ("a third person of 18", _debtor(ground=Ground.THIRD_PARTY, born_on=date(2008, 3, 17))),
    (
        "a third person of 17 with insight",
        _debtor(ground=Ground.THIRD_PARTY, born_on=date(2008, 3, 18), insight="Kannte die Regel."),
    ),
    ("the Land", _debtor(ground=Ground.STATE, born_on=None)),
]


def test_a_shut_gate_stops_every_step_and_every_verb(subtests: pytest.Subtests) -> None:
    claim, me, other = make_proposed(), clerk(), approver()
    for name, spoil, words in SHUT:
        with subtests.test(name), undone():
            _is_shut(claim, spoil, words, me, other)


def _is_shut(claim: Claim, spoil: Spoil, words: str, me: Actor, other: Actor) -> None:
    spoil(claim)
    db.session.commit()
    for step in gates.STEPS:
        assert any(words in sentence for sentence in gates.missing(claim, DUE_ON + timedelta(days=1), step)), step
    with pytest.raises(DomainError, match=words):
        claiming.heard(me, claim, HEARD_ON, UNTIL, MONDAY_9AM)
    with pytest.raises(DomainError):
        claiming.approve(other, claim, MONDAY_9AM)
    with pytest.raises(DomainError):
        claiming.demanded(me, claim, DUE_ON, MONDAY_9AM)
    assert claim.state is ClaimState.PROPOSED


def test_a_gate_is_open(subtests: pytest.Subtests) -> None:
    claim = make_ready()
    for name, spoil in OPEN:
        with subtests.test(name), undone():
            spoil(claim)
            assert gates.missing(claim, MONDAY, "hear") == []


def _demand(claim: Claim) -> None:
    claiming.demanded(clerk(), claim, DUE_ON, MONDAY_9AM)


def test_nothing_is_proposed_before_the_hearing() -> None:
    claim = make_ready()
    assert "Die Anhörung ist noch nicht verschickt" in gates.missing(claim, MONDAY, "propose")[0]
    with pytest.raises(DomainError, match="Verschulden wird geprüft"):
        claiming.propose(clerk(), claim, MONDAY_9AM)


@pytest.mark.parametrize(("until", "answered", "passes"), [(-1, False, True), (0, False, False), (0, True, True)])
def test_the_term_of_the_hearing_is_over_the_day_after_it_or_with_an_answer(
    until: int, answered: bool, passes: bool
) -> None:
    claim = make_ready()
    claiming.heard(clerk(), claim, HEARD_ON, MONDAY + timedelta(days=until), MONDAY_9AM)
    if answered:
        claiming.answered(clerk(), claim, MONDAY, "Es tut uns leid.", MONDAY_9AM)
    if passes:
        claiming.propose(clerk(), claim, MONDAY_9AM)
        assert claim.state is ClaimState.PROPOSED
    else:
        with pytest.raises(DomainError, match=r"Die Frist der Anhörung läuft bis 16\.11\.2026"):
            claiming.propose(clerk(), claim, MONDAY_9AM)


@pytest.mark.parametrize(("cents", "passes"), [(0, False), (999, False), (1000, False), (1001, True)])
def test_an_amount_up_to_the_limit_is_not_claimed(cents: int, passes: bool) -> None:
    claim = make_heard(cents)
    if passes:
        claiming.propose(clerk(), claim, MONDAY_9AM)
        assert claim.amount_cents == cents
    else:
        with pytest.raises(DomainError, match="Beträge bis 10 € werden nicht gefordert"):
            claiming.propose(clerk(), claim, MONDAY_9AM)


def test_a_limit_that_is_raised_later_does_not_touch_what_was_proposed() -> None:
    claim = make_proposed()
    db.session.add(
        FigureValue(key="claims.waiver_limit_euros", valid_from=MONDAY + timedelta(days=1), value=500, changed_by="")
    )
    db.session.flush()
    assert gates.missing(claim, MONDAY + timedelta(days=2), "approve") == []
    assert "werden nicht gefordert" in gates.missing(make_heard(), MONDAY + timedelta(days=2), "propose")[0]


def test_nobody_approves_without_the_right() -> None:
    claim = make_proposed()
    for role in (Role.CLAIMS_CLERK, Role.ADMINISTRATOR, Role.CAMPUS_MANAGER, Role.DISPATCHER):
        with pytest.raises(NotAllowed, match="wer das Recht dazu hat"):
            claiming.approve(actor_for(make_user(role)), claim, MONDAY_9AM)


def test_a_value_found_after_the_proposal_is_not_approved_unseen() -> None:
    claim = make_proposed()
    make_valuation(claim.items[0].case, value_cents=20_000)
    with pytest.raises(DomainError, match="seit dem Vorschlag geändert"):
        claiming.approve(approver(), claim, MONDAY_9AM)


def test_nothing_is_demanded_without_an_approval() -> None:
    with pytest.raises(DomainError, match="noch nicht von einer zweiten Person freigegeben"):
        _demand(make_proposed())


def test_nobody_is_reminded_before_the_term_is_over() -> None:
    claim = make_demanded()
    with pytest.raises(DomainError, match="Vorher wird nicht gemahnt"):
        claiming.dunned(clerk(), claim, DUE_ON + timedelta(days=7), LATER - timedelta(days=10))
    claiming.dunned(clerk(), claim, DUE_ON + timedelta(days=20), LATER)
    assert claim.state is ClaimState.DUNNED


# What no statement may write into a claim that was demanded.
FORBIDDEN = (
    "approved_by_id = proposed_by_id",
    "amount_by_ids = ARRAY[0, approved_by_id]",
    "fault = 'light'",
    "amount_cents = NULL",
    "amount_cents = 0",
    "approved_at = NULL",
    "waiver_asked_by_id = clerk_id, waived_by_id = clerk_id",
)


def test_the_database_keeps_the_gates_too(session: scoped_session, subtests: pytest.Subtests) -> None:
    claim_id = make_demanded().id
    for change in FORBIDDEN:
        with subtests.test(change), pytest.raises(IntegrityError):
            session.execute(sa.text(f"UPDATE claim SET {change} WHERE id = {claim_id}"))
        session.rollback()


def test_a_joint_debtor_is_asked_for_as_much_as_the_first() -> None:
    claim = make_ready()
    make_debtor(claim, ground=Ground.GUARDIAN_CONTRACT, name="Toni Beispiel", street="")
    db.session.refresh(claim)
    assert gates.missing(claim, MONDAY, "hear") == ["Bei Person 2 fehlt: die Straße. Bitte ergänzen Sie das."]


def test_the_age_of_every_joint_debtor_is_looked_at() -> None:
    claim = make_ready()
    make_debtor(claim, ground=Ground.THIRD_PARTY, name="Robin Anders", born_on=date(2019, 3, 18))
    db.session.refresh(claim)
    assert gates.missing(claim, MONDAY, "hear") == [
        "Person 2 war am Tag des Schadens noch nicht 7 Jahre alt und haftet nicht. Bitte nehmen Sie sie heraus."
    ]


def test_of_joint_debtors_each_is_heard_and_one_does_not_answer_for_another() -> None:
    claim = make_ready()
    make_debtor(claim, ground=Ground.GUARDIAN_CONTRACT, name="Toni Beispiel")
    db.session.refresh(claim)
    first, second = claim.debtors
    claiming.heard(clerk(), claim, HEARD_ON, UNTIL, MONDAY_9AM, [first])
    with pytest.raises(DomainError, match="Person 2 ist noch nicht angehört"):
        claiming.propose(clerk(), claim, MONDAY_9AM)
    claiming.heard(clerk(), claim, MONDAY, MONDAY + timedelta(days=14), MONDAY_9AM, [second])
    claiming.answered(clerk(), claim, MONDAY, "Es tut mir leid.", MONDAY_9AM)
    with pytest.raises(DomainError, match="Bis dahin können alle antworten"):
        claiming.propose(clerk(), claim, MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM + timedelta(days=15))
    assert claim.state is ClaimState.PROPOSED


@pytest.mark.parametrize("changed", [{"name": "Robin Anders"}, {"ground": Ground.THIRD_PARTY}])
def test_who_stands_in_after_the_hearing_is_heard_anew(changed: dict[str, object]) -> None:
    claim = make_proposed()
    debtors.change(clerk(), claim, claim.debtors[0].id, person(claim.debtors[0], **changed), MONDAY_9AM)
    with pytest.raises(DomainError, match="Person 1 ist noch nicht angehört"):
        claiming.propose(clerk(), claim, MONDAY_9AM)


def test_who_is_added_or_put_in_the_place_of_another_after_the_hearing_is_heard_too() -> None:
    claim = make_proposed()
    old = claim.debtors[0]
    debtors.add(clerk(), claim, person(old, name="Robin Anders"), MONDAY_9AM)
    debtors.remove(clerk(), claim, old.id, MONDAY_9AM)
    with pytest.raises(DomainError, match="Person 1 ist noch nicht angehört"):
        claiming.propose(clerk(), claim, MONDAY_9AM)


def _renamed(claim: Claim) -> None:
    debtors.change(clerk(), claim, claim.debtors[0].id, person(claim.debtors[0], name="Robin Anders"), MONDAY_9AM)


def _replaced(claim: Claim) -> None:
    old = claim.debtors[0]
    debtors.add(clerk(), claim, person(old, name="Robin Anders"), MONDAY_9AM)
    debtors.remove(clerk(), claim, old.id, MONDAY_9AM)


def _replaced_once_both_were_heard(claim: Claim) -> None:
    old = claim.debtors[0]
    new = debtors.add(clerk(), claim, person(old, name="Robin Anders"), MONDAY_9AM)
    claiming.heard(clerk(), claim, MONDAY, MONDAY + timedelta(days=14), MONDAY_9AM, [new])
    debtors.remove(clerk(), claim, old.id, MONDAY_9AM)


def test_an_answer_does_not_speak_for_who_takes_the_place_of_who_gave_it(subtests: pytest.Subtests) -> None:
    claim, me = make_heard(), clerk()
    for change in (_renamed, _replaced, _replaced_once_both_were_heard):
        with subtests.test(change.__name__), undone():
            claiming.answered(me, claim, MONDAY, "Das war ich nicht.", MONDAY_9AM)
            change(claim)
            if any(debtor.heard_until is None for debtor in claim.debtors):
                with pytest.raises(DomainError, match="noch nicht verschickt"):
                    claiming.answered(me, claim, MONDAY, "Das war ich nicht.", MONDAY_9AM)
                claiming.heard(me, claim, MONDAY, MONDAY + timedelta(days=14), MONDAY_9AM)
            assert (claim.answered_on, claim.answer) == (None, "")
            with pytest.raises(DomainError, match="Frist der Anhörung läuft"):
                claiming.propose(me, claim, MONDAY_9AM)


def test_who_was_never_heard_takes_no_answer_along() -> None:
    claim, me = make_heard(), clerk()
    claiming.answered(me, claim, MONDAY, "Es tut mir leid.", MONDAY_9AM)
    wrong = debtors.add(me, claim, person(claim.debtors[0], name="Robin Anders"), MONDAY_9AM)
    debtors.remove(me, claim, wrong.id, MONDAY_9AM)
    assert claim.answered_on == MONDAY


def test_an_address_corrected_after_the_hearing_wants_no_other() -> None:
    claim = make_proposed()
    debtors.change(clerk(), claim, claim.debtors[0].id, person(claim.debtors[0], street="Weg 2"), MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    assert claim.state is ClaimState.PROPOSED


def test_a_withdrawn_case_carries_no_claim() -> None:
    claim = make_proposed()
    in_state(claim.items[0].case, State.WITHDRAWN)
    with pytest.raises(DomainError, match="wurde zurückgezogen"):
        claiming.approve(approver(), claim, MONDAY_9AM)
    with pytest.raises(DomainError, match="wurde zurückgezogen"):
        claiming.begin(clerk(), in_state(make_examined(), State.WITHDRAWN), MONDAY_9AM)


def test_the_sentences_of_a_new_claim_name_all_that_is_to_be_done_and_nobody() -> None:
    claim = make_claim()
    make_debtor(claim, name="Kim Geheim", street="")
    db.session.refresh(claim)
    sentences = " ".join(gates.missing(claim, MONDAY, "demand"))
    assert sentences.count(".") > 6
    assert "Geheim" not in sentences
