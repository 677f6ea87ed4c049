"""A claim from the first look to the demand: fault, hearing, proposal, approval, and what the letters say was sent.

Every verb holds the row of the claim first: of two people at once, one waits and then sees what the other did.

Source: docs/rules/claims.md, CL-20 to CL-31.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from itsm.claims import gates, policy, queries
from itsm.claims.claim_limits import check_term
from itsm.claims.models import Claim, DamageCase, Debtor, Incident
from itsm.claims.service import bookings, cases, claims, items
from itsm.claims.states import CLAIM_LABELS, CLAIM_MOVES, ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.german import euros
from itsm.core.states import find

APPROVER_ONLY = "Beträge gibt nur frei, wer das Recht dazu hat. Bitte fragen Sie die Schadensfreigabe."
FOUR_EYES = (
    "Sie haben am Betrag mitgewirkt: ihn vorgeschlagen, bewertet oder geändert. Bitte lassen Sie eine andere Person "
    "ihn freigeben."
)
_ANEW = "Wert oder Reparaturkosten haben sich seit dem Vorschlag geändert. Bitte geben Sie die Forderung zurück."


def begin(actor: Actor, case: DamageCase, at: datetime) -> Claim:
    """Begin to examine whether somebody owes compensation for a case; the cases of one incident share a claim.

    Raises: NotAllowed for who does not work on claims; DomainError if the case has a claim or was found.
    """
    claims.check_work(actor)
    # Two at once would begin two claims for one incident.
    db.session.execute(sa.select(Incident.id).where(Incident.id == case.incident_id).with_for_update())
    items.check_claimable(case)
    claim = db.session.scalar(
        sa.select(Claim).where(Claim.incident_id == case.incident_id, Claim.state == ClaimState.EXAMINING)
    )
    if claim is not None:
        items.add(claim, case)
        items.changed(actor, claim, at)
        return claim
    claim = claims.open_claim(actor, case, at)
    items.add(claim, case)
    return claim


def no_claim(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Record that nothing is claimed for a case; nobody's name was needed for that.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or if there is a claim.
    """
    claims.check_work(actor)
    _told(reason, "Bitte schreiben Sie, warum nichts gefordert wird.")
    items.check_claimable(case)
    case.has_claim = False
    cases.note(actor, case, "no-claim", at, reason)
    db.session.flush()


def heard(
    actor: Actor, claim: Claim, on: date, until: date, at: datetime, debtors: Sequence[Debtor] | None = None
) -> None:
    """Take down that the hearing was sent to these debtors, or to all; a later letter makes the term only longer.

    Raises: NotAllowed for who does not work on claims; DomainError for a gate not passed or days that cannot be.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    gates.check(claim, on, "hear")
    if not claim.items[0].case.incident.day <= on <= clock.local_day(at):
        raise DomainError("Die Anhörung liegt vor dem Schaden oder in der Zukunft. Bitte prüfen Sie den Tag.")
    check_term(until, on)
    for debtor in claim.debtors if debtors is None else debtors:
        debtor.heard_until = max(until, debtor.heard_until or until)
    if claim.state is ClaimState.HEARING and claim.heard_on is not None:
        claim.hearing_until = max(until, claim.hearing_until or until)
        claims.note(actor, claim, "hear", at, f"Frist bis {claim.hearing_until:%d.%m.%Y}")
        db.session.flush()
        return
    claim.heard_on, claim.hearing_until = on, until
    claim.answered_on = None
    claims.move(actor, claim, "hear", at, f"Frist bis {until:%d.%m.%Y}")


def answered(actor: Actor, claim: Claim, on: date, answer: str, at: datetime) -> None:
    """Take down what came back on the hearing; the text may be empty where the letter lies with the papers.

    Raises: NotAllowed for who does not work on claims; DomainError before the hearing, or for a day before it or to
        come.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    items.check_open(claim)
    if claim.heard_on is None or all(debtor.heard_until is None for debtor in claim.debtors):
        raise DomainError("Die Anhörung ist noch nicht verschickt. Bitte senden Sie sie zuerst.")
    if not claim.heard_on <= on <= clock.local_day(at):
        raise DomainError("Die Antwort kam nach der Anhörung und nicht in der Zukunft. Bitte prüfen Sie den Tag.")
    claim.answered_on, claim.answer = on, answer
    claims.note(actor, claim, "answer", at)
    items.send_back(actor, claim, at, "Zur Anhörung kam eine Antwort.")


