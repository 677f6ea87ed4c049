"""Statements of the bank: read in, looked at, booked at one stroke; what is unclear waits for the clerk.

Source: docs/rules/claims.md, CL-63 and CL-64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from itsm.claims.models import BankLine, BankStatement, Booking, BookingKind, Claim
from itsm.claims.service import bookings, claims, matching, movements, payments
from itsm.claims.service.matching import Match, Verdict
from itsm.claims.statements import reading
from itsm.claims.statements.movement import clean, marks
from itsm.claims.states import ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import Conflict, DomainError, NotFound

# Files that are read in or thrown away wait for one another: what one leaves out stands in the other.
_LOCK = 0x6B6F6E746F


@dataclass(frozen=True)
class Booked:
    """What booking a statement did."""

    lines: int
    left: int


def keep(actor: Actor, name: str, file: BinaryIO, at: datetime) -> BankStatement:
    """Read a file in; nothing is booked yet. The same file again is the statement there is already.

    Movements that stood in an earlier file are counted and left out.

    Raises: NotAllowed for who does not work on claims; DomainError for anything but a statement.
    """
    claims.check_work(actor)
    content = reading.content_of(file)
    digest, read = reading.digest_of(content), reading.read(content, clock.local_day(at))
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    known = db.session.scalar(sa.select(BankStatement).where(BankStatement.digest == digest))
    if known is not None:
        return known
    statement = BankStatement(
        digest=digest, name=clean(name, 200) or "Kontoauszug", read_at=at, author_id=actor.user_id, refused=read.refused
    )
    db.session.add(statement)
    db.session.flush()
    rows = [
        {
            "statement_id": statement.id,
            "number": number,
            "bank_reference": mark,
            "booked_on": movement.booked_on,
            "cents": movement.cents,
            "payer": movement.payer,
            "purpose": movement.purpose,
        }
        for number, (movement, mark) in enumerate(zip(read.movements, marks(read.movements), strict=True), start=1)
    ]
    new = (
        db.session.scalars(insert(BankLine).on_conflict_do_nothing().returning(BankLine.id), rows).all() if rows else []
    )
    statement.known_lines = len(rows) - len(new) + read.repeated
    db.session.flush()
    return statement


def book(actor: Actor, statement: BankStatement, at: datetime) -> Booked:
    """Book every movement that is clear, all or none; the others wait.

    Raises: NotAllowed for who does not work on claims; Conflict if the statement is booked already.
    """
    claims.check_work(actor)
    movements.hold_statement(statement)
    if statement.booked_at is not None:
        raise Conflict("Dieser Kontoauszug ist schon gebucht.")
    waiting = movements.undecided(statement)
    movements.hold_claims(Claim.reference.in_({number for line in waiting for number in matching.numbers_of(line)}))
    clear = [one for one in matching.match(waiting) if one.is_clear]
    for one in clear:
        _book_one(actor, one, at)
    db.session.flush()
    _level(actor, clear, at)
    statement.booked_at, statement.booked_by_id = at, actor.user_id
    db.session.flush()
    return Booked(len(clear), len(waiting) - len(clear))


def discard(actor: Actor, statement: BankStatement) -> None:
    """Forget a file that was read in and not booked, such as one of another account.

    Raises: NotAllowed for who does not work on claims; DomainError once it is booked, or a later one was read in, which
        may leave out what stands here.
    """
    claims.check_work(actor)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    movements.hold_statement(statement)
    if statement.booked_at is not None:
        raise DomainError("Dieser Kontoauszug ist gebucht. Einzelne Buchungen nehmen Sie bei der Forderung zurück.")
    if statement.id != db.session.scalar(sa.select(sa.func.max(BankStatement.id))):
        raise DomainError("Verwerfen lässt sich nur die Datei, die zuletzt eingelesen wurde.")
    db.session.execute(sa.delete(BankLine).where(BankLine.statement_id == statement.id))
    db.session.execute(sa.delete(BankStatement).where(BankStatement.id == statement.id))
    db.session.expunge(statement)


def statement_for(actor: Actor, statement_id: int) -> BankStatement:
    """Return a statement.

    Raises: NotAllowed for who does not work on claims; NotFound for one that does not exist.
    """
    claims.check_work(actor)
    found = db.session.scalar(
        sa.select(BankStatement)
        .where(BankStatement.id == min(statement_id, LARGEST_ID))
        .options(joinedload(BankStatement.author))
    )
    if found is None:
        raise NotFound
    return found


def _book_one(actor: Actor, one: Match, at: datetime) -> None:
    line = one.line
    movements.forget_payer(line, one.claim)
    if one.booking is not None:
        payments.take_back(actor, one.booking, movements.BY_BANK, at, line)
        return
    kind = BookingKind.REFUND if one.verdict is Verdict.PAID_BACK else BookingKind.PAYMENT
    db.session.add(
        Booking(
            claim=one.claim,
            kind=kind,
            cents=abs(one.cents),
            booked_on=movements.day_of(line, at),
            at=at,
            author_id=actor.user_id,
            line_id=line.id,
            text=movements.FROM_BANK,
        )
    )


def _level(actor: Actor, clear: Sequence[Match], at: datetime) -> None:
    """Settle the claims that are paid by now, and go on to the next rate; one question for all balances."""
    touched = {one.claim.id: one.claim for one in clear if one.claim is not None}
    for claim_id, balance in bookings.balances(touched).items():
        if balance.open_cents == 0 or touched[claim_id].state is ClaimState.INSTALMENTS:
            payments.level(actor, touched[claim_id], at)
