"""What can be done with a claim that is owed besides paying it: more time, rest, waiver, enforcement, taking it back.

Source: docs/rules/claims.md, CL-32 to CL-36.
"""

from datetime import date, datetime

from itsm.claims import gates, policy, queries
from itsm.claims.claim_limits import check_term
from itsm.claims.models import Claim
from itsm.claims.service import bookings, claims
from itsm.claims.service.claiming import forget_waiver
from itsm.claims.states import CLAIM_LABELS, CLAIM_MOVES, OWED
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.states import find

SECOND_PERSON = "Einem Erlass stimmt eine zweite Person mit dem Recht zur Freigabe zu, nicht wer ihn beantragt hat."

MOST_SUSPENDED_DAYS = 3650


def defer(actor: Actor, claim: Claim, until: date, reason: str, at: datetime) -> None:
    """Give a debtor time until a day.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, for a day that is not to come or
        too far away, or in a state without anything to defer.
    """
    claim = _held(actor, claim, reason)
    if until <= clock.local_day(at):
        raise DomainError("Gestundet wird bis zu einem Tag in der Zukunft. Bitte prüfen Sie den Tag.")
    check_term(until, clock.local_day(at))
    claims.move(actor, claim, "defer", at, f"bis {until:%d.%m.%Y}: {reason}")
    claim.due_on = until
    db.session.flush()


def suspend(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Stop collecting for now (Niederschlagung): the claim stays, nobody is told, the limitation runs on.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or if nothing is owed.
    """
    claims.move(actor, _held(actor, claim, reason), "suspend", at, reason)


def resume(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Collect a deferred or suspended claim, or one in instalments, as a whole again.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or in another state.
    """
    claim = _held(actor, claim, reason)
    claims.move(actor, claim, "resume", at, reason)
    # The whole is due at once, even if a day to come was agreed.
    claim.due_on = min(claim.due_on or clock.local_day(at), clock.local_day(at))
    db.session.flush()


def enforce(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Hand a reminded claim to enforcement, once the term of the reminder is over.

    Raises: NotAllowed for who does not work on claims; DomainError without a word where to, before the term is over,
        or in another state.
    """
    claim = _held(actor, claim, reason)
    find(CLAIM_MOVES, "enforce", claim.state, CLAIM_LABELS)
    gates.check(claim, clock.local_day(at), "dun")
    claims.move(actor, claim, "enforce", at, reason)


def ask_waiver(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Ask that what is owed be waived; a second person agrees or refuses.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, if nothing is owed, or if
        somebody has asked already.
    """
    claim = _held(actor, claim, reason)
    find(CLAIM_MOVES, "waive", claim.state, CLAIM_LABELS)
    if claim.waiver_asked_by_id is not None:
        raise DomainError("Der Erlass ist schon beantragt. Eine zweite Person entscheidet darüber.")
    claim.waiver_asked_by_id, claim.reason = actor.user_id, reason
    claims.note(actor, claim, "ask-waiver", at, reason)
    db.session.flush()


def refuse_waiver(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Refuse a waiver, or take back that it was asked for.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or if nobody asked.
    """
    claim = _held(actor, claim, reason)
    _asked(claim)
    forget_waiver(claim)
    claims.note(actor, claim, "refuse-waiver", at, reason)
    db.session.flush()


def waive(actor: Actor, claim: Claim, at: datetime) -> None:
    """Agree that what is still open is waived for good.

    Raises: NotAllowed for who may not approve or asked for it; DomainError if nobody asked or nothing is owed.
    """
    claim = queries.held(claim)
    check_second(actor, claim)
    find(CLAIM_MOVES, "waive", claim.state, CLAIM_LABELS)
    _asked(claim)
    claim.waived_by_id = actor.user_id
    bookings.waive_rest(actor, claim, claim.reason, at)
    claims.move(actor, claim, "waive", at, claim.reason)


def check_second(actor: Actor, claim: Claim) -> None:
    """Let only a second person agree to a waiver.

    Raises: NotAllowed without the right to approve, or for who asked for it.
    """
    if not policy.may_waive(actor, claim):
        raise NotAllowed(SECOND_PERSON)


def cancel(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Take a claim back as if it had never been: what was paid is to be given back.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or before it was demanded.
    """
    claim = _held(actor, claim, reason)
    claims.move(actor, claim, "cancel", at, reason)
    claim.reason = reason
    for item in claim.items:
        item.case.has_claim = False
    bookings.refund_all(actor, claim, at)


def set_limitation(actor: Actor, claim: Claim, suspended_days: int, is_at_court: bool, at: datetime) -> None:
    """Say for how many days negotiations held the limitation, and whether a court holds it.

    Raises: NotAllowed for who does not work on claims; DomainError for days that cannot be, or once it is over.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    if claim.over_at is not None:
        raise DomainError("Die Forderung ist zu Ende. An der Verjährung ist nichts mehr zu ändern.")
    if not 0 <= suspended_days <= MOST_SUSPENDED_DAYS:
        raise DomainError(f"Möglich sind 0 bis {MOST_SUSPENDED_DAYS} Tage. Bitte prüfen Sie die Eingabe.")
    if (suspended_days, is_at_court) == (claim.suspended_days, claim.is_at_court):
        return
    claim.suspended_days, claim.is_at_court = suspended_days, is_at_court
    words = f"{suspended_days} Tage Verhandlung" + (", bei Gericht" if is_at_court else "")
    claims.note(actor, claim, "limitation", at, words)
    db.session.flush()


def _held(actor: Actor, claim: Claim, reason: str) -> Claim:
    claims.check_work(actor)
    if not reason.strip():
        raise DomainError("Bitte schreiben Sie, warum.")
    return queries.held(claim)


def _asked(claim: Claim) -> None:
    if claim.waiver_asked_by_id is None or claim.state not in OWED:
        raise DomainError("Einen Erlass hat niemand beantragt. Bitte laden Sie die Seite neu.")
