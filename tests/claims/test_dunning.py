"""One fee and only under public law; interest from the day after the term; what is overdue is told once."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import scoped_session

from itsm.claims import figures, interest, interest_rates, jobs
from itsm.claims.models import Booking, BookingKind, Claim, Ground, LegalBasis
from itsm.claims.rounding import half_up
from itsm.claims.service import bookings, claiming, dunning, overdue, payments, plans, relief
from itsm.claims.service.payments import Money
from itsm.claims.states import ClaimState
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.figures import FigureValue
from itsm.core.outbox import Mail
from tests.claims.factories import make_debtor
from tests.claims.money import make_owed
from tests.claims.steps import DUE_ON, clerk, undone
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

PUBLIC = {"legal_basis": LegalBasis.PUBLIC}
DAY = timedelta(days=1)
LATE = MONDAY_9AM + timedelta(days=60)
LATE_ON = MONDAY + timedelta(days=60)


def pay(claim: Claim, cents: int, on: date) -> Booking:
    """Book money of a day."""
    moment = MONDAY_9AM + (on - MONDAY)
    return payments.book(clerk(), claim, Money(BookingKind.PAYMENT, cents, on), moment)


def kinds(claim: Claim) -> list[BookingKind]:
    """Return what counts on the account."""
    return [one.kind for one in bookings.in_force(claim)]


def simple(cents: int, first_on: date, last_on: date) -> int:
    """Return the interest of days on which the same sum was open."""
    rates = interest_rates.rates(first_on, last_on)
    return interest.cents([interest.Stretch(first_on, last_on, cents)], rates)


@pytest.mark.parametrize(("cents", "fee"), [(11_370, 664), (21_583, 766), (100_000, 1_550), (5_000, 600), (4_999, 600)])
def test_the_fee_of_a_reminder_under_public_law(session: scoped_session, cents: int, fee: int) -> None:
    claim = make_owed(cents, **PUBLIC)
    dunning.charge_fee(clerk(), claim, LATE_ON, LATE)
    assert bookings.balance(claim) == bookings.Balance(claimed=cents, fees=fee)


def test_the_fee_comes_once_however_often_one_reminds(session: scoped_session) -> None:
    claim, by = make_owed(**PUBLIC), clerk()
    for days in (60, 120, 180):
        at = MONDAY_9AM + timedelta(days=days)
        dunning.charge_fee(by, claim, at.date(), at)
        dunning.charge_fee(by, claim, at.date(), at)
        claiming.dunned(by, claim, dunning.term(MONDAY + timedelta(days=days)), at)
    assert bookings.balance(claim).fees == 664


def test_a_fee_taken_back_may_come_again(session: scoped_session) -> None:
    claim, by = make_owed(**PUBLIC), clerk()
    dunning.charge_fee(by, claim, LATE_ON, LATE)
    payments.take_back(by, bookings.in_force(claim)[-1], "Mahnung kam nicht an", LATE)
    assert bookings.balance(claim).fees == 0
    dunning.charge_fee(by, claim, LATE_ON, LATE)
    assert bookings.balance(claim).fees == 664


def test_under_private_law_a_reminder_costs_nothing(session: scoped_session) -> None:
    claim = make_owed()
    dunning.charge_fee(clerk(), claim, LATE_ON, LATE)
    assert kinds(claim) == [BookingKind.PRINCIPAL]


def test_the_state_pays_no_fee_but_a_pupil_beside_it_does(session: scoped_session) -> None:
    claim = make_owed(**PUBLIC)
    claim.debtors[0].ground = Ground.STATE
    assert dunning.fee_cents(claim, LATE_ON) == 0
    make_debtor(claim)
    db.session.refresh(claim)
    assert dunning.fee_cents(claim, LATE_ON) == 664


def test_nobody_is_reminded_on_the_last_day_and_everybody_may_be_on_the_next(session: scoped_session) -> None:
    claim = make_owed(**PUBLIC)
    last = MONDAY_9AM + (DUE_ON - MONDAY)
    with pytest.raises(DomainError, match="Vorher wird nicht gemahnt"):
        dunning.prepare(clerk(), claim, last, with_interest=False)
    dunning.prepare(clerk(), claim, last + DAY, with_interest=False)
    assert kinds(claim) == [BookingKind.PRINCIPAL]


def test_what_is_agreed_otherwise_is_not_reminded(session: scoped_session, subtests: pytest.Subtests) -> None:
    claim, by = make_owed(**PUBLIC, state=ClaimState.APPROVED), clerk()
    for state in (ClaimState.DEFERRED, ClaimState.SUSPENDED, ClaimState.INSTALMENTS):
        with subtests.test(f"{state}"):
            claim.state = state
            db.session.commit()
            with pytest.raises(DomainError, match="Gemahnt wird nur"):
                dunning.prepare(by, claim, LATE, with_interest=True)
            assert kinds(claim) == [BookingKind.PRINCIPAL]


def test_only_the_claims_staff_charges(session: scoped_session) -> None:
    claim, stranger = make_owed(**PUBLIC), actor_for(make_user(Role.ADMINISTRATOR))
    with pytest.raises(NotAllowed):
        dunning.prepare(stranger, claim, LATE, with_interest=True)
    with pytest.raises(NotAllowed):
        dunning.charge_fee(stranger, claim, LATE_ON, LATE)
    with pytest.raises(NotAllowed):
        dunning.charge_interest(stranger, claim, LATE_ON, LATE)


def test_interest_runs_from_the_day_after_the_term(session: scoped_session) -> None:
    claim = make_owed(25_000)
    assert dunning.interest_cents(claim, DUE_ON) == 0
    # 250.00 × 6.27 % × 45/365.
    assert dunning.interest_cents(claim, DUE_ON + timedelta(days=45)) == 193
    assert dunning.stretches(claim, DUE_ON + DAY)[0].cents == 25_000


def test_interest_of_sixty_one_days_of_the_example(session: scoped_session) -> None:
    assert dunning.interest_cents(make_owed(11_370), DUE_ON + timedelta(days=61)) == 119


def test_the_longer_term_of_a_joint_debtor_counts_for_interest_before_and_after_the_reminder(
    session: scoped_session,
) -> None:
    claim, by, longer = make_owed(), clerk(), DUE_ON + timedelta(days=7)
    claiming.demanded(by, claim, longer, MONDAY_9AM + timedelta(days=7))
    assert dunning.stretches(claim, LATE_ON)[0].first_on == longer + DAY
    claiming.dunned(by, claim, LATE_ON, MONDAY_9AM + timedelta(days=45))
    assert dunning.stretches(claim, LATE_ON)[0].first_on == longer + DAY


def test_interest_that_was_booked_is_not_booked_again_and_bears_none_itself(session: scoped_session) -> None:
    claim, by = make_owed(25_000), clerk()
    booked = dunning.charge_interest(by, claim, DUE_ON + timedelta(days=15), LATE)
    assert booked is not None
    assert dunning.charge_interest(by, claim, DUE_ON + timedelta(days=15), LATE) is None
    rest = dunning.interest_cents(claim, LATE_ON)
    assert rest == simple(25_000, DUE_ON + timedelta(days=16), LATE_ON)
    assert bookings.balance(claim).interest == booked.cents
    payments.take_back(by, booked, "Zu früh", LATE)
    assert dunning.interest_cents(claim, LATE_ON) == simple(25_000, DUE_ON + DAY, LATE_ON)


def test_a_part_that_was_paid_bears_interest_up_to_that_day(session: scoped_session) -> None:
    claim = make_owed(100_000)
    paid_on = DUE_ON + timedelta(days=10)
    pay(claim, 40_000, paid_on)
    assert [(one.first_on, one.last_on, one.cents) for one in dunning.stretches(claim, LATE_ON)] == [
        (DUE_ON + DAY, paid_on, 100_000),
        (paid_on + DAY, LATE_ON, 60_000),
    ]


def test_interest_over_new_year_changes_with_rate_and_part_payment_and_is_rounded_once(session: scoped_session) -> None:
    claim, paid_on = make_owed(100_000), date(2026, 12, 28)
    db.session.add(FigureValue(key=figures.BASE_RATE, valid_from=date(2027, 1, 4), value=2.5))
    pay(claim, 33_333, paid_on)
    exact = (Fraction("6.27") * 12 * 100_000 + Fraction("6.27") * 3 * 66_667 + Fraction("7.5") * 15 * 66_667) / 36_500
    # From 17 to 28 December the whole, to 31 December and to 15 January what was left.
    assert dunning.interest_cents(claim, LATE_ON) == half_up(exact)


def test_what_is_paid_by_the_last_day_bears_no_interest(session: scoped_session, subtests: pytest.Subtests) -> None:
    claim = make_owed(100_000)
    for days_before in (0, 1, 20):
        with subtests.test(days_before=days_before), undone():
            pay(claim, 40_000, DUE_ON - timedelta(days=days_before))
            assert dunning.interest_cents(claim, DUE_ON + DAY) == simple(60_000, DUE_ON + DAY, DUE_ON + DAY)


def test_too_much_that_was_paid_back_bears_no_interest_and_owes_nothing(session: scoped_session) -> None:
    claim, by, at = make_owed(), clerk(), LATE
    pay(claim, 20_000, DUE_ON)
    payments.book(by, claim, Money(BookingKind.REFUND, 8_630, LATE_ON), at)
    assert (claim.state, bookings.balance(claim).overpaid_cents) == (ClaimState.PAID, 0)
    assert dunning.interest_cents(claim, LATE_ON) == 0


def test_money_covers_interest_before_the_claim_itself(session: scoped_session) -> None:
    claim, by = make_owed(100_000), clerk()
    at = MONDAY_9AM + timedelta(days=40)
    dunning.prepare(by, claim, at, with_interest=True)
    extra = bookings.balance(claim).interest
    assert extra > 0
    pay(claim, 20_000, MONDAY + timedelta(days=41))
    assert dunning.stretches(claim, LATE_ON)[-1].cents == 100_000 - (20_000 - extra)


def test_under_public_law_there_is_no_default_interest_unless_only_the_state_is_asked(session: scoped_session) -> None:
    claim = make_owed(**PUBLIC)
    assert dunning.charge_interest(clerk(), claim, LATE_ON, LATE) is None
    claim.debtors[0].ground = Ground.STATE
    assert dunning.interest_cents(claim, LATE_ON) == simple(11_370, DUE_ON + DAY, LATE_ON)


def test_interest_waits_until_the_rate_of_its_half_year_is_entered(session: scoped_session) -> None:
    claim, by = make_owed(25_000), clerk()
    with pytest.raises(DomainError, match=r"ab 01\.01\.2027 ist noch kein Basiszinssatz eingetragen"):
        dunning.charge_interest(by, claim, LATE_ON, LATE)
    db.session.add(FigureValue(key=figures.BASE_RATE, valid_from=date(2027, 1, 4), value=2.5))
    assert dunning.charge_interest(by, claim, LATE_ON, LATE)


def test_interest_is_not_booked_ahead(session: scoped_session) -> None:
    with pytest.raises(DomainError, match="nicht im Voraus"):
        dunning.charge_interest(clerk(), make_owed(), LATE_ON + DAY, LATE)


def test_while_a_deferral_runs_there_is_no_interest_and_afterwards_from_its_end(session: scoped_session) -> None:
    claim, by = make_owed(25_000), clerk()
    relief.defer(by, claim, MONDAY + timedelta(days=50), "Arbeitslos", MONDAY_9AM)
    assert dunning.interest_cents(claim, LATE_ON) == 0
    end = MONDAY_9AM + timedelta(days=51)
    relief.resume(by, claim, "Zeit ist um", end)
    assert dunning.stretches(claim, LATE_ON)[0].first_on == MONDAY + timedelta(days=52)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 30_000)), max_size=5), st.integers(31, 59))
@settings(max_examples=20)
def _interest_never_shrinks(payments_of: list[tuple[int, int]], day: int) -> None:
    bookings_of = [
        Booking(kind=BookingKind.PRINCIPAL, cents=50_000, booked_on=MONDAY, due_on=DUE_ON),
        *(
            Booking(kind=BookingKind.PAYMENT, cents=cents, booked_on=MONDAY + timedelta(days=n))
            for n, cents in payments_of
        ),
    ]
    open_before = [dunning.claim_open(bookings_of, MONDAY + timedelta(days=n)) for n in (day, day + 1)]
    assert 0 <= open_before[1] <= open_before[0] <= 50_000


def test_what_bears_interest_never_grows_by_paying() -> None:
    _interest_never_shrinks()


def make_clerk() -> str:
    """Make somebody who gets the mail of the claims staff."""
    return make_user(Role.CLAIMS_CLERK).email


def mails() -> list[Mail]:
    """Return the mails about what is overdue."""
    return db.session.query(Mail).filter_by(template="claims-overdue").order_by(Mail.id).all()


def test_each_term_is_told_once_and_caught_up_after_a_stop(session: scoped_session) -> None:
    address, claim = make_clerk(), make_owed()
    last: datetime = MONDAY_9AM + (DUE_ON - MONDAY)
    assert overdue.tell(last) == 0
    # The clock stood still for two weeks.
    assert [overdue.tell(last + timedelta(days=days)) for days in (14, 14, 15)] == [1, 0, 0]
    claiming.dunned(clerk(), claim, DUE_ON + timedelta(days=22), last + timedelta(days=15))
    assert [overdue.tell(last + timedelta(days=days)) for days in (22, 23, 24)] == [0, 1, 0]
    mine = [mail for mail in mails() if mail.to_address == address]
    assert [mail.items[0]["lines"][0]["next_step"] for mail in mine] == [
        "Mahnen",
        "Noch einmal mahnen oder vollstrecken",
    ]
    assert "Beispiel" not in str([mail.items for mail in mine])


def test_what_is_paid_or_put_to_rest_is_not_overdue(session: scoped_session) -> None:
    paid, resting, owed = make_owed(), make_owed(), make_owed()
    pay(paid, 11_370, MONDAY)
    relief.suspend(clerk(), resting, "Aussichtslos", MONDAY_9AM)
    assert [one.claim.id for one in overdue.overdue(LATE_ON)] == [owed.id]
    pay(owed, 370, MONDAY)
    assert overdue.overdue(LATE_ON)[0].open_cents == 11_000


def test_a_missed_rate_is_overdue_and_one_to_come_is_not(session: scoped_session) -> None:
    claim, by = make_owed(12_000), clerk()
    plans.agree(by, claim, plans.in_rates(12_000, 3, MONDAY + timedelta(days=10)), MONDAY_9AM)
    pay(claim, 4_000, MONDAY)
    assert overdue.overdue(MONDAY + timedelta(days=20)) == []
    found = overdue.overdue(LATE_ON)
    assert [(one.since, one.next_step[:10]) for one in found] == [(date(2026, 12, 28), "Rate fehlt")]


def test_the_job_is_among_the_timed_jobs() -> None:
    assert "tell-overdue" in {job.name for job in jobs.JOBS}
