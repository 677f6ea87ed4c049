"""What the claims staff does with a case: from examined to closed, and back."""

from datetime import date, timedelta

import pytest

from itsm.assets.models import Device, DeviceChange
from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Cause, Kind, StatisticsClass
from itsm.claims.lock_states import OrderState
from itsm.claims.models import CaseEntry, Claim, DamageCase, MdmOrder
from itsm.claims.service import finding, handling, relief, repairs, replacements
from itsm.claims.service.handling import Facts
from itsm.claims.service.repairs import Told
from itsm.claims.states import MOVES, ClaimState, State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import HAPPENED_ON, in_state, make_case, make_claim, make_examined
from tests.claims.money import make_owed, pay
from tests.claims.steps import approver, clerk, undone
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")

FACTS = Facts(Kind.DAMAGE, StatisticsClass.DAMAGE, Cause.DROP, is_usable=False, needs_replacement=True)
# By hand: verb → from → to; every other pair is refused.
_WAYS = (State.EXAMINED, State.REPAIR, State.REPLACEMENT, State.WRITE_OFF)
EXPECTED: dict[str, dict[State, State]] = {
    "examine": {State.REPORTED: State.EXAMINED},
    # A second attempt stays where it is; so does another plan for a replacement.
    "repair": dict.fromkeys(_WAYS, State.REPAIR),
    "replace": dict.fromkeys(_WAYS, State.REPLACEMENT),
    "write-off": dict.fromkeys((State.EXAMINED, State.REPAIR, State.REPLACEMENT), State.WRITE_OFF),
    "close": dict.fromkeys(_WAYS, State.CLOSED),
    "reopen": dict.fromkeys((State.CLOSED, State.FOUND, State.WITHDRAWN), State.EXAMINED),
    "withdraw": dict.fromkeys((State.REPORTED, State.EXAMINED), State.WITHDRAWN),
    "find": dict.fromkeys((*_WAYS, State.REPORTED, State.CLOSED), State.FOUND),
}


def _do(verb: str, actor: Actor, case: DamageCase) -> None:
    """Do one thing as the page does, with everything given that it asks for."""
    match verb:
        case "examine":
            handling.examine(actor, case, FACTS, MONDAY_9AM)
        case "repair":
            repairs.begin(actor, case, Told("iFix GmbH"), MONDAY_9AM)
        case "replace":
            replacements.plan(actor, case, None, MONDAY_9AM)
        case "write-off":
            handling.write_off(actor, case, "beyond-repair", MONDAY_9AM)
        case "close":
            handling.close(actor, case, MONDAY_9AM)
        case "reopen":
            handling.reopen(actor, case, "Es gibt neue Unterlagen.", MONDAY_9AM)
        case "withdraw":
            handling.withdraw(actor, case, "Doppelt gemeldet.", MONDAY_9AM)
        case "find":
            finding.found(actor, case, MONDAY, MONDAY_9AM)


def _ready(case: DamageCase, verb: str, state: State) -> None:
    """Put a case into a state so that it lacks nothing its next step could ask for; what is added is not committed."""
    in_state(case, state)
    if verb == "close" and state is State.REPAIR:
        case.repairs.append(repairs.Repair(supplier="iFix GmbH", returned_on=MONDAY))
    if verb == "close" and state is State.WRITE_OFF and case.device:
        case.device.state = DeviceState.RETIRED


@pytest.mark.parametrize("verb", EXPECTED)
def test_every_verb_leads_from_every_state_where_the_table_by_hand_says(verb: str) -> None:
    kind = Kind.THEFT if verb == "find" else Kind.DAMAGE
    actor, case = clerk(), make_case(kind=kind, needs_replacement=False, is_usable=True)
    for state in State:
        _ready(case, verb, state)
        target = EXPECTED[verb].get(state)
        if target is None:
            with pytest.raises(DomainError):
                _do(verb, actor, case)
        else:
            _do(verb, actor, case)
        assert case.state is (target or state), (verb, state)
        db.session.rollback()


def test_the_verbs_are_those_of_the_table() -> None:
    assert {move.name for move in MOVES} == set(EXPECTED)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECOND_LEVEL, Role.DISPATCHER, Role.HEAD_OF_SCHOOL])
def test_nobody_but_the_claims_staff_handles_a_case(role: Role) -> None:
    case = make_examined()
    school = {"school_id": case.school_id} if role is Role.HEAD_OF_SCHOOL else {}
    actor = actor_for(make_user(role, **school))
    for verb in EXPECTED:
        with pytest.raises(NotAllowed, match="Medienzentrum"):
            _do(verb, actor, case)


