"""Movements of the bank a clerk decides on: booked on one claim, split over several, or not ours.

Source: docs/rules/claims.md, CL-63.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.claims import policy
from itsm.claims.models import BankLine, BankStatement, Booking, BookingKind, Claim
from itsm.claims.reference import is_reference
from itsm.claims.service import bookings, claims, matching, payments
from itsm.claims.service.matching import BOOKED_CENTS, Share
from itsm.claims.service.payments import Money
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import Conflict, DomainError, NotFound
from itsm.core.german import euros

FROM_BANK = "Kontoauszug"
BY_BANK = "Von der Bank zurückgegeben"
NOT_BOOKED = "Dieser Kontoauszug ist noch nicht gebucht. Bitte buchen Sie ihn zuerst."
_DECIDED = "Über diesen Umsatz ist schon entschieden. Bitte laden Sie die Seite neu."
# Booked to the last cent, or booked and taken back by the bank itself.
IS_SETTLED = sa.func.abs(BankLine.cents) <= BOOKED_CENTS
_IS_UNDECIDED = sa.and_(BankLine.ignored_at.is_(None), sa.not_(IS_SETTLED))
_OF_BOOKED = BankStatement.booked_at.is_not(None)


def assign(actor: Actor, line: BankLine, shares: Sequence[Share], at: datetime) -> list[Booking]:
    """Book a movement on the claims the clerk names, to the last cent, all or none.

    What went back takes a payment back or is what was too much.

    Raises: NotAllowed for who does not work on claims; Conflict if it was decided before; DomainError for amounts that
        are not those of the movement, a claim named twice, or one that does not fit.
    """
    claims.check_work(actor)
    rest = _held_rest(line)
    _check_shares(shares, abs(rest))
    hold_claims(Claim.id.in_([share.claim.id for share in shares]))
    booked = [_book(actor, line, share, at) for share in shares]
    for share in shares:
        forget_payer(line, share.claim)
    return booked


def set_aside(actor: Actor, line: BankLine, at: datetime) -> None:
    """Decide that what is left of a movement is not ours; who paid what for is deleted.

    Raises: NotAllowed for who does not work on claims; Conflict if it was decided before.
    """
    claims.check_work(actor)
    _held_rest(line)
    line.ignored_at, line.ignored_by_id = at, actor.user_id
    line.payer = line.purpose = ""
    db.session.flush()


def set_aside_rest(actor: Actor, statement: BankStatement, at: datetime) -> int:
    """Decide that nothing that is left of a booked statement is ours; return how many movements that were.

    Raises: NotAllowed for who does not work on claims; DomainError before it is booked.
    """
    claims.check_work(actor)
    hold_statement(statement)
    if statement.booked_at is None:
        raise DomainError(NOT_BOOKED)
    done = db.session.scalars(
        sa.update(BankLine)
        .where(BankLine.statement_id == statement.id, _IS_UNDECIDED)
        .values(ignored_at=at, ignored_by_id=actor.user_id, payer="", purpose="")
        .returning(BankLine.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.expire_all()
    return len(done)


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
    """Return the movements of which something is neither booked nor set aside: of one statement, or of all booked."""
    chosen = BankLine.statement_id == statement.id if statement else _OF_BOOKED
    found = sa.select(BankLine).join(BankStatement).where(chosen, _IS_UNDECIDED)
    return list(db.session.scalars(found.order_by(BankLine.statement_id, BankLine.number).limit(limit)))


def undecided_count() -> int:
    """Return how many movements of booked statements wait for a decision."""
    number = sa.select(sa.func.count()).select_from(BankLine).join(BankStatement)
    return db.session.scalar(number.where(_OF_BOOKED, _IS_UNDECIDED)) or 0


def day_of(line: BankLine, at: datetime) -> date:
    """A bank may book on a Monday what it sends on Saturday; nothing is booked on a day to come."""
    return min(line.booked_on, clock.local_day(at))


def hold_statement(statement: BankStatement) -> None:
    """Hold a statement as it stands now until the transaction ends."""
    query = sa.select(BankStatement).where(BankStatement.id == statement.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def hold_claims(which: sa.ColumnElement[bool]) -> None:
    """Hold claims in one order, so that two people who book on the same ones wait for one another."""
    query = sa.select(Claim).where(which).order_by(Claim.id).with_for_update(of=Claim)
    db.session.scalars(query.execution_options(populate_existing=True)).all()


def forget_payer(line: BankLine, claim: Claim | None) -> None:
    """Keep nobody's name with a claim whose names are gone."""
    if claim is not None and claim.anonymised_at is not None:
        line.payer = line.purpose = ""
        db.session.flush()


def _held_rest(line: BankLine) -> int:
    """Hold a movement until the transaction ends; return what of it is to be decided, in cents.

    Raises: DomainError before its statement is booked; Conflict if nothing is left to decide.
    """
    # Who books the statement, or sets all of it aside, holds it.
    statement = sa.select(BankStatement).where(BankStatement.id == line.statement_id).with_for_update(read=True)
    if db.session.scalars(statement.execution_options(populate_existing=True)).one().booked_at is None:
        raise DomainError(NOT_BOOKED)
    query = sa.select(BankLine).where(BankLine.id == line.id).with_for_update()
    db.session.scalars(query.execution_options(populate_existing=True)).one()
    rest = matching.rests_of([line])[line.id]
    if line.ignored_at is not None or not rest:
        raise Conflict(_DECIDED)
    return rest


def _check_shares(shares: Sequence[Share], wanted: int) -> None:
    if len({share.claim.id for share in shares}) != len(shares):
        raise DomainError("Eine Forderung steht zweimal da. Bitte fassen Sie die beiden Beträge zusammen.")
    given = sum(share.cents for share in shares)
    if any(share.cents <= 0 for share in shares):
        raise DomainError("Jede Forderung braucht einen Betrag über 0,00 €. Bitte prüfen Sie die Beträge.")
    if given != wanted:
        trouble = f"es fehlen {euros(wanted - given)}" if given < wanted else f"es sind {euros(given - wanted)} zu viel"
        raise DomainError(f"Zusammen sind es {euros(given)}, zu buchen sind {euros(wanted)}: {trouble}.")


def _book(actor: Actor, line: BankLine, share: Share, at: datetime) -> Booking:
    claim, cents, on = share.claim, share.cents, day_of(line, at)
    text = FROM_BANK if cents == abs(line.cents) else f"{FROM_BANK}, Teil von {euros(abs(line.cents))}"
    if line.cents > 0:
        return payments.book(actor, claim, Money(BookingKind.PAYMENT, cents, on, text), at, line)
    if cents <= bookings.balance(claim).overpaid_cents:
        return payments.book(actor, claim, Money(BookingKind.REFUND, cents, on, text), at, line)
    fitting = [one for one in bookings.in_force(claim) if one.kind is BookingKind.PAYMENT and one.cents == cents]
    if not fitting:
        raise DomainError(
            f"{claim.number}: Zu viel gezahlt ist hier nichts, und eine Zahlung in dieser Höhe gibt es nicht. "
            "Bitte prüfen Sie, ob es diese Forderung ist. Hat die Bank eine Gebühr mit abgezogen, nehmen Sie "
            "die Zahlung bei der Forderung zurück und legen diesen Umsatz beiseite."
        )
    return payments.take_back(actor, fitting[-1], BY_BANK, at, line)