def propose(actor: Actor, claim: Claim, at: datetime) -> None:
    """Propose the amount the devices come to; a second person is to approve it.

    Raises: NotAllowed for who does not work on claims; DomainError for a gate not passed, among them the limit up to
        which nothing is claimed, or a state it cannot be proposed in.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    find(CLAIM_MOVES, "propose", claim.state, CLAIM_LABELS)
    items.fill(claim)
    items.count_in_hands(claim)
    gates.check(claim, clock.local_day(at), "propose")
    claim.amount_cents = gates.sum_cents(claim)
    claim.proposed_at, claim.proposed_by_id = at, actor.user_id
    claim.approved_at = claim.approved_by_id = None
    claims.move(actor, claim, "propose", at, euros(claim.amount_cents))


def approve(actor: Actor, claim: Claim, at: datetime) -> None:
    """Approve the proposed amount: a second person, without a hand in it.

    Raises: NotAllowed for who may not approve or had a hand in the amount; DomainError for a gate not
        passed or a state without a proposal.
    """
    claim = queries.held(claim)
    check_second(actor, claim)
    find(CLAIM_MOVES, "approve", claim.state, CLAIM_LABELS)
    if not items.is_fresh(claim):
        raise DomainError(_ANEW)
    gates.check(claim, clock.local_day(at), "approve")
    claim.approved_at, claim.approved_by_id = at, actor.user_id
    claims.move(actor, claim, "approve", at, euros(claim.amount_cents or 0))


def check_second(actor: Actor, claim: Claim) -> None:
    """Let only a second person approve.

    Raises: NotAllowed without the right, or with a hand in the amount.
    """
    if not policy.may_approve_claims(actor):
        raise NotAllowed(APPROVER_ONLY)
    if not policy.may_approve(actor, claim):
        raise NotAllowed(FOUR_EYES)


def send_back(actor: Actor, claim: Claim, text: str, at: datetime) -> None:
    """Send a proposed or approved claim back to whoever prepares it, with a word what is to be done.

    Raises: NotAllowed for who does not work on claims; DomainError without a word, or in another state.
    """
    claims.check_work(actor)
    _told(text, "Bitte schreiben Sie, was noch zu tun ist.")
    claim = queries.held(claim)
    find(CLAIM_MOVES, "send-back", claim.state, CLAIM_LABELS)
    items.send_back(actor, claim, at, text)


def drop(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """End a claim nobody was asked to pay.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, or once it was demanded.
    """
    claims.check_work(actor)
    _told(reason, "Bitte schreiben Sie, warum nichts gefordert wird.")
    claim = queries.held(claim)
    claims.move(actor, claim, "drop", at, reason)
    claim.reason = reason
    for item in claim.items:
        item.case.has_claim = False
    db.session.flush()


def take_up(actor: Actor, claim: Claim, reason: str, at: datetime) -> None:
    """Examine a dropped claim again; it has to be heard, proposed and approved anew.

    Raises: NotAllowed for who does not work on claims; DomainError without a reason, if it was not dropped, or once
        its names are gone.
    """
    claims.check_work(actor)
    _told(reason, "Bitte schreiben Sie, was neu ist.")
    claim = queries.held(claim)
    if claim.anonymised_at is not None:
        raise DomainError("Die Namen sind schon entfernt. Diese Forderung lässt sich nicht wieder aufnehmen.")
    claims.move(actor, claim, "take-up", at, reason)
    claim.heard_on = claim.hearing_until = claim.answered_on = claim.amount_cents = None
    claim.proposed_at = claim.proposed_by_id = claim.approved_at = claim.approved_by_id = None
    claim.reason = ""
    for debtor in claim.debtors:
        debtor.heard_until = None
    for item in claim.items:
        item.case.has_claim = True
    db.session.flush()


def demanded(actor: Actor, claim: Claim, due_on: date, at: datetime) -> None:
    """Take down that the demand was sent and open the account; the letter to a joint debtor changes only the term.

    Raises: NotAllowed for who does not work on claims; DomainError for a gate not passed or a term that cannot be.
    """
    claims.check_work(actor)
    claim, on = queries.held(claim), clock.local_day(at)
    check_term(due_on, on)
    gates.check(claim, on, "demand")
    if claim.state is ClaimState.DEMANDED:
        claim.due_on = max(due_on, claim.due_on or due_on)
        bookings.lengthen_term(claim, due_on)
        db.session.flush()
        return
    find(CLAIM_MOVES, "demand", claim.state, CLAIM_LABELS)
    if not items.is_fresh(claim):
        raise DomainError(_ANEW)
    claim.due_on = due_on
    claims.move(actor, claim, "demand", at, f"{euros(claim.amount_cents or 0)}, fällig am {due_on:%d.%m.%Y}")
    bookings.open_account(actor, claim, on, at)


def dunned(actor: Actor, claim: Claim, until: date, at: datetime, *, is_further: bool = False) -> None:
    """Take down that a reminder was sent, with a new term; a further one, to a joint debtor, changes only that.

    Raises: NotAllowed for who does not work on claims; DomainError before the term is over, for
        a new one that cannot be, or in another state.
    """
    claims.check_work(actor)
    claim, on = queries.held(claim), clock.local_day(at)
    check_term(until, on)
    if is_further and claim.state is ClaimState.DUNNED:
        claim.due_on = max(until, claim.due_on or until)
        db.session.flush()
        return
    find(CLAIM_MOVES, "dun", claim.state, CLAIM_LABELS)
    gates.check(claim, on, "dun")
    claim.due_on = until
    claims.move(actor, claim, "dun", at, f"neue Frist bis {until:%d.%m.%Y}")


def agree_instalments(actor: Actor, claim: Claim, first_on: date, at: datetime, text: str = "") -> None:
    """Take down that instalments were agreed; the plan itself stands with the money.

    Raises: NotAllowed for who does not work on claims; DomainError in a state without anything to pay in instalments.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    claims.move(actor, claim, "agree-instalments", at, text)
    claim.due_on = first_on
    db.session.flush()


def settle(actor: Actor, claim: Claim, at: datetime) -> None:
    """Take down that nothing is open any more.

    Raises: NotAllowed for who does not work on claims; DomainError while something is open, or nothing was demanded.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    if rest := bookings.balance(claim).open_cents:
        raise DomainError(f"Es sind noch {euros(rest)} offen. Bezahlt ist die Forderung erst ohne Rest.")
    forget_waiver(claim)
    claims.move(actor, claim, "settle", at)


def unsettle(actor: Actor, claim: Claim, at: datetime, text: str = "") -> None:
    """Take down that a paid or waived claim is open again, because a payment was taken back.

    Raises: NotAllowed for who does not work on claims; DomainError if it was neither paid nor waived.
    """
    claims.check_work(actor)
    claim = queries.held(claim)
    claims.move(actor, claim, "unsettle", at, text)
    forget_waiver(claim)
    db.session.flush()


def forget_waiver(claim: Claim) -> None:
    """Let no request count any more for what is open later (CL-34); for verbs that have checked."""
    claim.waiver_asked_by_id = claim.waived_by_id = None
    claim.reason = ""


def _told(text: str, sentence: str) -> None:
    if not text.strip():
        raise DomainError(sentence)
