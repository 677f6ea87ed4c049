"""Letters are written, kept to the byte, and sent; no letter gets around a gate."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import scoped_session

from itsm.claims import letter_page
from itsm.claims.letters.facts import TITLES
from itsm.claims.models import BookingKind, Channel, Claim, Ground, LegalBasis, Letter, LetterKind
from itsm.claims.service import bookings, claiming, debtors, examining, letters, payments, plans, relief
from itsm.claims.service.examining import Finding
from itsm.claims.service.letters import Order
from itsm.claims.service.payments import Money
from itsm.claims.states import ClaimState
from itsm.config import read as read_settings
from itsm.core import mail
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.outbox import Mail
from tests.claims.factories import make_debtor
from tests.claims.paper import one_line, read
from tests.claims.steps import approver, clerk, make_demanded, make_heard, make_proposed, make_ready, person
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.runtime.post_office import Office, open_office

SENDER = read_settings({}).sender
DAY = timedelta(days=1)
OVERDUE = MONDAY_9AM + 40 * DAY


def make_letter(claim: Claim, kind: LetterKind, at=MONDAY_9AM, actor: Actor | None = None, debtor: int = 0) -> Letter:
    letter = letters.make(actor or clerk(), claim, Order(kind, claim.debtors[debtor].id), SENDER, at)
    db.session.commit()
    return letter


def post(letter: Letter, at=MONDAY_9AM, on: date | None = None) -> None:
    letters.send(clerk(), letter, Channel.POST, SENDER, at, on)
    db.session.commit()


def make_approved(**more) -> Claim:
    claim = make_proposed(**more)
    claiming.approve(approver(), claim, MONDAY_9AM)
    db.session.commit()
    return claim


def mail_of(letter: Letter) -> Mail:
    return db.session.scalars(sa.select(Mail).where(Mail.burst_key == f"claim-letter-{letter.id}")).one()


def letter_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) or 0


def test_the_hearing_that_is_sent_starts_its_term(session: scoped_session) -> None:
    claim = make_ready()
    letter = make_letter(claim, LetterKind.HEARING)
    assert (claim.state, letter.until) == (ClaimState.EXAMINING, date(2026, 11, 30))
    post(letter)
    assert (claim.state, claim.heard_on, claim.hearing_until) == (ClaimState.HEARING, MONDAY, date(2026, 11, 30))
    assert (letter.channel, letter.sent_at, letter.delivered_on) == (Channel.POST, MONDAY_9AM, None)


def test_the_demand_that_is_sent_opens_the_account_with_the_same_cents(session: scoped_session) -> None:
    claim = make_approved()
    letter = make_letter(claim, LetterKind.DEMAND)
    found = read(letters.stored(letter))
    assert "Bitte zahlen Sie 113,70 € bis zum 16.12.2026." in one_line(found.shown)
    assert "EUR113.70\n" in found.codes[0] and found.codes[0].endswith(claim.reference)
    post(letter)
    assert (claim.state, claim.due_on, letter.open_cents) == (ClaimState.DEMANDED, date(2026, 12, 16), 11_370)
    assert bookings.balance(claim).open_cents == 11_370


def test_an_administrative_act_counts_as_known_on_the_fourth_day_and_the_time_to_pay_begins_then(
    session: scoped_session,
) -> None:
    claim = make_approved(legal_basis=LegalBasis.PUBLIC)
    letter = make_letter(claim, LetterKind.DEMAND)
    assert letter.until == date(2026, 12, 21)  # the 20th is a Sunday
    post(letter)
    assert letter.delivered_on == date(2026, 11, 20)


def test_the_state_is_never_sent_an_act(session: scoped_session) -> None:
    claim = make_approved(legal_basis=LegalBasis.PUBLIC)
    claim.debtors[0].ground = Ground.STATE
    letter = make_letter(claim, LetterKind.DEMAND)
    post(letter)
    assert letter.delivered_on is None


def test_a_claim_that_is_examined_gets_no_other_letter_than_the_hearing(session: scoped_session) -> None:
    claim, me = make_ready(), clerk()
    for kind in set(LetterKind) - {LetterKind.HEARING}:
        order = Order(kind, claim.debtors[0].id)
        with pytest.raises(DomainError, match="passt nicht zum Stand „Verschulden wird geprüft“"):
            letters.make(me, claim, order, SENDER, MONDAY_9AM)
        with pytest.raises(DomainError, match="passt nicht zum Stand „Verschulden wird geprüft“"):
            letters.draft(me, claim, order, SENDER, MONDAY)
    assert letter_count() == 0


@pytest.mark.parametrize("make", [make_heard, make_proposed])
def test_there_is_no_demand_before_two_people_agreed(session: scoped_session, make) -> None:
    with pytest.raises(DomainError, match="passt nicht zum Stand"):
        make_letter(make(), LetterKind.DEMAND)


def test_there_is_no_hearing_before_its_gates(session: scoped_session) -> None:
    claim = make_ready()
    claim.evidence_id = None
    db.session.commit()
    db.session.expire(claim)
    with pytest.raises(DomainError, match="Nachweis für das Verschulden fehlt"):
        make_letter(claim, LetterKind.HEARING)


def test_a_gate_that_closes_after_the_letter_was_written_keeps_it_from_being_sent(session: scoped_session) -> None:
    claim = make_approved()
    letter = make_letter(claim, LetterKind.DEMAND)
    claiming.send_back(clerk(), claim, "Bitte noch einmal prüfen.", MONDAY_9AM)
    with pytest.raises(DomainError, match="passt nicht zum Stand"):
        post(letter)
    assert letter.sent_at is None


def test_a_reminder_waits_for_the_last_day_and_then_brings_the_fee_of_public_law(session: scoped_session) -> None:
    claim = make_demanded(legal_basis=LegalBasis.PUBLIC)
    assert claim.due_on is not None
    with pytest.raises(DomainError, match="Vorher wird nicht gemahnt"):
        make_letter(claim, LetterKind.REMINDER)
    letter = make_letter(claim, LetterKind.REMINDER, OVERDUE)
    shown = one_line(read(letters.stored(letter)).shown)
    assert "Mahngebühr 6,64 €" in shown and "noch offen 120,34 €" in shown and letter.open_cents == 12_034
    post(letter, OVERDUE)
    assert (claim.state, claim.due_on) == (ClaimState.DUNNED, letter.until)
    assert bookings.balance(claim).open_cents == 12_034


def test_a_reminder_that_is_never_sent_costs_nothing(session: scoped_session) -> None:
    claim = make_demanded(legal_basis=LegalBasis.PUBLIC)
    letter = make_letter(claim, LetterKind.REMINDER, OVERDUE)
    payments.book(clerk(), claim, Money(BookingKind.PAYMENT, 11_370, OVERDUE.date()), OVERDUE)
    assert (claim.state, bookings.balance(claim).fees) == (ClaimState.PAID, 0)
    with pytest.raises(DomainError, match="passt nicht zum Stand „bezahlt“"):
        post(letter, OVERDUE)


def test_a_private_reminder_brings_no_fee_and_interest_only_if_asked(session: scoped_session) -> None:
    claim = make_demanded()
    debtor = claim.debtors[0].id
    plain = letters.make(clerk(), claim, Order(LetterKind.REMINDER, debtor), SENDER, OVERDUE)
    assert plain.open_cents == 11_370
    more = letters.make(clerk(), claim, Order(LetterKind.REMINDER, debtor, with_interest=True), SENDER, OVERDUE)
    assert more.open_cents > 11_370 and "Zinsen" in one_line(read(letters.stored(more)).shown)


def test_a_preview_keeps_and_books_nothing(session: scoped_session) -> None:
    claim = make_demanded(legal_basis=LegalBasis.PUBLIC)
    drawn = letters.draft(clerk(), claim, Order(LetterKind.REMINDER, claim.debtors[0].id), SENDER, MONDAY + 40 * DAY)
    shown = one_line(read(drawn).shown)
    assert "Vorschau – noch kein Brief" in shown and "noch offen 120,34 €" in shown
    assert (letter_count(), bookings.balance(claim).fees) == (0, 0)


def test_every_other_letter_goes_with_its_state(session: scoped_session) -> None:
    claim = make_demanded()
    boss = clerk()
    plans.agree(boss, claim, plans.in_rates(11_370, 4, MONDAY + 30 * DAY), MONDAY_9AM)
    assert "4. Rate" in one_line(read(letters.stored(make_letter(claim, LetterKind.INSTALMENTS))).shown)
    relief.defer(boss, claim, MONDAY + 90 * DAY, "Härte", MONDAY_9AM)
    assert "bis zum 14.02.2027" in one_line(read(letters.stored(make_letter(claim, LetterKind.DEFERRAL))).shown)
    relief.ask_waiver(boss, claim, "Härte", MONDAY_9AM)
    relief.waive(approver(), claim, MONDAY_9AM)
    shown = one_line(read(letters.stored(make_letter(claim, LetterKind.WAIVER))).shown)
    assert "erlassen den offenen Betrag von 113,70 €" in shown and "Härte" not in shown


def test_the_receipt_says_what_came_and_what_is_too_much(session: scoped_session) -> None:
    claim = make_demanded()
    payments.book(clerk(), claim, Money(BookingKind.PAYMENT, 12_000, MONDAY), MONDAY_9AM)
    shown = one_line(read(letters.stored(make_letter(claim, LetterKind.RECEIPT))).shown)
    assert "Wir haben 120,00 € erhalten" in shown and "6,30 € zu viel" in shown


def test_a_claim_that_is_put_aside_has_no_letter(session: scoped_session) -> None:
    claim = make_demanded()
    relief.suspend(clerk(), claim, "Aussichtslos", MONDAY_9AM)
    for kind in LetterKind:
        with pytest.raises(DomainError, match="niedergeschlagen"):
            make_letter(claim, kind)


def test_the_same_letter_twice_is_one_and_another_amount_is_another(session: scoped_session) -> None:
    claim = make_demanded()
    first = make_letter(claim, LetterKind.REMINDER, OVERDUE)
    assert make_letter(claim, LetterKind.REMINDER, OVERDUE).id == first.id
    payments.book(clerk(), claim, Money(BookingKind.PAYMENT, 1_000, MONDAY), MONDAY_9AM)
    with pytest.raises(DomainError, match="hat sich der Betrag geändert"):
        post(first, OVERDUE)
    second = make_letter(claim, LetterKind.REMINDER, OVERDUE)
    assert second.id != first.id and second.open_cents == 10_370
    with pytest.raises(DomainError, match="neueren Brief"):
        post(first, OVERDUE)


def test_sending_twice_changes_nothing(session: scoped_session) -> None:
    claim = make_ready()
    letter = make_letter(claim, LetterKind.HEARING)
    post(letter)
    entries = len(claim.entries)
    post(letter, MONDAY_9AM + DAY)
    db.session.refresh(claim)
    assert (letter.sent_at, len(claim.entries)) == (MONDAY_9AM, entries)


def test_a_letter_is_posted_on_a_day_that_can_be(session: scoped_session, subtests: pytest.Subtests) -> None:
    letter = make_letter(make_ready(), LetterKind.HEARING)
    days_of = {"frühestens an seinem Datum": (0, -1), "nicht in der Zukunft": (0, 1), "älter als eine Woche": (8, 8)}
    for sentence, (days, on) in days_of.items():
        with subtests.test(sentence), pytest.raises(DomainError, match=sentence):
            post(letter, MONDAY_9AM + days * DAY, MONDAY + on * DAY)


def test_joint_debtors_get_a_letter_each(session: scoped_session) -> None:
    claim = make_ready()
    make_debtor(claim, name="Robin Anders")
    db.session.refresh(claim)
    both = [make_letter(claim, LetterKind.HEARING, debtor=place) for place in (0, 1)]
    for letter in both:
        post(letter)
    assert [one.sent_at for one in both] == [MONDAY_9AM] * 2
    assert "Robin" not in read(letters.stored(both[0])).shown and "Robin Anders" in read(letters.stored(both[1])).shown


def test_a_joint_debtor_is_reminded_days_after_the_other_and_each_once(session: scoped_session) -> None:
    claim = make_demanded(legal_basis=LegalBasis.PUBLIC)
    make_debtor(claim, name="Robin Anders", heard_until=date(2026, 10, 15))
    db.session.refresh(claim)
    post(make_letter(claim, LetterKind.REMINDER, OVERDUE), OVERDUE)
    later = OVERDUE + 2 * DAY
    second = make_letter(claim, LetterKind.REMINDER, later, debtor=1)
    post(second, later)
    assert (claim.state_at, claim.due_on, bookings.balance(claim).fees) == (OVERDUE, second.until, 664)
    for debtor in (0, 1):
        with pytest.raises(DomainError, match="Vorher wird nicht gemahnt"):
            make_letter(claim, LetterKind.REMINDER, later, debtor=debtor)


def test_who_stands_in_after_the_hearing_is_offered_one_and_nobody_else(session: scoped_session) -> None:
    claim = make_ready()
    post(make_letter(claim, LetterKind.HEARING))
    assert letter_page.offers(claim, MONDAY) == []
    debtors.change(clerk(), claim, claim.debtors[0].id, person(claim.debtors[0], name="Robin Anders"), MONDAY_9AM)
    assert [offer.why_not for offer in letter_page.offers(claim, MONDAY)] == [""]
    post(make_letter(claim, LetterKind.HEARING))
    assert letter_page.offers(claim, MONDAY) == []


def test_what_changed_since_a_letter_was_written_keeps_it_from_being_sent(session: scoped_session) -> None:
    claim = make_demanded()
    plans.agree(clerk(), claim, plans.in_rates(11_370, 3, MONDAY + 30 * DAY), MONDAY_9AM)
    letter = make_letter(claim, LetterKind.INSTALMENTS)
    plans.agree(clerk(), claim, plans.in_rates(11_370, 4, MONDAY + 30 * DAY), MONDAY_9AM)
    with pytest.raises(DomainError, match="Bitte schreiben Sie ihn neu"):
        post(letter)
    post(make_letter(claim, LetterKind.INSTALMENTS))


def test_a_demand_of_an_earlier_approval_is_not_sent(session: scoped_session) -> None:
    claim = make_approved()
    letter = make_letter(claim, LetterKind.DEMAND)
    examining.record(clerk(), claim, Finding(claim.fault, claim.evidence_id, LegalBasis.PUBLIC), MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    claiming.approve(approver(), claim, MONDAY_9AM)
    with pytest.raises(DomainError, match="Bitte schreiben Sie ihn neu"):
        post(letter)


def test_a_letter_to_an_address_that_changed_is_not_sent(session: scoped_session) -> None:
    claim = make_approved()
    letter = make_letter(claim, LetterKind.DEMAND)
    claim.debtors[0].street = "Anderer Weg 7"
    with pytest.raises(DomainError, match="Bitte schreiben Sie ihn neu"):
        post(letter)


def test_a_debtor_of_another_claim_gets_no_letter_of_this_one(session: scoped_session) -> None:
    claim, other = make_ready(), make_ready()
    with pytest.raises(NotFound):
        letters.make(clerk(), claim, Order(LetterKind.HEARING, other.debtors[0].id), SENDER, MONDAY_9AM)


def test_only_who_works_on_claims_writes_and_sends(session: scoped_session, subtests: pytest.Subtests) -> None:
    letter = make_letter(make_ready(), LetterKind.HEARING)
    for role in (None, Role.ADMINISTRATOR, Role.SECOND_LEVEL, Role.AUDITOR):
        with subtests.test(f"{role}"):
            _neither_writes_nor_sends(actor_for(make_user(role)), letter)


def _neither_writes_nor_sends(stranger: Actor, letter: Letter) -> None:
    order = Order(letter.kind, letter.debtor_id or 0)
    for verb in (
        lambda: letters.make(stranger, letter.claim, order, SENDER, MONDAY_9AM),
        lambda: letters.draft(stranger, letter.claim, order, SENDER, MONDAY),
        lambda: letters.send(stranger, letter, Channel.POST, SENDER, MONDAY_9AM),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert letter.sent_at is None


def test_what_was_written_is_kept_to_the_byte_and_a_change_is_noticed(session: scoped_session) -> None:
    claim = make_ready()
    letter = make_letter(claim, LetterKind.HEARING)
    before = letters.stored(letter)
    claim.debtors[0].name = "Ganz Anders"
    db.session.commit()
    assert letters.stored(letter) == before and sha256(before).hexdigest() == letter.digest
    claim.debtors[0].name = "Kim Beispiel"
    letter.pdf = before.replace(b"%PDF-", b"%PDX-")
    db.session.commit()
    with pytest.raises(Conflict, match="nicht mehr der geschriebene"):
        letters.stored(letter)
    with pytest.raises(Conflict):
        post(letter)


def test_history_and_file_names_tell_no_name(session: scoped_session) -> None:
    claim = make_ready()
    letter = make_letter(claim, LetterKind.HEARING)
    post(letter)
    db.session.refresh(claim)
    told = " ".join(entry.text for entry in claim.entries) + letters.file_name(letter)
    assert "Kim" not in told and "Beispiel" not in told
    assert TITLES[LetterKind.HEARING] in told


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    before = app.config["SETTINGS"]
    with open_office() as office:
        app.config["SETTINGS"] = replace(before, mail_host="127.0.0.1", mail_port=office.port)
        yield office
    app.config["SETTINGS"] = before


def test_a_mail_carries_the_letter_to_the_byte(session: scoped_session, office: Office) -> None:
    claim = make_ready()
    claim.debtors[0].email = "kim@example.org"
    letter = make_letter(claim, LetterKind.HEARING)
    letters.send(clerk(), letter, Channel.MAIL, SENDER, MONDAY_9AM)
    db.session.commit()
    mail.deliver(mail_of(letter).id, lambda: MONDAY_9AM)
    (message,) = office.received
    (attached,) = list(message.iter_attachments())
    assert attached.get_content() == letters.stored(letter)
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == letters.file_name(letter)
    text = message.get_body(("plain",))
    assert text is not None and "Kim" not in text.get_content() + str(message["Subject"])
    assert (message["To"], letter.channel) == ("kim@example.org", Channel.MAIL)


def test_a_mail_whose_letter_is_gone_is_given_up(session: scoped_session, office: Office) -> None:
    claim = make_ready()
    claim.debtors[0].email = "kim@example.org"
    letter = make_letter(claim, LetterKind.HEARING)
    letters.send(clerk(), letter, Channel.MAIL, SENDER, MONDAY_9AM)
    letter.pdf = None
    db.session.commit()
    row = mail_of(letter)
    mail.deliver(row.id, lambda: MONDAY_9AM)
    session.refresh(row)
    assert row.failed_at == MONDAY_9AM and not office.received


def test_without_an_address_no_mail_goes(session: scoped_session) -> None:
    letter = make_letter(make_ready(), LetterKind.HEARING)
    with pytest.raises(DomainError, match="keine E-Mail-Adresse"):
        letters.send(clerk(), letter, Channel.MAIL, SENDER, MONDAY_9AM)
