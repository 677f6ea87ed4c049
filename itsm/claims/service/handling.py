"""What the claims staff does with a damage case: examine, correct, write off, close, take back.

Source: docs/rules/claims.md, CL-90 to CL-95.
"""

from dataclasses import dataclass
from datetime import date, datetime

from itsm.assets.service import devices
from itsm.assets.states import OVER
from itsm.assets.states import State as DeviceState
from itsm.claims import handling, lock_queries, lock_states, queries
from itsm.claims.kinds import CAUSES, CLASSES, KINDS, MISSING, Cause, Kind, StatisticsClass
from itsm.claims.lock_states import OrderKind
from itsm.claims.models import DamageCase
from itsm.claims.service import cases, locks, replacements, restoring
from itsm.claims.states import CLAIM_LABELS, OPEN, ClaimState, State
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError

_UNDECIDED = frozenset({State.REPORTED, State.EXAMINED})


@dataclass(frozen=True)
class Facts:
    """What a clerk finds out about a case; kind and statistics class are two fields."""

    kind: Kind
    statistics_class: StatisticsClass
    cause: Cause
    is_usable: bool
    needs_replacement: bool
    # When the damaged device came back to the city or the school (CL-40).
    returned_on: date | None = None


def facts_of(case: DamageCase) -> Facts:
    """Return what the case says now."""
    return Facts(case.kind, case.statistics_class, case.cause, case.is_usable, case.needs_replacement, case.returned_on)


def stamp(case: DamageCase) -> str:
    """Return what tells whether a case has changed since somebody looked."""
    return str(case.version_id)


def as_seen(case: DamageCase, seen: str | None) -> None:
    """Let a form change only the case it was filled in for.

    Raises: Conflict if somebody has changed it since.
    """
    if seen != stamp(case):
        raise Conflict(
            f"Den Fall {case.number} hat inzwischen jemand anderes geändert. Bitte laden Sie die Seite neu und "
            "prüfen Sie den neuen Stand."
        )


