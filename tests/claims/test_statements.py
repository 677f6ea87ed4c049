"""Statements of the bank are booked at one stroke, each movement once; what is unclear waits for the clerk."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Event

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import scoped_session

from itsm.claims.models import BankLine, BankStatement, Booking, BookingKind, Claim
from itsm.claims.reference import shown, with_check_digit
from itsm.claims.service import bookings, matching, movements, payments, relief, statements
from itsm.claims.service.matching import Share, Verdict
from itsm.claims.service.statements import Booked
from itsm.claims.states import ClaimState
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.claims.bank_files import camt, entry, export
from tests.claims.factories import make_approved
from tests.claims.money import keep, make_owed, pay
from tests.claims.steps import clerk, undone
from tests.people import MONDAY_9AM, actor_for, make_user

NOBODYS = with_check_digit("55555555555")


def book(*entries: str) -> Booked:
    """Read a statement in and book it."""
    booked = statements.book(clerk(), keep(camt(*entries)), MONDAY_9AM)
    db.session.commit()
    return booked


def verdicts(*entries: str) -> list[Verdict]:
    """Return what each movement of a statement would be; nothing is booked."""
    return [one.verdict for one in matching.match(movements.undecided(keep(camt(*entries))))]


def assign(line: BankLine, claim: Claim, by: Actor) -> None:
    """Book what is left of a movement on one claim."""
    movements.assign(by, line, [Share(claim, abs(matching.rests_of([line])[line.id]))], MONDAY_9AM)


def payment_of(claim: Claim) -> Booking:
    """Return the only payment of a claim."""
    (booking,) = (one for one in bookings.in_force(claim) if one.kind is BookingKind.PAYMENT)
    return booking


def waiting() -> list[BankLine]:
    """Return what waits for the clerk."""
    return movements.undecided()


def test_the_exact_amount_settles_the_claim_its_kassenzeichen_names(session: scoped_session) -> None:
    claim = make_owed()
    assert book(entry(f"Schaden iPad {shown(claim.reference)} danke")) == Booked(1, 0)
    assert claim.state is ClaimState.PAID
    booking = payment_of(claim)
    # Days are those of the bank, and no payer stands in the text.
    assert (booking.kind, f"{booking.booked_on}", booking.text) == (BookingKind.PAYMENT, "2026-11-13", "Kontoauszug")


def test_a_kassenzeichen_is_found_however_payer_and_bank_break_it(
    session: scoped_session, subtests: pytest.Subtests
) -> None:
    number = make_owed().reference
    for purpose in (
        [number[:7], number[7:]],
        [f"KZ{shown(number)}"],
        [f"Rechnung 2026 {shown(number)}"],
        ["Bescheid vom 01.11.2026", f"{number[:4]}-{number[4:8]}-{number[8:]}"],
        [f"{number} {shown(number)}"],
    ):
        with subtests.test(" / ".join(purpose)), undone():
            assert verdicts(entry(purpose)) == [Verdict.EXACT]


def test_part_rest_and_too_much_one_after_another_in_one_file(session: scoped_session) -> None:
    claim = make_owed()
    one = claim.reference
    assert verdicts(entry(one, "100.00"), entry(one, "13.70"), entry(one, "1.00")) == [
        Verdict.PART,
        Verdict.EXACT,
        Verdict.PAID,
    ]
    assert bookings.balance(claim).paid == 0


def test_too_much_is_booked_and_shown_as_to_be_paid_back_and_its_way_back_too(session: scoped_session) -> None:
    claim = make_owed()
    book(entry(claim.reference, "120.00"))
    assert (claim.state, bookings.balance(claim).overpaid_cents) == (ClaimState.PAID, 630)
    assert book(entry(claim.reference, "6.30", direction="DBIT")) == Booked(1, 0)
    assert bookings.balance(claim).overpaid_cents == 0


def test_a_payment_the_bank_takes_back_is_owed_again_and_its_line_asks_for_nothing(session: scoped_session) -> None:
    claim = make_owed()
    book(entry(claim.reference))
    assert book(entry(f"RUECKLASTSCHRIFT {claim.reference}", direction="DBIT", reversal=True)) == Booked(1, 0)
    assert (claim.state, bookings.balance(claim).open_cents) == (ClaimState.DEMANDED, 11_370)
    assert waiting() == []


def test_a_booking_a_clerk_takes_back_puts_the_movement_up_for_decision_again(session: scoped_session) -> None:
    wrong, right = make_owed(), make_owed()
    book(entry(wrong.reference))
    payments.take_back(clerk(), payment_of(wrong), "Falsche Forderung genannt", MONDAY_9AM)
    assert len(waiting()) == 1
    assign(waiting()[0], right, clerk())
    assert (wrong.state, right.state, waiting()) == (ClaimState.DEMANDED, ClaimState.PAID, [])


def test_what_is_unclear_waits_and_books_nothing(session: scoped_session) -> None:
    first, second, early, paid, cancelled = make_owed(), make_owed(), make_approved(), make_owed(), make_owed()
    pay(paid, 11_370)
    relief.cancel(clerk(), cancelled, "Irrtum", MONDAY_9AM)
    db.session.commit()
    entries = [
        entry("ohne Nummer"),
        entry(NOBODYS),
        entry(f"{first.reference} und {second.reference}"),
        entry(early.reference),
        entry(paid.reference),
        entry(cancelled.reference),
        entry(first.reference, direction="DBIT"),
    ]
    assert verdicts(*entries) == [
        Verdict.UNKNOWN,
        Verdict.UNKNOWN,
        Verdict.SEVERAL,
        Verdict.ENDED,
        Verdict.PAID,
        Verdict.ENDED,
        Verdict.LEFT,
    ]
    statement = db.session.query(BankStatement).one()
    assert statements.book(clerk(), statement, MONDAY_9AM) == Booked(0, 7)
    assert db.session.query(Booking).filter(Booking.line_id.is_not(None)).count() == 0
    assert movements.undecided_count() == 7


def test_what_was_booked_by_hand_before_waits_instead_of_counting_twice(session: scoped_session) -> None:
    claim = make_owed()
    booking = pay(claim, 5_000)
    booking.booked_on = booking.booked_on.replace(day=13)
    db.session.commit()
    assert verdicts(entry(claim.reference, "50.00")) == [Verdict.TWIN]


def test_the_same_file_again_is_the_same_statement_and_books_nothing(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    content = camt(entry(claim.reference, "50.00"))
    first = keep(content)
    statements.book(by, first, MONDAY_9AM)
    assert keep(content, "anders.xml").id == first.id
    with pytest.raises(Conflict, match="schon gebucht"):
        statements.book(by, first, MONDAY_9AM)
    assert bookings.balance(claim).paid == 5_000


def test_of_the_same_file_sent_twice_at_once_the_second_waits_for_the_first(app: Flask, emptied: None) -> None:
    content, by = camt(entry("123", "50.00")), clerk()
    db.session.commit()
    is_in = Event()

    def send(waits: bool) -> int:
        with app.app_context(), writing():
            statement = statements.keep(by, "auszug.xml", BytesIO(content), MONDAY_9AM)
            is_in.set()
            if waits:
                time.sleep(0.3)
            return statement.id

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(send, True)
        is_in.wait(5)
        assert pool.submit(send, False).result() == first.result()


def test_the_same_movement_in_another_file_is_left_out_and_twins_of_one_file_are_two(session: scoped_session) -> None:
    claim = make_owed()
    same = entry(claim.reference, "20.00")
    book(same, same)
    again = keep(camt(same, same, entry(claim.reference, "5.00")))
    assert again.known_lines == 2
    statements.book(clerk(), again, MONDAY_9AM)
    assert bookings.balance(claim).paid == 4_500


def test_the_same_movement_as_csv_and_as_xml_does_not_count_twice(session: scoped_session) -> None:
    claim = make_owed()
    book(entry(f"Danke {claim.reference}", "20.00", number="A-1"))
    statement = keep(export(f"13.11.2026;Kim;Danke {claim.reference};20,00;EUR"), "umsaetze.csv")
    assert statements.book(clerk(), statement, MONDAY_9AM) == Booked(0, 1)
    assert bookings.balance(claim).paid == 2_000


def test_a_hostile_file_changes_nothing(session: scoped_session) -> None:
    with pytest.raises(DomainError):
        keep(camt(entry("x"), head='<!DOCTYPE x SYSTEM "http://example.org">'))
    assert db.session.query(BankStatement).count() == 0


def test_only_the_file_read_last_and_not_booked_is_thrown_away(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    first, second = keep(camt(entry(claim.reference))), keep(camt(entry("x")))
    with pytest.raises(DomainError, match="zuletzt eingelesen"):
        statements.discard(by, first)
    statements.discard(by, second)
    statements.book(by, first, MONDAY_9AM)
    with pytest.raises(DomainError, match="ist gebucht"):
        statements.discard(by, first)
    assert db.session.query(BankLine).count() == 1


def test_a_movement_is_assigned_by_hand_once_and_on_what_was_demanded(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    book(entry("iPad von Kim", "100.00"), entry("iPad", "20.00"))
    first, second = waiting()
    with pytest.raises(DomainError, match="noch nicht verschickt"):
        assign(first, make_approved(), by)
    assign(first, movements.claim_named(by, claim.number), by)
    with pytest.raises(Conflict, match="schon entschieden"):
        assign(first, claim, by)
    assign(second, movements.claim_named(by, shown(claim.reference)), by)
    assert (bookings.balance(claim).overpaid_cents, claim.state) == (630, ClaimState.PAID)


@pytest.mark.parametrize("typed", ["", "F-", "F-999999999", "abc", NOBODYS, "12345678901x", "١٢", "-1"])
def test_a_number_nobody_has_is_told(session: scoped_session, typed: str) -> None:
    with pytest.raises(DomainError, match=r"Bitte prüfen Sie sie\.$"):
        movements.claim_named(clerk(), typed)


def test_money_that_went_is_assigned_only_where_it_fits(session: scoped_session) -> None:
    claim, by = make_owed(), clerk()
    book(entry("Rückgabe", "40.00", direction="DBIT"))
    with pytest.raises(DomainError, match="eine Zahlung in dieser Höhe gibt es nicht"):
        assign(waiting()[0], claim, by)
    pay(claim, 4_000)
    assign(waiting()[0], claim, by)
    assert (bookings.balance(claim).paid, waiting()) == (0, [])


def test_money_on_a_claim_whose_names_are_gone_brings_none_back(session: scoped_session) -> None:
    claim = make_owed()
    pay(claim, 11_370)
    claim.anonymised_at = MONDAY_9AM
    book(entry(claim.reference, "5.00"))
    assign(waiting()[0], claim, clerk())
    assert book(entry(claim.reference, "5.00", direction="DBIT", day="2026-11-14")) == Booked(1, 0)
    assert [line.payer + line.purpose for line in session.query(BankLine)] == ["", ""]


def test_what_is_set_aside_keeps_no_name_and_stays_decided(session: scoped_session) -> None:
    by = clerk()
    book(entry("Miete", payer="Familie Fremd"), entry("Strom"), entry("Gas"))
    one = waiting()[0]
    movements.set_aside(by, one, MONDAY_9AM)
    assert (one.payer, one.purpose, len(waiting())) == ("", "", 2)
    with pytest.raises(Conflict):
        movements.set_aside(by, one, MONDAY_9AM)
    statement = db.session.query(BankStatement).one()
    assert [movements.set_aside_rest(by, statement, MONDAY_9AM) for _ in range(2)] == [2, 0]
    assert {line.payer for line in statement.lines} == {""}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CAMPUS_MANAGER])
def test_nobody_else_reads_or_books_statements(session: scoped_session, role: Role) -> None:
    statement, stranger = keep(camt(entry("x"))), actor_for(make_user(role))
    line = statement.lines[0]
    for verb in (
        lambda: statements.keep(stranger, "x", BytesIO(camt(entry("y"))), MONDAY_9AM),
        lambda: statements.book(stranger, statement, MONDAY_9AM),
        lambda: statements.discard(stranger, statement),
        lambda: movements.set_aside(stranger, line, MONDAY_9AM),
        lambda: movements.set_aside_rest(stranger, statement, MONDAY_9AM),
        lambda: statements.statement_for(stranger, statement.id),
        lambda: movements.line_for(stranger, line.id),
        lambda: assign(line, make_owed(), stranger),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_reading_any_overlapping_files_in_any_order_books_each_movement_once(session: scoped_session) -> None:
    claim, by = make_owed(1_000_000), clerk()
    amounts = [f"{number}.{number:02}" for number in range(1, 7)]

    @given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=5))
    @settings(max_examples=8)
    def any_files(files: list[set[int]]) -> None:
        nested = db.session.begin_nested()
        for chosen in files:
            content = camt(*(entry(claim.reference, amounts[number]) for number in sorted(chosen)))
            statement = statements.keep(by, "x.xml", BytesIO(content), MONDAY_9AM)
            if statement.booked_at is None:
                statements.book(by, statement, MONDAY_9AM)
        expected = sum(101 * (number + 1) for number in set().union(*files))
        assert bookings.balance(claim).paid == expected
        nested.rollback()
        db.session.expire_all()

    any_files()


def test_two_thousand_movements_take_seconds(session: scoped_session) -> None:
    claims: list[Claim] = [make_owed(100_000_000) for _ in range(3)]
    entries = (
        entry(claims[number % 3].reference, f"{number % 90 + 1}.00", number=f"N{number}") for number in range(200)
    )
    others = (entry(f"Miete {number}", number=f"M{number}") for number in range(1_800))
    content = camt(*entries, *others)
    began = time.monotonic()
    statement = statements.keep(clerk(), "x.xml", BytesIO(content), MONDAY_9AM)
    assert statements.book(clerk(), statement, MONDAY_9AM) == Booked(200, 1_800)
    assert time.monotonic() - began < 10
