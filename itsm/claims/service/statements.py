"""Statements of the bank: read in, looked at, booked at one stroke; what is unclear waits for the clerk.

Source: docs/rules/claims.md, CL-63 and CL-64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased, joinedload

from itsm.claims import policy, queries
from itsm.claims.models import BankLine, BankStatement, Booking, BookingKind, Claim
from itsm.claims.reference import is_reference
from itsm.claims.service import bookings, claims, matching, payments
from itsm.claims.service.matching import Match, Verdict
from itsm.claims.service.payments import Money
from itsm.claims.statements import reading
from itsm.claims.statements.movement import clean, marks
from itsm.claims.states import ClaimState
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import Conflict, DomainError, NotFound

_FROM_BANK = "Kontoauszug"
_BY_BANK = "Von der Bank zurückgegeben"
_DECIDED = "Über diesen Umsatz ist schon entschieden. Bitte laden Sie die Seite neu."

_counter = aliased(Booking)
# Booked, or booked and taken back by the bank itself.
IS_SETTLED = sa.exists().where(
    Booking.line_id == BankLine.id,
    sa.or_(
        sa.not_(Booking.is_reversed),
        sa.exists().where(_counter.reverses_id == Booking.id, _counter.line_id.is_not(None)),
    ),
)


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
    digest = reading.digest_of(content)
    # Of the same file sent twice at once, the second waits for the first.
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(digest, 0))))
    known = db.session.scalar(sa.select(BankStatement).where(BankStatement.digest == digest))
    if known is not None:
        return known
    read = reading.read(content)
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
    statement.known_lines = len(rows) - len(new)
    db.session.flush()
    return statement


def book(actor: Actor, statement: BankStatement, at: datetime) -> Booked:
    """Book every movement that is clear, all or none; the others wait.

    Raises: NotAllowed for who does not work on claims; Conflict if the statement is booked already.
    """
    claims.check_work(actor)
    _hold_statement(statement)
    if statement.booked_at is not None:
        raise Conflict("Dieser Kontoauszug ist schon gebucht.")
    waiting = undecided(statement)
    _hold_claims(waiting)
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
    _hold_statement(statement)
    if statement.booked_at is not None:
        raise DomainError("Dieser Kontoauszug ist gebucht. Einzelne Buchungen nehmen Sie bei der Forderung zurück.")
    if statement.id != db.session.scalar(sa.select(sa.func.max(BankStatement.id))):
        raise DomainError("Verwerfen lässt sich nur die Datei, die zuletzt eingelesen wurde.")
    db.session.execute(sa.delete(BankLine).where(BankLine.statement_id == statement.id))
    db.session.execute(sa.delete(BankStatement).where(BankStatement.id == statement.id))
    db.session.expunge(statement)


def assign(actor: Actor, line: BankLine, claim: Claim, at: datetime) -> Booking:
    """Book a movement on the claim the clerk names; what went back takes a payment back or is what was too much.

    Raises: NotAllowed for who does not work on claims; Conflict if it was decided before; DomainError where the claim
        does not fit.
    """
    claims.check_work(actor)
    _hold_line(line)
    claim, on = queries.held(claim), _day_of(line, at)
    booking = _assign(actor, line, claim, on, at)
    _forget_payer(line, claim)
    return booking


def _assign(actor: Actor, line: BankLine, claim: Claim, on: date, at: datetime) -> Booking:
    if line.cents > 0:
        return payments.book(actor, claim, Money(BookingKind.PAYMENT, line.cents, on, _FROM_BANK), at, line)
    if -line.cents <= bookings.balance(claim).overpaid_cents:
        return payments.book(actor, claim, Money(BookingKind.REFUND, -line.cents, on, _FROM_BANK), at, line)
    fitting = [one for one in bookings.in_force(claim) if one.kind is BookingKind.PAYMENT and one.cents == -line.cents]
    if not fitting:
        raise DomainError(
            "Zu viel gezahlt ist hier nichts, und eine Zahlung in dieser Höhe gibt es nicht. "
            "Bitte prüfen Sie, ob es diese Forderung ist."
        )
    return payments.take_back(actor, fitting[-1], _BY_BANK, at, line)


def set_aside(actor: Actor, line: BankLine, at: datetime) -> None:
    """Decide that a movement is not ours; who paid what for is deleted.

    Raises: NotAllowed for who does not work on claims; Conflict if it was decided before.
    """
    claims.check_work(actor)
    _hold_line(line)
    line.ignored_at, line.ignored_by_id = at, actor.user_id
    line.payer = line.purpose = ""
    db.session.flush()


def set_aside_rest(actor: Actor, statement: BankStatement, at: datetime) -> int:
    """Decide that nothing that is left of a booked statement is ours; return how many movements that were.

    Raises: NotAllowed for who does not work on claims; DomainError before it is booked.
    """
    claims.check_work(actor)
    if statement.booked_at is None:
        raise DomainError("Dieser Kontoauszug ist noch nicht gebucht. Bitte buchen Sie ihn zuerst.")
    done = db.session.scalars(
        sa.update(BankLine)
        .where(BankLine.statement_id == statement.id, BankLine.ignored_at.is_(None), sa.not_(IS_SETTLED))
        .values(ignored_at=at, ignored_by_id=actor.user_id, payer="", purpose="")
        .returning(BankLine.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.expire_all()
    return len(done)


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


def line_for(actor: Actor, line_id: int) -> BankLine:
    """Return a movement.

    Raises: NotAllowed for who does not work on claims; NotFound for one that does not exist.
    """
    claims.check_work(actor)
    found = db.session.scalar(
        sa.select(BankLine).where(BankLine.id == min(line_id, LARGEST_ID)).options(joinedload(BankLine.statement))
    )
    if found is None:
        raise NotFound
    return found


def claim_named(actor: Actor, typed: str) -> Claim:
    """Return the claim a clerk names, by its Kassenzeichen in any spelling or its number.

    Raises: DomainError if there is none.
    """
    bare = "".join(typed.upper().removeprefix("F-").split()).replace("-", "")
    if is_reference(bare):
        wanted: sa.ColumnElement[bool] = Claim.reference == bare
    elif bare.isascii() and bare.isdecimal() and len(bare) < 10:
        wanted = Claim.id == min(int(bare), LARGEST_ID)
    else:
        raise DomainError("Das ist weder ein Kassenzeichen noch die Nummer einer Forderung. Bitte prüfen Sie sie.")
    found = db.session.scalar(sa.select(Claim).where(wanted, policy.claims_visible_to(actor)))
    if found is None:
        raise DomainError("Eine Forderung mit dieser Nummer gibt es nicht. Bitte prüfen Sie sie.")
    return found


def undecided(statement: BankStatement | None = None, limit: int | None = None) -> list[BankLine]:
    """Return the movements nobody has booked or set aside: of one statement, or of all that are booked."""
    chosen = BankLine.statement_id == statement.id if statement else BankStatement.booked_at.is_not(None)
    return list(
        db.session.scalars(
            sa.select(BankLine)
            .join(BankStatement)
            .where(chosen, BankLine.ignored_at.is_(None), sa.not_(IS_SETTLED))
            .order_by(BankLine.statement_id, BankLine.number)
            .limit(limit)
        )
    )


def undecided_count() -> int:
    """Return how many movements of booked statements wait for a decision."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(BankLine)
            .join(BankStatement)
            .where(BankStatement.booked_at.is_not(None), BankLine.ignored_at.is_(None), sa.not_(IS_SETTLED))
        )
        or 0
    )