def test_who_examines_a_case_becomes_responsible_for_it() -> None:
    case, actor = make_case(), clerk()
    handling.examine(actor, case, FACTS, MONDAY_9AM)
    assert (case.clerk_id, case.cause) == (actor.user_id, Cause.DROP)
    colleague = clerk()
    handling.take_over(colleague, case, MONDAY_9AM)
    handling.take_over(colleague, case, MONDAY_9AM)
    assert case.clerk_id == colleague.user_id
    assert [entry.what for entry in _entries(case)] == ["report", "examine", "correct", "take-over"]


def test_kind_and_statistics_class_are_corrected_apart_and_the_device_follows_the_kind() -> None:
    case, actor = make_examined(), clerk()
    assert case.device is not None and case.device.state is DeviceState.DAMAGED
    stolen = Facts(Kind.THEFT, StatisticsClass.LOSS, Cause.UNKNOWN, is_usable=False, needs_replacement=True)
    handling.correct(actor, case, stolen, MONDAY_9AM)
    assert (case.kind, case.statistics_class) == (Kind.THEFT, StatisticsClass.LOSS)
    assert case.device.state is DeviceState.STOLEN
    # The clerk asks for the lock, so another person releases it.
    lock = db.session.query(MdmOrder).filter_by(case_id=case.id).one()
    assert (lock.state, lock.requested_by_id) == (OrderState.REQUESTED, actor.user_id)
    handling.correct(actor, case, FACTS, MONDAY_9AM)
    assert (case.device.state, lock.state) == (DeviceState.DAMAGED, OrderState.WITHDRAWN)
    usable = Facts(Kind.DAMAGE, StatisticsClass.DAMAGE, Cause.DROP, is_usable=True, needs_replacement=False)
    handling.correct(actor, case, usable, MONDAY_9AM)
    assert case.device.state is DeviceState.IN_USE
    said = [entry.text for entry in _entries(case) if entry.what == "correct"]
    assert "Art: Schaden → Diebstahl; zählt als: Schaden → Verlust" in said[0]


def test_what_happened_stays_once_the_way_is_decided_but_the_cause_may_change() -> None:
    case, actor = make_examined(), clerk()
    _do("repair", actor, case)
    with pytest.raises(DomainError, match="noch nichts entschieden"):
        handling.correct(actor, case, Facts(Kind.LOSS, StatisticsClass.LOSS, Cause.DROP, False, True), MONDAY_9AM)
    handling.correct(actor, case, Facts(Kind.DAMAGE, StatisticsClass.DAMAGE, Cause.LIQUID, False, True), MONDAY_9AM)
    assert case.cause is Cause.LIQUID


@pytest.mark.parametrize(
    ("kind", "returned_on", "sentence"),
    [
        (Kind.DAMAGE, MONDAY + timedelta(days=1), "in der Zukunft"),
        (Kind.DAMAGE, HAPPENED_ON - timedelta(days=1), "nach dem Schaden"),
        (Kind.THEFT, MONDAY, "Wiedergefunden"),
    ],
)
def test_a_device_comes_back_on_a_day_that_can_be(kind: Kind, returned_on: date, sentence: str) -> None:
    case = make_case(kind=kind)
    with pytest.raises(DomainError, match=sentence):
        handling.examine(
            clerk(), case, Facts(kind, StatisticsClass(kind), Cause.DROP, False, True, returned_on), MONDAY_9AM
        )


def test_a_write_off_retires_the_device_for_one_of_the_fixed_reasons() -> None:
    case, actor = make_examined(), clerk()
    with pytest.raises(DomainError, match="warum das Gerät"):
        handling.write_off(actor, case, "weil Kim es war", MONDAY_9AM)
    handling.write_off(actor, case, "total-loss", MONDAY_9AM)
    assert case.device is not None and case.device.state is DeviceState.RETIRED
    assert _changes(case.device)[-1].text == (
        f"Fall {case.number}: Reparatur lohnt nicht (wirtschaftlicher Totalschaden)."
    )


def test_a_lent_device_is_taken_back_before_it_is_written_off() -> None:
    device = make_device(state=DeviceState.LENT)
    make_loan(device)
    case = make_examined(device=device, is_usable=True)
    with pytest.raises(DomainError, match="noch ausgegeben"):
        handling.write_off(clerk(), case, "old", MONDAY_9AM)


