"""The pages of money: the account on the claim, payments, reminders, instalments, statements of the bank, files."""

import csv
import io
from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from itsm.claims.models import BankStatement, BookingKind, Channel, Claim, LegalBasis, LetterKind
from itsm.claims.service import bookings, dunning, letters, movements, payments, statements
from itsm.claims.service.letters import Order
from itsm.claims.service.payments import Money
from itsm.claims.states import ClaimState
from itsm.config import read as read_settings
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from tests.claims.bank_files import camt, entry
from tests.claims.factories import make_approved
from tests.claims.money import keep, make_owed, pay
from tests.claims.steps import clerk as clerk_actor
from tests.people import MONDAY_9AM, make_user, sign_in

OVER = date(2026, 1, 7)
SENDER = read_settings({}).sender
NEXT_JANUARY = f"31.1.{clock.local_day(clock.now()).year + 1}"


@pytest.fixture
def clerk(client: FlaskClient, session: scoped_session) -> FlaskClient:
    """Somebody who works on claims."""
    return sign_in(client, make_user(Role.CLAIMS_CLERK))


def book(clerk: FlaskClient, claim: Claim, amount: str, **more: str) -> TestResponse:
    """Send the form of a payment as the page of the claim has it."""
    fields = {"kind": "payment", "amount": amount, "on": "16.11.2026", "seen": str(bookings.last_id(claim))} | more
    sent = {f"konto-{name}": value for name, value in fields.items()}
    return clerk.post(f"/forderungen/{claim.id}/buchungen", data=sent)


def test_the_page_of_a_claim_shows_its_account_from_the_demand_on(clerk: FlaskClient) -> None:
    assert 'id="konto"' not in clerk.get(f"/forderungen/{make_approved().id}").text
    claim = make_owed()
    pay(claim, 1_370)
    page = clerk.get(f"/forderungen/{claim.id}").text
    assert "113,70 €" in page
    assert "100,00 €" in page
    assert 'value="100"' in page


def test_a_payment_is_booked_in_two_taps_and_twice_sent_it_counts_once(clerk: FlaskClient) -> None:
    claim = make_owed()
    seen = str(bookings.last_id(claim))
    assert book(clerk, claim, "113,70", seen=seen).location.endswith(f"/forderungen/{claim.id}#konto")
    assert "Sie können jetzt die Quittung erstellen" in clerk.get(f"/forderungen/{claim.id}").text
    again = book(clerk, claim, "113,70", seen=seen)
    assert (again.status_code, "gerade etwas anderes gebucht" in again.text) == (409, True)
    assert (claim.state, bookings.balance(claim).paid) == (ClaimState.PAID, 11_370)


def test_a_post_that_does_not_say_what_was_seen_books_nothing(clerk: FlaskClient) -> None:
    claim = make_owed()
    for seen in (None, "", "viel", "0"):
        sent = {"konto-kind": "payment", "konto-amount": "50", "konto-on": "16.11.2026", "konto-seen": seen}
        data = {name: value for name, value in sent.items() if value is not None}
        assert clerk.post(f"/forderungen/{claim.id}/buchungen", data=data).status_code == 409, seen
        assert bookings.balance(claim).paid == 0


def test_a_wrong_amount_keeps_what_was_typed(clerk: FlaskClient) -> None:
    claim = make_owed()
    for amount in ("", "0", "-5", "1.234,567", "1e5", "99999999999", "viel"):
        answer = book(clerk, claim, amount, text="Bar gezahlt")
        assert answer.status_code == 422, amount
        assert "Bar gezahlt" in answer.text
        assert bookings.balance(claim).paid == 0


def test_too_much_is_offered_to_be_paid_back(clerk: FlaskClient) -> None:
    claim = make_owed()
    book(clerk, claim, "120")
    assert "6,30 € sind zurückzuzahlen" in clerk.get(f"/forderungen/{claim.id}").text
    assert 'value="6,30"' in clerk.get(f"/forderungen/{claim.id}/buchungen").text
    assert book(clerk, claim, "6,30", kind="refund").status_code == 303
    assert bookings.balance(claim).overpaid_cents == 0


def test_a_booking_is_taken_back_with_a_reason(clerk: FlaskClient) -> None:
    claim = make_owed()
    address = f"/forderungen/{claim.id}/buchungen/{pay(claim, 500).id}/zuruecknehmen"
    assert clerk.post(address).status_code == 422
    assert clerk.post(address, data={"reason": "Vertan"}).status_code == 303
    assert clerk.post(address, data={"reason": "Vertan"}).status_code == 409
    assert clerk.get(f"/forderungen/{make_owed().id}/buchungen/999999/zuruecknehmen").status_code == 404
    assert bookings.balance(claim).paid == 0


