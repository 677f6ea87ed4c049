"""Many at once on the same money: one wins, the others read a sentence, and every cent is booked once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.claims import queries
from itsm.claims.models import BankLine, BankStatement, Booking, BookingKind, Claim, LegalBasis
from itsm.claims.service import bookings, dunning, movements, payments, plans, statements
from itsm.claims.service.matching import Share
from itsm.claims.service.payments import Money
from itsm.claims.states import ClaimState
from itsm.core.db import db, writing
from itsm.core.errors import DomainError
from tests.claims.bank_files import camt, entry
from tests.claims.money import keep, make_owed, pay
from tests.claims.steps import clerk
from tests.people import MONDAY, MONDAY_9AM

pytestmark = pytest.mark.usefixtures("emptied")
MANY = 20
PAYMENT = BookingKind.PAYMENT
OVER = MONDAY.replace(day=2)


def at_once(app: Flask, *calls: Callable[[], object]) -> list[str]:
    """Make all calls together, each in a transaction of its own; return what each was told, blank for done."""
    together = Barrier(len(calls), timeout=20)

    def one(call: Callable[[], object]) -> str:
        with app.app_context():
            try:
                together.wait()
                with writing():
                    call()
            except DomainError as error:
                return error.sentence
            finally:
                db.session.remove()
            return ""

    db.session.remove()
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def only_one(told: Sequence[str], sentence: str) -> None:
    """Want that one was done and all others read the sentence."""
    assert told.count("") == 1
    assert {one for one in told if one} == {one for one in told if sentence in one}


def claim(claim_id: int) -> Claim:
    return db.session.get_one(Claim, claim_id)


def test_of_twenty_who_book_the_same_statement_one_does(app: Flask) -> None:
    owed, by = [make_owed().id for _ in range(3)], clerk()
    references = db.session.scalars(sa.select(Claim.reference)).all()
    statement_id = keep(camt(*(entry(one) for one in references))).id
    book = partial(lambda: statements.book(by, db.session.get_one(BankStatement, statement_id), MONDAY_9AM))
    only_one(at_once(app, *[book] * MANY), "schon gebucht")
    assert [bookings.balance(claim(one)).paid for one in owed] == [11_370] * 3


def test_a_statement_is_booked_while_others_book_by_hand_take_back_and_decide(app: Flask) -> None:
    first, second, by = make_owed(), make_owed(), clerk()
    ids, taken = (first.id, second.id), pay(first, 1_000).id
    entries = [entry(first.reference), entry(second.reference), entry("?", "5.00")]
    statement_id = keep(camt(*entries)).id

    def book() -> object:
        return statements.book(by, db.session.get_one(BankStatement, statement_id), MONDAY_9AM)

    def by_hand() -> object:
        return payments.book(by, queries.locked_claim(by, ids[1]), Money(PAYMENT, 300, MONDAY), MONDAY_9AM)

    def take_back() -> object:
        return payments.take_back(by, db.session.get_one(Booking, taken), "Irrtum", MONDAY_9AM)

    def decide() -> object:
        line = db.session.scalars(sa.select(BankLine).where(BankLine.purpose == "?")).one()
        return movements.assign(by, line, [Share(claim(ids[0]), 500)], MONDAY_9AM)

    told = at_once(app, *[book, by_hand, take_back, decide] * 3)
    assert [one for one in told[0::4] if one] == ["Dieser Kontoauszug ist schon gebucht."] * 2
    assert told[1::4] == [""] * 3
    assert [one for one in told[2::4] if one] == ["Diese Buchung ist schon zurückgenommen."] * 2
    is_decided = told[3::4].count("")
    assert is_decided <= 1
    assert bookings.balance(claim(ids[0])).paid == 11_370 + 500 * is_decided
    assert bookings.balance(claim(ids[1])).paid == 11_370 + 900


def test_of_twenty_who_split_or_set_aside_a_movement_one_does(app: Flask) -> None:
    first, second, by = make_owed(), make_owed(), clerk()
    ids = (first.id, second.id)
    statement = keep(camt(entry(f"{first.reference} {second.reference}", "227.40")))
    statements.book(by, statement, MONDAY_9AM)
    line_id = statement.lines[0].id
    db.session.commit()

    def decide(order: int) -> object:
        line = db.session.get_one(BankLine, line_id)
        if order == 2:
            return movements.set_aside(by, line, MONDAY_9AM)
        # The claims in either order: nobody waits for the other for ever.
        shares = [Share(claim(one), 11_370) for one in ids]
        return movements.assign(by, line, shares[:: 1 - 2 * order], MONDAY_9AM)

    only_one(at_once(app, *[partial(decide, number % 3) for number in range(MANY)]), "schon entschieden")
    paid = [bookings.balance(claim(one)).paid for one in ids]
    ignored = db.session.get_one(BankLine, line_id).ignored_at is not None
    assert paid == ([0, 0] if ignored else [11_370, 11_370])


def test_all_of_a_statement_is_set_aside_while_somebody_books_one_of_it(app: Flask) -> None:
    claim_id, by = make_owed().id, clerk()
    statement = keep(camt(*(entry("?", f"{number}.00") for number in range(1, 5))))
    statements.book(by, statement, MONDAY_9AM)
    statement_id, line_id = statement.id, statement.lines[0].id
    db.session.commit()
    told = at_once(
        app,
        lambda: movements.set_aside_rest(by, db.session.get_one(BankStatement, statement_id), MONDAY_9AM),
        lambda: movements.assign(by, db.session.get_one(BankLine, line_id), [Share(claim(claim_id), 100)], MONDAY_9AM),
    )
    line, is_booked = db.session.get_one(BankLine, line_id), not told[1]
    assert (line.ignored_at is None, bookings.balance(claim(claim_id)).paid) == (is_booked, 100 * is_booked)


def test_a_claim_is_paid_and_reminded_at_once_and_never_both_settled_and_charged_after(app: Flask) -> None:
    claim_id, by = make_owed(due_on=OVER, legal_basis=LegalBasis.PUBLIC).id, clerk()

    def settle() -> object:
        return payments.book(by, claim(claim_id), Money(PAYMENT, 11_370, MONDAY), MONDAY_9AM)

    def remind() -> object:
        dunning.prepare(by, claim(claim_id), MONDAY_9AM, with_interest=False)
        return dunning.charge_fee(by, claim(claim_id), MONDAY, MONDAY_9AM)

    at_once(app, settle, *[remind] * 4)
    found, balance = claim(claim_id), bookings.balance(claim(claim_id))
    assert (found.state is ClaimState.PAID) is (balance.open_cents == 0)
    # Either the money came first and nothing was charged, or it lacks what was charged, once.
    assert balance.fees in (0, 664)
    assert balance.open_cents == balance.fees


def test_a_plan_is_agreed_while_money_comes(app: Flask) -> None:
    claim_id, by = make_owed().id, clerk()
    rates = plans.in_rates(11_370, 3, MONDAY)

    def agree() -> object:
        return plans.agree(by, claim(claim_id), rates, MONDAY_9AM)

    def book() -> object:
        return payments.book(by, claim(claim_id), Money(PAYMENT, 1_000, MONDAY), MONDAY_9AM)

    told = at_once(app, agree, book)
    assert told[1] == ""
    plan = plans.running(claim(claim_id))
    assert (plan is None) is bool(told[0])
    assert plan is None or sum(rate.open_cents for rate in plan.rates) == 10_370


def test_twenty_files_with_the_same_movements_in_any_order_keep_each_once(app: Flask) -> None:
    by, same = clerk(), [entry(f"Zahlung {number}") for number in range(6)]
    files = [camt(*(same[number:] + same[:number]), entry(f"nur {number}")) for number in range(6)]
    db.session.commit()
    told = at_once(app, *(partial(statements.keep, by, "x.xml", BytesIO(file), MONDAY_9AM) for file in files * 3))
    assert set(told) == {""}
    assert db.session.scalar(sa.select(sa.func.count(BankStatement.id))) == 6
    assert db.session.scalar(sa.select(sa.func.count(BankLine.id))) == 12
