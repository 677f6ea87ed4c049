"""Handing devices out and taking them back.

Source: docs/rules/loans.md.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from itsm.accounts.models import User
from itsm.assets import loan_links, loan_notices, policy, queries
from itsm.assets.events import LoanCameBack, LoanGivenUp
from itsm.assets.models import Acknowledgement, Condition, Device, HolderKind, Loan
from itsm.assets.service import devices, loan_terms
from itsm.assets.signatures import is_signature
from itsm.assets.states import GONE, LABELS, State
from itsm.assets.words import CONDITIONS
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.events import publish

READY = frozenset({State.IN_STOCK, State.IN_USE})


@dataclass(frozen=True)
class Holder:
    """Who gets a device, as far as a loan needs it; `user` is set for staff with an account.

    Source: docs/rules/loans.md, LO-2.
    """

    kind: HolderKind
    name: str
    group: str = ""
    email: str = ""
    user: User | None = None


def hand_out(
    actor: Actor, device: Device, holder: Holder, due_on: date | None, at: datetime, accessories: str = ""
) -> Loan:
    """Put a device into somebody's hands; the loan keeps the terms of the day.

    Raises: NotAllowed unless the actor leads the school of the device; Conflict for a device somebody has already;
        DomainError for one that is not at hand, or a day that has gone.
    Source: docs/rules/loans.md, LO-1.
    """
    school = device.school
    if school is None or not policy.may_lend_at(actor, school):
        raise NotAllowed("Geräte gibt nur die Medienkoordination oder die Schulleitung der Schule aus.")
    _refuse_past(due_on, at)
    if queries.open_loan_of(device) is not None:
        raise Conflict(f"{device.tag} ist schon ausgegeben. Bitte nehmen Sie das Gerät zuerst zurück.")
    if device.state not in READY:
        raise DomainError(f"{device.tag} ist {LABELS[device.state]} und lässt sich deshalb nicht ausgeben.")
    # The state goes first: of two who tap at once, the second meets a newer version of the device.
    devices.go(actor, device, "lend", at)
    loan = Loan(
        device=device,
        school=school,
        terms=loan_terms.kept(school, clock.local_day(at)),
        accessories=accessories,
        handed_out_at=at,
        handed_out_by_id=actor.user_id,
        due_on=due_on,
        holder_kind=holder.kind,
    )
    _name(loan, holder)
    db.session.add(loan)
    db.session.flush()
    return loan


def correct(actor: Actor, loan: Loan, holder: Holder, due_on: date | None, at: datetime, accessories: str = "") -> None:
    """Change who has a device or until when; a new day is reminded of anew.

    Raises: NotAllowed unless the actor leads the school; Conflict once the device is back.
    """
    _check(actor, loan)
    if due_on != loan.due_on:
        _refuse_past(due_on, at)
        loan.due_on, loan.reminded_at = due_on, None
    if (holder.kind, holder.name) == (loan.holder_kind, loan.holder_name):
        # The account stays with the name, also of somebody who has left the school.
        holder = replace(holder, user=holder.user or loan.user)
    loan.accessories = accessories
    _name(loan, holder)


def acknowledge(actor: Actor, loan: Loan, way: Acknowledgement | None, at: datetime, signature: str = "") -> None:
    """Note that the holder has agreed, or mail the link to do so; None leaves it for later.

    Raises: NotAllowed unless the actor leads the school; Conflict if it is confirmed already;
        DomainError for a signature that is none, or a link without an address.
    Source: docs/rules/loans.md, LO-4.
    """
    _check(actor, loan)
    if way is None:
        return
    _refuse_confirmed(loan)
    if way is Acknowledgement.LINK:
        if not loan_notices.address_of(loan):
            raise DomainError("Für den Link fehlt die E-Mail-Adresse. Bitte tragen Sie sie ein.")
        loan_notices.link(loan, loan_links.make(loan), at)
        return
    if way is Acknowledgement.SIGNATURE:
        if not is_signature(signature):
            raise DomainError(
                "Die Unterschrift fehlt. Bitte unterschreiben Sie im Feld, oder wählen Sie einen anderen Weg."
            )
        loan.signature = signature
    loan.acknowledged_at, loan.acknowledged_by = at, way


def confirm(token: str, at: datetime) -> Loan:
    """Let the holder agree by the link of the mail; it works once.

    Raises: NotFound for a token nobody was sent; Conflict for the second time.
    """
    loan = loan_links.find(token, lock=True)
    _refuse_confirmed(loan)
    loan.acknowledged_at, loan.acknowledged_by = at, Acknowledgement.LINK
    return loan


def take_back(actor: Actor, loan: Loan, condition: Condition, at: datetime, note: str = "") -> None:
    """End a loan; a damaged device waits for repair, any other is in use again.

    A device that was given up is found by this.

    Raises: NotAllowed unless the actor leads the school; Conflict if the device is back already.
    Source: docs/rules/loans.md, LO-5.
    """
    _check(actor, loan)
    loan.returned_at, loan.returned_to_id = at, actor.user_id
    loan.condition, loan.condition_note, loan.token_hash = condition, note, None
    device, is_damaged = loan.device, condition is Condition.DAMAGED
    if device.state in GONE:
        devices.go(actor, device, "find", at)
    if is_damaged and device.state in READY | {State.LENT}:
        devices.go(actor, device, "damage", at, CONDITIONS[condition])
    elif device.state is State.LENT:
        devices.go(actor, device, "take-back", at, CONDITIONS[condition])
    elif device.state is State.IN_STOCK:
        devices.go(actor, device, "put-in-use", at, CONDITIONS[condition])
    if loan.given_up_at is not None:
        publish(LoanCameBack(loan.id, actor.user_id, at))


def give_up(actor: Actor, loan: Loan, at: datetime) -> None:
    """Declare a device not returned: it counts as stolen, the loan stays open in case it comes back.

    Raises: NotAllowed unless the actor leads the school; Conflict if the device is back or was given up before.
    Source: docs/rules/loans.md, LO-7.
    """
    _check(actor, loan)
    if loan.given_up_at is not None:
        raise Conflict("Das Gerät ist schon als nicht zurückgegeben gemeldet.")
    not_returned(actor, loan, at)


def not_returned(actor: Actor, loan: Loan, at: datetime) -> None:
    """Mark a loan as given up and its device as stolen, and announce it; for verbs that have checked who may."""
    before = loan.device.state
    loan.given_up_at = at
    if loan.device.state is not State.STOLEN:
        devices.go(actor, loan.device, "steal", at, "nicht zurückgegeben")
    publish(LoanGivenUp(loan.id, before, actor.user_id, at))


def _check(actor: Actor, loan: Loan) -> None:
    if not policy.may_lend_at(actor, loan.school):
        raise NotAllowed("Das ändert nur die Medienkoordination oder die Schulleitung der Schule.")
    if loan.returned_at is not None:
        raise Conflict("Dieses Gerät ist schon zurückgegeben.")


def _refuse_confirmed(loan: Loan) -> None:
    if loan.acknowledged_at is not None:
        raise Conflict("Diese Ausgabe ist schon bestätigt. Es ist nichts mehr zu tun.")


def _refuse_past(due_on: date | None, at: datetime) -> None:
    if due_on is not None and due_on < clock.local_day(at):
        raise DomainError("Der Rückgabetag ist vorbei. Bitte wählen Sie heute oder einen Tag danach.")


def _name(loan: Loan, holder: Holder) -> None:
    loan.holder_kind, loan.holder_name, loan.holder_group = holder.kind, holder.name, holder.group
    loan.holder_email, loan.user = holder.email, holder.user