def take_over(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Make this person responsible for a case; a second time changes nothing.

    Raises: NotAllowed for everybody but the claims staff.
    """
    cases.check_work(actor)
    if case.clerk_id == actor.user_id:
        return
    case.clerk_id = actor.user_id
    cases.note(actor, case, "take-over", at)
    db.session.flush()


def hold(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Keep the personal data of a case although its time is over, or let it go again with a blank reason.

    Raises: NotAllowed for everybody but the claims staff; DomainError if the data is gone already.
    Source: docs/rules/claims.md, CL-94.
    """
    cases.check_work(actor)
    if case.anonymised_at is not None:
        raise DomainError("Die Namen in diesem Fall sind schon entfernt. Hier gibt es nichts mehr aufzubewahren.")
    if case.hold_reason == reason:
        return
    case.hold_reason = reason
    cases.note(actor, case, "hold" if reason else "let-go", at, reason)
    db.session.flush()


def examine(actor: Actor, case: DamageCase, facts: Facts, at: datetime) -> None:
    """Say that a case has been looked at, with what was found out; it belongs to this person if to nobody else.

    Raises: NotAllowed for everybody but the claims staff; DomainError for a case examined already, or facts
        that cannot be.
    Source: docs/rules/claims.md, CL-90.
    """
    cases.check_work(actor)
    cases.move(actor, case, "examine", at, is_public=True)
    if case.clerk_id is None:
        case.clerk_id = actor.user_id
    correct(actor, case, facts, at)


def correct(actor: Actor, case: DamageCase, facts: Facts, at: datetime) -> None:
    """Correct what a case says; the device follows its kind.

    Raises: NotAllowed for everybody but the claims staff; DomainError for facts that cannot be, or a kind that
        would upset what has been decided.
    Source: docs/rules/claims.md, CL-90 and CL-91.
    """
    cases.check_work(actor)
    before = facts_of(case)
    if facts == before:
        return
    _check(case, facts, clock.local_day(at))
    for name, value in vars(facts).items():
        setattr(case, name, value)
    if _effect(facts) != _effect(before):
        _follow(actor, case, before, at)
    cases.note(actor, case, "correct", at, "; ".join(_differences(before, facts)))
    db.session.flush()


def write_off(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Decide that a device is neither repaired nor found: it is retired at once.

    Raises: NotAllowed for everybody but the claims staff; DomainError without one of the reasons, or for a
        device that is still lent.
    Source: docs/rules/claims.md, CL-93.
    """
    cases.check_work(actor)
    words = handling.REASONS.get(reason)
    if words is None:
        raise DomainError("Bitte wählen Sie, warum das Gerät ausgesondert wird.")
    device = case.device
    if device is not None and device.state is DeviceState.LENT:
        raise DomainError(f"{device.tag} ist noch ausgegeben. Bitte lassen Sie die Schule das Gerät zurücknehmen.")
    cases.move(actor, case, "write-off", at, words, is_public=True)
    if device is not None and device.state not in OVER:
        devices.go(actor, device, "retire", at, f"Fall {case.number}: {words}.")


def close(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Close a case for which everything is there that its way needs.

    Raises: NotAllowed for everybody but the claims staff; DomainError with what is missing.
    Source: docs/rules/claims.md, CL-95.
    """
    cases.check_work(actor)
    if case.state in OPEN and (sentence := handling.lacks(case)):
        raise DomainError(sentence)
    cases.move(actor, case, "close", at, is_public=True)


def reopen(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Take a case up again; the device of one that was found or withdrawn goes out of use anew.

    Raises: NotAllowed for everybody but the claims staff; DomainError without a reason, for a case without names,
        or if the device has another open case.
    Source: docs/rules/claims.md, CL-97.
    """
    cases.check_work(actor)
    _need(reason)
    if case.anonymised_at is not None:
        raise DomainError("Die Namen in diesem Fall sind schon entfernt. Bitte melden Sie den Schaden neu.")
    other = queries.open_case_of(case.device) if case.device is not None else None
    if other is not None and other.id != case.id:
        raise DomainError(f"Zu diesem Gerät gibt es schon den offenen Fall {other.number}. Bitte schauen Sie dort.")
    before = case.state
    cases.move(actor, case, "reopen", at, reason)
    case.found_on = None
    if case.device is not None and before in (State.FOUND, State.WITHDRAWN):
        case.device_state_before = case.device.state.value
        cases.take_out(actor, case, case.device, at)
    db.session.flush()


def withdraw(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Take a report back that was a mistake; the device is what it was before.

    Raises: NotAllowed for everybody but the claims staff; DomainError without a reason, while a claim runs, or
        once it was paid or waived.
    Source: docs/rules/claims.md, CL-97.
    """
    cases.check_work(actor)
    take_back(actor, case, reason, at)


def take_back(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Undo what a mistaken report has done; for verbs that have checked who may.

    Raises: DomainError without a reason, while a claim runs or once it was paid or waived, or once something was
        decided.
    """
    _need(reason)
    claim = queries.claim_of(case)
    if claim is not None and claim.over_at is None:
        raise DomainError(f"Zu diesem Fall läuft die Forderung {claim.number}. Bitte beenden Sie sie zuerst.")
    if claim is not None and claim.state in (ClaimState.PAID, ClaimState.WAIVED):
        raise DomainError(
            f"Die Forderung {claim.number} wurde {CLAIM_LABELS[claim.state]}. Bitte nehmen Sie zuerst sie zurück."
        )
    cases.move(actor, case, "withdraw", at, reason, is_public=True)
    replacements.drop_plan(actor, case, at)
    restoring.restore(actor, case, at)
    locks.release_found(actor, case, at)


def _need(reason: str) -> None:
    if not reason:
        raise DomainError("Bitte schreiben Sie einen Satz, warum. Er steht später im Verlauf.")


def _check(case: DamageCase, facts: Facts, today: date) -> None:
    if case.state not in _UNDECIDED and _effect(facts) != _effect(facts_of(case)):
        raise DomainError("Was geschehen ist, lässt sich nur ändern, solange noch nichts entschieden ist.")
    if facts.returned_on is None:
        return
    if facts.kind in MISSING:
        raise DomainError(
            "Ein Gerät, das fehlt, ist nicht zurückgekommen. Ist es wieder da, wählen Sie bitte „Wiedergefunden“."
        )
    if not case.incident.day <= facts.returned_on <= today:
        raise DomainError(
            "Das Gerät kam nach dem Schaden und nicht erst in der Zukunft zurück. Bitte prüfen Sie den Tag."
        )
    lent_on = clock.local_day(case.loan.handed_out_at) if case.loan is not None else None
    if lent_on is not None and facts.returned_on < lent_on:
        raise DomainError(
            f"Ausgegeben wurde das Gerät erst am {lent_on:%d.%m.%Y}, zurück kam es später. Bitte prüfen Sie den Tag."
        )


def _effect(facts: Facts) -> tuple[Kind, bool]:
    """Return what decides where the device is: only of a damaged one it matters whether it can be used."""
    return facts.kind, facts.kind is Kind.DAMAGE and facts.is_usable


def _follow(actor: Actor, case: DamageCase, before: Facts, at: datetime) -> None:
    restoring.restore(actor, case, at, f"Fall {case.number} wurde berichtigt.")
    if before.kind in MISSING and case.kind not in MISSING:
        locks.release_found(actor, case, at)
    if case.device is not None:
        cases.take_out(actor, case, case.device, at)
    if case.kind in MISSING and before.kind not in MISSING and _may_ask_for_lock(case):
        # The school reported a damage: here the clerk is the first of the two people.
        locks.request(actor, case, OrderKind.LOCK, f"Fall berichtigt: {KINDS[case.kind]}", at)


def _may_ask_for_lock(case: DamageCase) -> bool:
    orders = lock_queries.orders_of(case)
    return (
        locks.is_lockable(case)
        and locks.is_missing(case)
        and not any(order.state in lock_states.OPEN for order in orders)
    )


def _differences(before: Facts, now: Facts) -> list[str]:
    lines = [
        ("Art", KINDS[before.kind], KINDS[now.kind]),
        ("zählt als", CLASSES[before.statistics_class], CLASSES[now.statistics_class]),
        ("Ursache", CAUSES[before.cause], CAUSES[now.cause]),
        ("noch nutzbar", _yes(before.is_usable), _yes(now.is_usable)),
        ("Ersatz nötig", _yes(before.needs_replacement), _yes(now.needs_replacement)),
        ("zurück am", _day(before.returned_on), _day(now.returned_on)),
    ]
    return [f"{what}: {old} → {new}" for what, old, new in lines if old != new]


def _yes(answer: bool) -> str:
    return "ja" if answer else "nein"


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else "offen"
