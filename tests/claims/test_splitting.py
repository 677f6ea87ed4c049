"""One movement of the bank for several claims: offered ready filled, booked to the last cent, taken back in parts."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.claims.models import BankLine, Booking, BookingKind, Claim
from itsm.claims.service import bookings, matching, movements, payments, statements
from itsm.claims.service.matching import Share, Verdict
from itsm.claims.states import ClaimState
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError
from tests.claims.bank_files import camt, entry
from tests.claims.money import keep, make_owed
from tests.claims.steps import clerk, undone
from tests.people import MONDAY_9AM, make_user, sign_in


def arrived(*claims: Claim, amount: str = "170.55", direction: str = "CRDT") -> BankLine:
    """Return the movement of a booked statement that names these claims."""
    purpose = " und ".join(claim.reference for claim in claims)
    statement = keep(camt(entry(purpose, amount, direction=direction)))
    statements.book(clerk(), statement, MONDAY_9AM)
    db.session.commit()
    return statement.lines[0]


def split(line: BankLine, *shares: tuple[Claim, int]) -> None:
    """Book a movement on several claims."""
    movements.assign(clerk(), line, [Share(claim, cents) for claim, cents in shares], MONDAY_9AM)
    db.session.commit()


def payment_of(claim: Claim) -> Booking:
    """Return the only payment of a claim."""
    (booking,) = (one for one in bookings.in_force(claim) if one.kind is BookingKind.PAYMENT)
    return booking


def pair() -> tuple[Claim, Claim]:
    """Return two claims of 113.70 and 56.85."""
    return make_owed(), make_owed(5_685)


def test_two_kassenzeichen_that_are_owed_the_amount_together_are_offered_ready_filled(session: scoped_session) -> None:
    first, second = pair()
    found = matching.match([arrived(first, second)])[0]
    assert (found.verdict, [(share.claim, share.cents) for share in found.shares]) == (
        Verdict.SPLIT,
        [(first, 11_370), (second, 5_685)],
    )
    assert (bookings.balance(first).paid, movements.undecided_count()) == (0, 1)


def test_two_that_are_owed_another_amount_are_offered_as_they_are_owed(
    session: scoped_session, subtests: pytest.Subtests
) -> None:
    first, second = pair()
    for amount in ("170.54", "170.56", "113.70"):
        with subtests.test(amount), undone():
            found = matching.match([arrived(first, second, amount=amount)])[0]
            assert (found.verdict, [share.cents for share in found.shares]) == (Verdict.SEVERAL, [11_370, 5_685])


def test_a_movement_is_split_to_the_last_cent_and_settles_each_claim(session: scoped_session) -> None:
    (first, second), by = pair(), clerk()
    line = arrived(first, second)
    for cents, trouble in ((5_684, "es fehlen 0,01 €"), (5_686, "es sind 0,01 € zu viel")):
        with pytest.raises(DomainError, match=trouble):
            movements.assign(by, line, [Share(first, 11_370), Share(second, cents)], MONDAY_9AM)
    with pytest.raises(DomainError, match="braucht einen Betrag"):
        movements.assign(by, line, [Share(first, 20_000), Share(second, -2_945)], MONDAY_9AM)
    with pytest.raises(DomainError, match="steht zweimal da"):
        movements.assign(by, line, [Share(first, 11_370), Share(first, 5_685)], MONDAY_9AM)
    split(line, (first, 11_370), (second, 5_685))
    assert {first.state, second.state} == {ClaimState.PAID}
    assert payment_of(second).text == "Kontoauszug, Teil von 170,55 €"
    with pytest.raises(Conflict, match="schon entschieden"):
        split(line, (first, 11_370), (second, 5_685))


def test_taking_a_part_back_undoes_that_part_alone_and_puts_it_up_for_decision(session: scoped_session) -> None:
    first, second = pair()
    line = arrived(first, second)
    split(line, (first, 11_370), (second, 5_685))
    payments.take_back(clerk(), payment_of(second), "Falsche Forderung", MONDAY_9AM)
    assert (first.state, second.state) == (ClaimState.PAID, ClaimState.DEMANDED)
    assert [(one, matching.rests_of([one])[one.id]) for one in movements.undecided()] == [(line, 5_685)]
    with pytest.raises(DomainError, match="es sind 113,70 € zu viel"):
        split(line, (first, 11_370), (second, 5_685))
    # The part may even go where the other one went: there it is too much.
    split(line, (first, 5_685))
    assert (bookings.balance(first).overpaid_cents, movements.undecided()) == (5_685, [])


def test_what_is_left_of_a_movement_may_be_not_ours(session: scoped_session) -> None:
    first, second = pair()
    line = arrived(first, second)
    split(line, (first, 11_370), (second, 5_685))
    payments.take_back(clerk(), payment_of(second), "Essensgeld", MONDAY_9AM)
    movements.set_aside(clerk(), line, MONDAY_9AM)
    assert (movements.undecided(), bookings.balance(first).paid) == ([], 11_370)
    payments.take_back(clerk(), payment_of(first), "Auch falsch", MONDAY_9AM)
    assert movements.undecided() == [line]


def test_a_claim_that_does_not_fit_books_no_part(session: scoped_session) -> None:
    (first, second), by = pair(), clerk()
    line = arrived(first, second)
    payments.book(by, second, payments.Money(BookingKind.PAYMENT, 5_685, line.booked_on), MONDAY_9AM)
    second.state = ClaimState.DROPPED
    db.session.commit()
    with pytest.raises(DomainError, match="noch nicht verschickt"):
        split(line, (first, 11_370), (second, 5_685))
    db.session.rollback()
    assert bookings.balance(first).paid == 0


def test_a_split_movement_the_bank_takes_back_opens_each_claim_again(session: scoped_session) -> None:
    first, second = pair()
    split(arrived(first, second), (first, 11_370), (second, 5_685))
    back = arrived(first, second, direction="DBIT")
    found = matching.match([back])[0]
    assert found.verdict is Verdict.SPLIT
    split(back, *((share.claim, share.cents) for share in found.shares))
    assert {first.state, second.state} == {ClaimState.DEMANDED}
    assert movements.undecided() == []


def test_the_page_offers_the_claims_and_one_more_line_at_a_time(client: FlaskClient, session: scoped_session) -> None:
    (first, second), browser = pair(), sign_in(client, make_user(Role.CLAIMS_CLERK))
    address = f"/forderungen/zahlungen/umsatz/{arrived(first, second).id}"
    page = browser.get(address).text
    assert 'value="113,70"' in page
    assert 'value="56,85"' in page
    sent = {"number_1": first.number, "amount_1": "100", "number_2": second.reference, "amount_2": "56,85"}
    more = browser.post(address, data=sent | {"more": "1"})
    assert (more.status_code, 'name="number_3"' in more.text, 'value="100"' in more.text) == (200, True, True)
    wrong = browser.post(address, data=sent)
    assert (wrong.status_code, "es fehlen 13,70 €" in wrong.text) == (422, True)
    assert browser.post(address, data=sent | {"amount_2": ""}).status_code == 422
    assert [browser.post(address, data=sent | {"amount_1": "113,70"}).status_code for _ in range(2)] == [303, 409]
    assert {first.state, second.state} == {ClaimState.PAID}
    assert f"{first.number}</a> (113,70 €)" in browser.get(address).text
