"""Letters in one round: a few at once, many by the worker, each once, and none that is not due any more."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.claims import letter_queries, letter_run
from itsm.claims.kinds import Kind
from itsm.claims.models import Booking, BookingKind, Claim, Fault, LegalBasis, Letter, LetterKind, LetterRound
from itsm.claims.service import finding, letter_rounds, letters
from itsm.claims.service.letters import Order
from itsm.claims.states import ClaimState
from itsm.config import Sender
from itsm.config import read as read_settings
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, NotAllowed
from itsm.worker import make_worker
from tests.claims.factories import make_claim, make_debtor, make_examined, make_paper, make_valuation
from tests.claims.money import make_owed, pay
from tests.claims.paper import one_line, read
from tests.claims.steps import clerk, make_ready
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.saving import at_once

pytestmark = pytest.mark.usefixtures("session")

SENDER = read_settings({}).sender
KEY, OTHER_KEY = "0123456789abcdef", "fedcba9876543210"
DAY = timedelta(days=1)
HOSTILE = '#read("/etc/passwd") <b>fett</b> $x^2$'


def hearings(*claims: Claim) -> list[tuple[Claim, Order]]:
    """Return an order for every debtor of these claims."""
    return [(claim, Order(LetterKind.HEARING, debtor.id)) for claim in claims for debtor in claim.debtors]


def ask(*claims: Claim, key: str = KEY, by: Actor | None = None) -> LetterRound:
    found = letter_rounds.ask(by or clerk(), key, hearings(*claims), SENDER, MONDAY_9AM)
    db.session.commit()
    return found


@at_once()
def make_waiting(*claims: Claim, kind: LetterKind = LetterKind.HEARING, by: Actor | None = None) -> LetterRound:
    """Make a round the worker has not begun with."""
    orders = [(claim.id, debtor.id, kind.value) for claim in claims for debtor in claim.debtors]
    asked_by = (by or clerk()).user_id
    found = LetterRound(key=KEY, asked_by_id=asked_by, asked_at=MONDAY_9AM, orders=orders, is_running=True)
    db.session.add(found)
    db.session.commit()
    return found


@at_once()
def make_joint(debtors: int) -> Claim:
    """Make a claim whose hearing goes to so many people."""
    claim = make_ready()
    for _ in range(debtors - 1):
        make_debtor(claim)
    db.session.refresh(claim)
    return claim


def work(at=MONDAY_9AM) -> LetterRound:
    """Let the worker do what is left."""
    letter_rounds.run(KEY, SENDER, lambda: at)
    return letter_queries.held_round(KEY)


def post(key: str = KEY, at=MONDAY_9AM) -> LetterRound:
    found = letter_rounds.post(clerk(), key, MONDAY, SENDER, at)
    db.session.commit()
    return found


def written(key: str = KEY) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.run == key).order_by(Letter.id)))


def jobs() -> list[dict[str, str]]:
    asked = sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'letter-round'")
    return list(db.session.scalars(asked))


def test_a_few_letters_are_there_at_once() -> None:
    found = ask(make_ready(), make_ready())
    assert (found.written, found.is_running, found.left_out) == (2, False, [])
    assert len(written()) == 2 and jobs() == []


def test_many_letters_are_left_to_the_worker_and_go_on_where_a_dead_one_stopped() -> None:
    count = letter_rounds.PORTION + 1
    found = ask(make_joint(count))
    assert (found.is_running, written(), jobs()) == (True, [], [{"key": KEY}])
    moments = iter([MONDAY_9AM])
    with pytest.raises(StopIteration):
        letter_rounds.run(KEY, SENDER, lambda: next(moments))
    assert (found.written, found.is_running) == (letter_rounds.PORTION, True)
    assert letter_run.progress(found).words == f"{letter_rounds.PORTION} von {count} geschrieben"
    assert work().is_written and not found.is_running
    assert len(written()) == len({letter.debtor_id for letter in written()}) == count
    assert len({letter.digest for letter in written()}) == 1  # they all say the same to the same name


def test_a_portion_that_breaks_off_leaves_nothing_behind_and_is_done_anew() -> None:
    claims = [make_ready(), make_ready()]
    make_waiting(*claims)
    broken: Sender = None  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        letter_rounds.run(KEY, broken, lambda: MONDAY_9AM)
    assert written() == [] and letter_queries.held_round(KEY).written == 0
    assert work().is_written and len(written()) == 2


def test_the_task_of_the_worker_writes_a_round_and_once_more_changes_nothing(app: Flask) -> None:
    make_waiting(make_ready())
    task = make_worker(app).tasks["letter-round"]
    for _ in range(2):
        task(key=KEY)
    assert len(written()) == 1 and not letter_queries.held_round(KEY).is_running


def test_a_round_the_worker_gave_up_is_handed_over_again_and_one_at_its_end_is_not() -> None:
    make_waiting(make_ready())
    assert [letter_rounds.resume(MONDAY_9AM) for _ in range(2)] == [1, 0]  # it waits in the queue already
    work()
    assert letter_rounds.resume(MONDAY_9AM) == 0 and len(jobs()) == 1


def test_the_same_form_twice_is_one_round_and_other_letters_with_its_key_are_refused() -> None:
    claim, other = make_ready(), make_ready()
    for _ in range(2):
        ask(claim)
    assert len(written()) == 1
    with pytest.raises(Conflict, match="mit anderen Briefen abgeschickt"):
        ask(claim, other)


def test_two_clerks_write_the_same_letters_once_and_the_first_learns_where_they_are() -> None:
    claims = [make_ready(), make_ready()]
    first = ask(*claims)
    ask(claims[0], key=OTHER_KEY)
    assert (len(written()), len(written(OTHER_KEY))) == (1, 1)
    assert letter_run.taken_over(first, written()) == 1
    for key in (OTHER_KEY, KEY):
        post(key)
    assert all(claim.state is ClaimState.HEARING for claim in claims)
    assert len(db.session.scalars(sa.select(Letter)).all()) == 2


def test_a_claim_paid_while_the_round_waits_gets_no_reminder_and_no_fee() -> None:
    late = [make_owed(due_on=date(2026, 11, 2), legal_basis=LegalBasis.PUBLIC) for _ in range(2)]
    make_waiting(*late, kind=LetterKind.REMINDER)
    pay(late[0], 11_370)
    found = work()
    post()
    assert [letter.claim_id for letter in written()] == [late[1].id]
    assert [claim_id for claim_id, _ in found.left_out] == [late[0].id]
    assert "passt nicht zum Stand „bezahlt“" in found.left_out[0][1]
    fees = db.session.scalars(sa.select(Booking.claim_id).where(Booking.kind == BookingKind.FEE)).all()
    assert fees == [late[1].id]


def test_a_claim_paid_after_its_reminder_was_written_is_not_taken_down_as_reminded() -> None:
    late = [make_owed(due_on=date(2026, 11, 2)) for _ in range(2)]
    make_waiting(*late, kind=LetterKind.REMINDER)
    work()
    pay(late[0], 11_370)
    found = post()
    assert [claim_id for claim_id, _ in found.not_posted] == [late[0].id]
    assert (late[0].state, late[1].state) == (ClaimState.PAID, ClaimState.DUNNED)
    assert [letter.sent_at is None for letter in written()] == [True, False]


def test_a_device_found_while_the_round_waits_is_asked_for_nothing() -> None:
    case = make_examined(kind=Kind.THEFT)
    make_valuation(case)
    claim = make_claim(case, fault=Fault.GROSS, evidence_id=make_paper(case).id)
    make_debtor(claim)
    db.session.refresh(claim)
    make_waiting(claim)
    finding.found(clerk(), case, MONDAY, MONDAY_9AM)
    db.session.commit()
    found = work()
    assert written() == [] and "passt nicht zum Stand" in found.left_out[0][1]


def test_what_is_missing_is_said_and_holds_nobody_up() -> None:
    claims = [make_ready(), make_ready()]
    make_waiting(*claims)
    claims[0].debtors[0].street = ""
    db.session.commit()
    found = work()
    assert found.left_out == [[claims[0].id, "Zum Brief fehlt: die Straße. Bitte ergänzen Sie das."]]
    assert [letter.claim_id for letter in written()] == [claims[1].id]


def test_who_lost_the_right_writes_no_more() -> None:
    make_waiting(make_ready(), by=actor_for(make_user(Role.AUDITOR)))
    found = work()
    assert (found.is_running, written(), letter_run.taken_over(found, [])) == (False, [], 0)
    assert "Schadensbearbeitung" in found.left_out[0][1]


def test_nothing_is_posted_while_letters_are_written() -> None:
    make_waiting(make_ready())
    with pytest.raises(Conflict, match="noch geschrieben"):
        post()


def test_many_letters_are_posted_by_the_worker_each_once() -> None:
    count = letter_rounds.AT_ONCE + 1
    claim = make_joint(count)
    ask(claim)
    work()
    found = post()
    assert (found.is_running, letter_run.progress(found).words) == (True, f"0 von {count} als versandt eingetragen")
    post()  # a second tap changes nothing
    assert not work().is_running and not found.not_posted
    assert all(letter.sent_at for letter in written()) and claim.state is ClaimState.HEARING
    entries = len(claim.entries)
    post()
    db.session.refresh(claim)
    assert len(claim.entries) == entries


def test_whatever_somebody_typed_stands_as_text_in_the_paper_of_a_round() -> None:
    claim = make_ready()
    claim.debtors[0].name = claim.debtors[0].street = HOSTILE
    db.session.commit()
    ask(claim)
    shown = one_line(read(letters.together(written(), "Briefe")).shown)
    assert shown.count(HOSTILE) == 3 and "root:" not in shown


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_who_works_on_claims_begins_a_round_or_posts_it(role: Role | None) -> None:
    claim, stranger = make_ready(), actor_for(make_user(role))
    with pytest.raises(NotAllowed):
        ask(claim, by=stranger)
    ask(claim)
    with pytest.raises(NotAllowed):
        letter_rounds.post(stranger, KEY, MONDAY, SENDER, MONDAY_9AM)