def test_the_account_says_once_it_is_time_which_fee_a_reminder_brings(clerk: FlaskClient) -> None:
    late, early = (make_owed(due_on=due_on, legal_basis=LegalBasis.PUBLIC) for due_on in (OVER, date(2099, 1, 7)))
    words = "Mit der Mahnung kommt eine Gebühr von 6,64 € dazu"
    assert words in clerk.get(f"/forderungen/{late.id}").text
    assert words not in clerk.get(f"/forderungen/{early.id}").text


def test_interest_is_offered_under_private_law_only(clerk: FlaskClient) -> None:
    claims = [make_owed(due_on=OVER, legal_basis=basis) for basis in (LegalBasis.PRIVATE, LegalBasis.PUBLIC)]
    offers = [f"/forderungen/{one.id}/zinsen" in clerk.get(f"/forderungen/{one.id}").text for one in claims]
    assert offers == [True, False]


def test_interest_is_shown_in_its_parts_and_booked(clerk: FlaskClient) -> None:
    claim = make_owed(25_000, due_on=OVER)
    page = clerk.get(f"/forderungen/{claim.id}/zinsen").text
    assert "08.01.2026 bis 30.06.2026" in page
    assert "6,27 %" in page
    assert clerk.post(f"/forderungen/{claim.id}/zinsen", data={"until": "7.2.2026"}).status_code == 303
    # 250.00 × 6.27 % × 31/365.
    assert bookings.balance(claim).interest == 133


def test_a_payment_that_comes_back_after_the_receipt_flags_it_and_is_told_anew(clerk: FlaskClient) -> None:
    claim, by = make_owed(due_on=OVER, overdue_told_on=OVER), clerk_actor()
    paid = pay(claim, 11_370)
    receipt = letters.make(by, claim, Order(LetterKind.RECEIPT, claim.debtors[0].id), SENDER, MONDAY_9AM)
    letters.send(by, receipt, Channel.POST, SENDER, MONDAY_9AM)
    address, flag = f"/forderungen/{claim.id}", "Die Quittung vom 16.11.2026 gilt nicht mehr"
    assert flag not in clerk.get(address).text
    back = keep(camt(entry(claim.reference, direction="DBIT", reversal=True)))
    statements.book(by, back, MONDAY_9AM)
    db.session.commit()
    assert (claim.state, paid.is_reversed, claim.overdue_told_on) == (ClaimState.DEMANDED, True, None)
    # On the account, and in the history.
    assert clerk.get(address).text.count(flag) == 2


def test_interest_booked_before_money_of_an_earlier_day_is_flagged(clerk: FlaskClient) -> None:
    claim, by = make_owed(25_000, due_on=OVER), clerk_actor()
    booked = dunning.charge_interest(by, claim, date(2026, 11, 16), MONDAY_9AM)
    assert booked is not None
    money = Money(BookingKind.PAYMENT, 10_000, date(2026, 11, 2))
    payments.book(by, claim, money, MONDAY_9AM)
    words = "Die Zinsen bis 16.11.2026 sind zu hoch"
    assert words in clerk.get(f"/forderungen/{claim.id}").text
    payments.take_back(by, booked, "Zahlung kam früher", MONDAY_9AM)
    again = dunning.charge_interest(by, claim, date(2026, 11, 16), MONDAY_9AM)
    assert again is not None
    assert again.cents < booked.cents
    assert words not in clerk.get(f"/forderungen/{claim.id}").text


def test_rates_are_looked_at_before_they_are_agreed(clerk: FlaskClient) -> None:
    claim = make_owed(21_583)
    next_month = clock.local_day(clock.now()) + relativedelta(months=1, day=1)
    assert f'value="{next_month}"' in clerk.get(f"/forderungen/{claim.id}/raten").text
    asked = {"way": "count", "count": "4", "monthly": "", "first_on": NEXT_JANUARY}
    page = clerk.get(f"/forderungen/{claim.id}/raten", query_string=asked).text
    assert page.count("53,96 €") == 3
    assert "53,95 €" in page
    assert claim.state is ClaimState.DEMANDED
    assert clerk.post(f"/forderungen/{claim.id}/raten", data=asked).status_code == 303
    assert claim.state is ClaimState.INSTALMENTS
    assert "53,95 €" in clerk.get(f"/forderungen/{claim.id}").text