@pytest.mark.parametrize(
    ("state", "told", "sentence"),
    [
        (State.REPORTED, {}, "noch nicht geprüft"),
        (State.EXAMINED, {}, "entscheiden Sie zuerst"),
        (State.EXAMINED, {"is_usable": True}, ""),
        (State.EXAMINED, {"kind": Kind.LOSS}, "braucht noch ein Ersatzgerät"),
        (State.EXAMINED, {"kind": Kind.LOSS, "needs_replacement": False}, ""),
        (State.REPAIR, {}, "keine Reparatur eingetragen"),
        (State.REPLACEMENT, {}, "braucht noch ein Ersatzgerät"),
        (State.WRITE_OFF, {"needs_replacement": False}, "noch nicht ausgemustert"),
    ],
)
def test_a_case_is_closed_when_its_way_is_at_its_end(state: State, told: dict[str, object], sentence: str) -> None:
    case, actor = in_state(make_case(**told), state), clerk()
    if not sentence:
        handling.close(actor, case, MONDAY_9AM)
        assert (case.state, case.over_at) == (State.CLOSED, MONDAY_9AM)
        return
    with pytest.raises(DomainError, match=sentence):
        handling.close(actor, case, MONDAY_9AM)


def test_a_withdrawn_report_leaves_the_device_as_it_was_and_a_claim_stops_it() -> None:
    actor, device = clerk(), make_device(state=DeviceState.LENT)
    make_loan(device)
    case = make_examined(device=device)
    assert device.state is DeviceState.DAMAGED
    claim = make_claim(case)
    with pytest.raises(DomainError, match=claim.number):
        handling.withdraw(actor, case, "Doppelt gemeldet.", MONDAY_9AM)
    claim.state, claim.over_at = ClaimState.DROPPED, MONDAY_9AM
    with pytest.raises(DomainError, match="einen Satz"):
        handling.withdraw(actor, case, "", MONDAY_9AM)
    handling.withdraw(actor, case, "Doppelt gemeldet.", MONDAY_9AM)
    assert (case.state, device.state) == (State.WITHDRAWN, DeviceState.LENT)


def test_a_case_whose_claim_was_paid_or_waived_is_withdrawn_once_the_claim_is_taken_back(
    subtests: pytest.Subtests,
) -> None:
    claim, actor = make_owed(), clerk()
    case = claim.items[0].case
    pay(claim, 10_000)
    for end, word in ((_pay_rest, "bezahlt"), (_waive_rest, "erlassen")):
        with subtests.test(word), undone():
            end(claim)
            with pytest.raises(DomainError, match=f"{claim.number} wurde {word}"):
                handling.withdraw(actor, case, "Doppelt gemeldet.", MONDAY_9AM)
            relief.cancel(actor, claim, "Doppelt gemeldet.", MONDAY_9AM)
            handling.withdraw(actor, case, "Doppelt gemeldet.", MONDAY_9AM)
            assert case.state is State.WITHDRAWN


def _pay_rest(claim: Claim) -> None:
    pay(claim, 1_370)


def _waive_rest(claim: Claim) -> None:
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)


def test_a_case_is_not_taken_up_again_beside_another_one_of_its_device() -> None:
    case, actor = make_examined(), clerk()
    handling.withdraw(actor, case, "Falsches Gerät.", MONDAY_9AM)
    db.session.commit()
    other = make_case(device=case.device)
    with pytest.raises(DomainError, match=other.number):
        handling.reopen(actor, case, "Doch das richtige.", MONDAY_9AM)
    handling.withdraw(actor, other, "Doppelt.", MONDAY_9AM)
    handling.reopen(actor, case, "Doch das richtige.", MONDAY_9AM)
    assert case.device is not None and case.device.state is DeviceState.DAMAGED


def test_names_stay_while_a_reason_says_so_and_nothing_is_held_that_is_gone() -> None:
    case, actor = make_examined(), clerk()
    handling.hold(actor, case, "Klage läuft.", MONDAY_9AM)
    handling.hold(actor, case, "Klage läuft.", MONDAY_9AM)
    handling.hold(actor, case, "", MONDAY_9AM)
    assert [entry.what for entry in _entries(case)][-2:] == ["hold", "let-go"]
    case.anonymised_at = MONDAY_9AM
    with pytest.raises(DomainError, match="schon entfernt"):
        handling.hold(actor, case, "Klage läuft.", MONDAY_9AM)
    in_state(case, State.CLOSED)
    with pytest.raises(DomainError, match="schon entfernt"):
        handling.reopen(actor, case, "Noch einmal.", MONDAY_9AM)


def test_a_page_that_has_grown_old_changes_nothing() -> None:
    case, actor = make_case(), clerk()
    seen = str(case.version_id)
    handling.as_seen(case, seen)
    handling.examine(actor, case, FACTS, MONDAY_9AM)
    with pytest.raises(Conflict, match="jemand anderes"):
        handling.as_seen(case, seen)


def _entries(case: DamageCase) -> list[CaseEntry]:
    return db.session.query(CaseEntry).filter_by(case_id=case.id).order_by(CaseEntry.id).all()


def _changes(device: Device) -> list[DeviceChange]:
    return db.session.query(DeviceChange).filter_by(device_id=device.id).order_by(DeviceChange.id).all()