def is_decided(line: BankLine) -> bool:
    """Say whether a movement is booked or set aside."""
    settled = db.session.scalar(sa.select(IS_SETTLED).where(BankLine.id == line.id).select_from(BankLine))
    return line.ignored_at is not None or bool(settled)


def _day_of(line: BankLine, at: datetime) -> date:
    """A bank may book on a Monday what it sends on Saturday; nothing is booked on a day to come."""
    return min(line.booked_on, clock.local_day(at))


def _hold_statement(statement: BankStatement) -> None:
    """Hold a statement as it stands now until the transaction ends."""
    query = sa.select(BankStatement).where(BankStatement.id == statement.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def _hold_line(line: BankLine) -> None:
    query = sa.select(BankLine).where(BankLine.id == line.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()
    if is_decided(line):
        raise Conflict(_DECIDED)


def _hold_claims(lines: Sequence[BankLine]) -> None:
    """Hold every claim the movements name, in one order, so that two statements at once wait for one another."""
    numbers = {number for line in lines for number in matching.numbers_of(line)}
    db.session.scalars(
        sa.select(Claim)
        .where(Claim.reference.in_(numbers))
        .order_by(Claim.id)
        .with_for_update(of=Claim)
        .execution_options(populate_existing=True)
    ).all()


def _forget_payer(line: BankLine, claim: Claim | None) -> None:
    """Keep nobody's name with a claim whose names are gone."""
    if claim is not None and claim.anonymised_at is not None:
        line.payer = line.purpose = ""
        db.session.flush()


def _book_one(actor: Actor, one: Match, at: datetime) -> None:
    line = one.line
    _forget_payer(line, one.claim)
    if one.booking is not None:
        payments.take_back(actor, one.booking, _BY_BANK, at, line)
        return
    kind = BookingKind.REFUND if one.verdict is Verdict.PAID_BACK else BookingKind.PAYMENT
    db.session.add(
        Booking(
            claim=one.claim,
            kind=kind,
            cents=abs(line.cents),
            booked_on=_day_of(line, at),
            at=at,
            author_id=actor.user_id,
            line_id=line.id,
            text=_FROM_BANK,
        )
    )


def _level(actor: Actor, clear: Sequence[Match], at: datetime) -> None:
    """Settle the claims that are paid by now, and go on to the next rate; one question for all balances."""
    touched = {one.claim.id: one.claim for one in clear if one.claim is not None}
    for claim_id, balance in bookings.balances(touched).items():
        if balance.open_cents == 0 or touched[claim_id].state is ClaimState.INSTALMENTS:
            payments.level(actor, touched[claim_id], at)