def test_rates_that_do_not_work_are_refused(clerk: FlaskClient) -> None:
    claim = make_owed()
    for asked in (
        {"way": "count", "count": "", "first_on": NEXT_JANUARY},
        {"way": "monthly", "monthly": "", "first_on": NEXT_JANUARY},
        {"way": "count", "count": "121", "first_on": NEXT_JANUARY},
        {"way": "monthly", "monthly": "0,01", "first_on": NEXT_JANUARY},
        {"way": "count", "count": "3", "first_on": "nie"},
        {"way": "count", "count": "3", "first_on": "31.1.2020"},
        {"way": "anders", "count": "3", "first_on": NEXT_JANUARY},
    ):
        assert clerk.post(f"/forderungen/{claim.id}/raten", data=asked).status_code == 422, asked
        assert claim.state is ClaimState.DEMANDED


def test_a_statement_is_looked_at_booked_once_and_the_rest_decided(clerk: FlaskClient) -> None:
    claim = make_owed()
    content = camt(entry(claim.reference, "100.00"), entry("<b>Miete</b>", payer='<script>alert("x")</script>'))
    answer = clerk.post("/forderungen/zahlungen", data={"file": (io.BytesIO(content), "auszug.xml")})
    page = clerk.get(answer.location).text
    assert "Wird gebucht: 1 Umsatz, 100,00 €" in page
    assert "<b>Miete" not in page
    assert "<script>alert" not in page
    assert bookings.balance(claim).paid == 0
    assert clerk.post(f"{answer.location}/buchen").status_code == 303
    assert clerk.post(f"{answer.location}/buchen").status_code == 409
    assert bookings.balance(claim).paid == 10_000
    line = movements.undecided()[0]
    nobodys, ours = ({"number_1": number, "amount_1": "113,70"} for number in ("F-0", claim.number))
    assert clerk.post(f"/forderungen/zahlungen/umsatz/{line.id}", data=nobodys).status_code == 422
    assert clerk.post(f"/forderungen/zahlungen/umsatz/{line.id}", data=ours).status_code == 303
    assert clerk.post(f"/forderungen/zahlungen/umsatz/{line.id}/beiseite").status_code == 409
    assert bookings.balance(claim).overpaid_cents == 10_000
    assert "Hier ist nichts mehr zu entscheiden" in clerk.get(answer.location).text


def test_a_file_that_is_no_statement_is_a_sentence_and_changes_nothing(
    clerk: FlaskClient, subtests: pytest.Subtests
) -> None:
    for content in (b"", b"<a/>", b"\x00\x01", camt(), camt(entry("x"), head="<!DOCTYPE x>")):
        with subtests.test(str(content[:40])):
            answer = clerk.post("/forderungen/zahlungen", data={"file": (io.BytesIO(content), "auszug.xml")})
            assert answer.status_code == 422
            assert "Bitte prüfen Sie Ihre Angaben" in answer.text
            assert db.session.query(BankStatement).count() == 0


def test_the_bookings_go_to_the_treasury_without_names_and_formulas(clerk: FlaskClient) -> None:
    claim = make_owed()
    book(clerk, claim, "13,70", text='=HYPERLINK("http://example.org")')
    answer = clerk.get("/forderungen/buchungen.csv?von=1.11.2026&bis=30.11.2026")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert [row[1:7] for row in rows[1:]] == [
        [claim.reference, claim.number, "Forderung", "113,70", "", ""],
        [claim.reference, claim.number, "Zahlung", "", "13,70", '\'=HYPERLINK("http://example.org")'],
    ]
    assert "Beispiel" not in answer.text
    sheet = load_workbook(io.BytesIO(clerk.get("/forderungen/buchungen.xlsx").data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet["E"]] == ["Soll", 113.7, None]
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n", "d"}
    assert clerk.get("/forderungen/buchungen.csv?von=1.12.2026").text.count("\n") == 1
    assert clerk.get("/forderungen/buchungen.csv?von=nie").status_code == 422


def test_no_name_of_a_payer_stands_in_the_history_of_a_claim(clerk: FlaskClient) -> None:
    claim = make_owed()
    statements.book(clerk_actor(), keep(camt(entry(claim.reference, payer="Renate Zahlerin"))), MONDAY_9AM)
    assert "Renate Zahlerin" not in clerk.get(f"/forderungen/{claim.id}").text
