"""Handing out, confirming, taking back, giving up: what each does to the loan, the device and its history."""

from datetime import date, timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets import loan_links, queries
from itsm.assets.models import Acknowledgement, Condition, Device, HolderKind, LoanTerms
from itsm.assets.service import devices, loan_batches, loan_terms, loans
from itsm.assets.service.loan_batches import Entry
from itsm.assets.service.loans import Holder
from itsm.assets.signatures import is_signature
from itsm.assets.states import State
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.outbox import Mail
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school

pytestmark = pytest.mark.usefixtures("session")

KIM = Holder(HolderKind.PUPIL, "Kim Beispiel", "7b", "eltern@example.org")
SIGNED = "M10 100" + "".join(f" L{x} 90" for x in range(20, 120, 10))
DAY = timedelta(days=1)


class Counter(NamedTuple):
    """A school and who hands devices out there."""

    school: School
    lead: Actor


@pytest.fixture
def counter(session: scoped_session) -> Counter:
    school = make_school()
    return Counter(school, actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id)))


def history(device: Device) -> list[str]:
    return [change.what for change in queries.history_of(device)]


def test_a_hand_out_lends_the_device_and_keeps_the_terms(counter: Counter) -> None:
    device = make_device(counter.school)
    loan = loans.hand_out(counter.lead, device, KIM, MONDAY, MONDAY_9AM, "Hülle")
    assert (device.state, history(device)) == (State.LENT, ["lend"])
    assert (loan.holder_name, loan.holder_group, loan.accessories) == ("Kim Beispiel", "7b", "Hülle")
    assert loan.terms is not None
    assert loan.terms.text == loan_terms.FIRST_TEXT
    assert loan.handed_out_by_id == counter.lead.user_id


@pytest.mark.parametrize("role", [Role.REPORTER, Role.CAMPUS_MANAGER, Role.SECOND_LEVEL, Role.ADMINISTRATOR])
def test_only_who_leads_the_school_hands_out_takes_back_and_gives_up(counter: Counter, role: Role) -> None:
    device = make_device(counter.school)
    where = {"school_id": counter.school.id} if role is Role.REPORTER else {}
    where |= {"district_id": counter.school.district_id} if role is Role.CAMPUS_MANAGER else {}
    other = actor_for(make_user(role, **where))
    with pytest.raises(NotAllowed):
        loans.hand_out(other, device, KIM, None, MONDAY_9AM)
    loan = loans.hand_out(counter.lead, device, KIM, None, MONDAY_9AM)
    for refused in (
        lambda: loans.take_back(other, loan, Condition.GOOD, MONDAY_9AM),
        lambda: loans.give_up(other, loan, MONDAY_9AM),
        lambda: loans.acknowledge(other, loan, Acknowledgement.PAPER, MONDAY_9AM),
        lambda: loans.correct(other, loan, KIM, None, MONDAY_9AM),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_device_somebody_has_is_not_handed_out_again(counter: Counter) -> None:
    device = make_device(counter.school)
    loans.hand_out(counter.lead, device, KIM, None, MONDAY_9AM)
    with pytest.raises(Conflict, match="schon ausgegeben"):
        loans.hand_out(counter.lead, device, KIM, None, MONDAY_9AM)


@pytest.mark.parametrize("state", [state for state in State if state not in loans.READY])
def test_only_a_device_at_hand_is_handed_out(counter: Counter, state: State) -> None:
    device = make_device(counter.school, state=state)
    with pytest.raises(DomainError):
        loans.hand_out(counter.lead, device, KIM, None, MONDAY_9AM)


@pytest.mark.parametrize(("due_on", "good"), [(MONDAY, True), (MONDAY - DAY, False), (None, True)])
def test_the_day_of_return_is_today_or_later(counter: Counter, due_on: date | None, good: bool) -> None:
    device = make_device(counter.school)
    if good:
        assert loans.hand_out(counter.lead, device, KIM, due_on, MONDAY_9AM).due_on == due_on
    else:
        with pytest.raises(DomainError, match="Rückgabetag ist vorbei"):
            loans.hand_out(counter.lead, device, KIM, due_on, MONDAY_9AM)


@pytest.mark.parametrize(
    ("before", "condition", "after"),
    [
        (State.LENT, Condition.GOOD, State.IN_USE),
        (State.LENT, Condition.WORN, State.IN_USE),
        (State.LENT, Condition.INCOMPLETE, State.IN_USE),
        (State.LENT, Condition.DAMAGED, State.DAMAGED),
        (State.STOLEN, Condition.GOOD, State.IN_USE),
        (State.STOLEN, Condition.DAMAGED, State.DAMAGED),
        (State.LOST, Condition.GOOD, State.IN_USE),
        # The support has it meanwhile: the loan ends, the device stays where it is.
        (State.IN_REPAIR, Condition.GOOD, State.IN_REPAIR),
        (State.IN_REPAIR, Condition.DAMAGED, State.IN_REPAIR),
        (State.DAMAGED, Condition.DAMAGED, State.DAMAGED),
        (State.IN_USE, Condition.DAMAGED, State.DAMAGED),
    ],
)
def test_what_a_return_makes_of_the_device(counter: Counter, before: State, condition: Condition, after: State) -> None:
    device = make_device(counter.school)
    loan = make_loan(device)
    device.state = before
    loans.take_back(counter.lead, loan, condition, MONDAY_9AM, "Ecke ab")
    assert device.state is after
    assert (loan.condition, loan.condition_note, loan.returned_to_id) == (condition, "Ecke ab", counter.lead.user_id)
    with pytest.raises(Conflict, match="schon zurückgegeben"):
        loans.take_back(counter.lead, loan, condition, MONDAY_9AM)


def test_a_device_not_returned_counts_as_stolen_and_may_still_come_back(counter: Counter) -> None:
    device = make_device(counter.school)
    loan = make_loan(device)
    loans.give_up(counter.lead, loan, MONDAY_9AM)
    assert (device.state, loan.given_up_at, loan.returned_at) == (State.STOLEN, MONDAY_9AM, None)
    with pytest.raises(Conflict):
        loans.give_up(counter.lead, loan, MONDAY_9AM)
    loans.take_back(counter.lead, loan, Condition.GOOD, MONDAY_9AM + DAY)
    assert device.state is State.IN_USE
    assert history(device) == ["steal", "find", "put-in-use"]


def test_the_history_never_holds_a_name(counter: Counter) -> None:
    device = make_device(counter.school)
    for condition in Condition:
        device.state = State.IN_USE
        loan = loans.hand_out(counter.lead, device, KIM, None, MONDAY_9AM, "Hülle für Kim")
        loans.give_up(counter.lead, loan, MONDAY_9AM)
        loans.take_back(counter.lead, loan, condition, MONDAY_9AM, "Kim hat es fallen lassen")
    lines = [f"{change.text} {change.before} {change.after}" for change in queries.history_of(device)]
    assert lines
    assert not [line for line in lines if "Kim" in line or "7b" in line or "example" in line]


def test_a_signature_is_kept_and_paper_needs_none(counter: Counter) -> None:
    signed, on_paper = (make_loan(make_device(counter.school)) for _ in range(2))
    loans.acknowledge(counter.lead, signed, Acknowledgement.SIGNATURE, MONDAY_9AM, SIGNED)
    loans.acknowledge(counter.lead, on_paper, Acknowledgement.PAPER, MONDAY_9AM, SIGNED)
    assert (signed.signature, signed.acknowledged_by) == (SIGNED, Acknowledgement.SIGNATURE)
    assert (on_paper.signature, on_paper.acknowledged_by) == ("", Acknowledgement.PAPER)
    with pytest.raises(Conflict):
        loans.acknowledge(counter.lead, signed, Acknowledgement.PAPER, MONDAY_9AM)


@pytest.mark.parametrize(
    ("path", "good"),
    [
        (SIGNED, True),
        (SIGNED.replace("L40", "M40"), True),
        ("", False),
        ("M1 1 L2 2", False),
        (SIGNED[1:], False),
        (SIGNED + " Z", False),
        (SIGNED + " L601 1", False),
        (SIGNED + " L1 201", False),
        (SIGNED + " L-1 1", False),
        (SIGNED + "\nL1 1", False),
        (SIGNED + '"><script>', False),
        (SIGNED + " L١ ١", False),
        (SIGNED + " L1 1" * 5000, False),
    ],
)
def test_a_signature_is_strokes_and_nothing_else(path: str, good: bool) -> None:
    assert is_signature(path) is good


def test_the_link_of_the_mail_confirms_once(counter: Counter) -> None:
    loan = loans.hand_out(counter.lead, make_device(counter.school), KIM, None, MONDAY_9AM)
    loans.acknowledge(counter.lead, loan, Acknowledgement.LINK, MONDAY_9AM)
    token = loan_links.token_of(_mails()[0].items[-1]["nonce"])
    assert loan.token_hash not in (None, token)
    with pytest.raises(NotFound):
        loans.confirm(token + "x", MONDAY_9AM)
    assert loans.confirm(token, MONDAY_9AM).acknowledged_by is Acknowledgement.LINK
    with pytest.raises(Conflict, match="schon bestätigt"):
        loans.confirm(token, MONDAY_9AM + DAY)
    assert loan.acknowledged_at == MONDAY_9AM
    loans.take_back(counter.lead, loan, Condition.GOOD, MONDAY_9AM)
    with pytest.raises(NotFound):
        loan_links.find(token)


def test_a_new_link_ends_the_one_before(counter: Counter) -> None:
    loan = make_loan(make_device(counter.school))
    first, second = (loan_links.token_of(loan_links.make(loan)) for _ in range(2))
    with pytest.raises(NotFound):
        loan_links.find(first)
    assert loan_links.find(second) is loan


def test_a_link_needs_an_address_and_the_mail_holds_no_name(counter: Counter) -> None:
    loan = make_loan(make_device(counter.school))
    with pytest.raises(DomainError, match="E-Mail-Adresse"):
        loans.acknowledge(counter.lead, loan, Acknowledgement.LINK, MONDAY_9AM)
    loan.holder_email = "eltern@example.org"
    loans.acknowledge(counter.lead, loan, Acknowledgement.LINK, MONDAY_9AM)
    (mail,) = _mails()
    assert "Kim" not in f"{mail.subject} {mail.items} {mail.to_name}"


def test_a_whole_class_is_handed_out_or_nothing(counter: Counter) -> None:
    devices_ = [make_device(counter.school) for _ in range(3)]
    like = Holder(HolderKind.PUPIL, "", "7b")
    lines = [Entry(device.tag, f"Kind {number}") for number, device in enumerate(devices_)]
    wrong = [*lines, Entry("GIBT-ES-NICHT", "Kind 4"), Entry(devices_[0].tag, "Kind 5")]
    with pytest.raises(DomainError, match=r"Zeile 4: .*gibt es.*Zeile 5: .*schon ausgegeben"):
        loan_batches.hand_out(counter.lead, wrong, like, MONDAY, MONDAY_9AM)


def test_a_class_list_mails_the_link_to_those_with_an_address(counter: Counter) -> None:
    first, second = make_device(counter.school), make_device(counter.school)
    lines = [Entry(first.tag, "Kim", "a@example.org"), Entry(second.tag, "Noa")]
    assert loan_batches.hand_out(counter.lead, lines, Holder(HolderKind.PUPIL, "", "7b"), MONDAY, MONDAY_9AM) == 2
    assert [mail.to_address for mail in _mails()] == ["a@example.org"]
    assert loan_batches.take_back(counter.lead, [first.tag, second.serial or ""], Condition.GOOD, MONDAY_9AM) == 2
    with pytest.raises(DomainError, match=r"Zeile 1: .* ist nicht ausgegeben"):
        loan_batches.take_back(counter.lead, [first.tag], Condition.GOOD, MONDAY_9AM)


def test_a_device_of_a_foreign_school_is_unknown_at_the_counter(counter: Counter) -> None:
    foreign = make_loan(make_device())
    with pytest.raises(DomainError, match="gibt es im Bestand Ihrer Schule nicht"):
        loan_batches.open_loan(counter.lead, foreign.device.tag)


def test_a_correction_keeps_the_account_of_the_name_and_reminds_of_a_new_day(counter: Counter) -> None:
    person = make_user()
    loan = make_loan(make_device(counter.school), due_on=MONDAY, reminded_at=MONDAY_9AM, user_id=person.id)
    loans.correct(counter.lead, loan, KIM, MONDAY, MONDAY_9AM)
    assert loan.user is person
    noa = Holder(HolderKind.PUPIL, "Noa Beispiel")
    loans.correct(counter.lead, loan, noa, MONDAY, MONDAY_9AM)
    assert (loan.holder_name, loan.holder_group, loan.reminded_at) == ("Noa Beispiel", "", MONDAY_9AM)
    assert loan.user is None
    loans.correct(counter.lead, loan, noa, MONDAY + DAY, MONDAY_9AM)
    assert (loan.due_on, loan.reminded_at) == (MONDAY + DAY, None)


def test_the_terms_of_a_school_beat_those_of_the_city_and_a_loan_keeps_its_own(counter: Counter) -> None:
    support = actor_for(make_user(Role.SECOND_LEVEL))
    before = loans.hand_out(counter.lead, make_device(counter.school), KIM, None, MONDAY_9AM)
    later = MONDAY_9AM + 7 * DAY
    loan_terms.set_terms(counter.lead, counter.school, "Unsere", MONDAY + 3 * DAY, MONDAY_9AM)
    loan_terms.set_terms(support, None, "Stadt neu", MONDAY + 5 * DAY, MONDAY_9AM)
    after = loans.hand_out(counter.lead, make_device(counter.school), KIM, None, later)
    assert before.terms is not None
    assert after.terms is not None
    assert (before.terms.text, after.terms.text) == (loan_terms.FIRST_TEXT, "Unsere")
    assert loan_terms.kept(make_school(), MONDAY + 5 * DAY).text == "Stadt neu"
    assert loan_terms.kept(make_school(), MONDAY + 4 * DAY).text == loan_terms.FIRST_TEXT


def test_terms_somebody_has_agreed_to_stay_as_they_are(counter: Counter) -> None:
    terms = loan_terms.set_terms(counter.lead, counter.school, "Erste", MONDAY, MONDAY_9AM)
    assert loan_terms.set_terms(counter.lead, counter.school, "Zweite", MONDAY, MONDAY_9AM) is terms
    loans.hand_out(counter.lead, make_device(counter.school), KIM, None, MONDAY_9AM)
    with pytest.raises(DomainError, match="späteren Tag"):
        loan_terms.set_terms(counter.lead, counter.school, "Dritte", MONDAY, MONDAY_9AM)
    with pytest.raises(DomainError, match="vorbei"):
        loan_terms.set_terms(counter.lead, counter.school, "Dritte", MONDAY - DAY, MONDAY_9AM)


def test_who_may_set_which_terms(counter: Counter) -> None:
    manager = actor_for(make_user(Role.CAMPUS_MANAGER, district_id=counter.school.district_id))
    for actor, school in ((counter.lead, None), (manager, None), (manager, counter.school), (SYSTEM, counter.school)):
        with pytest.raises(NotAllowed):
            loan_terms.set_terms(actor, school, "x", MONDAY, MONDAY_9AM)


def test_the_first_terms_are_written_once(counter: Counter, session: scoped_session) -> None:
    for _ in range(2):
        loans.hand_out(counter.lead, make_device(counter.school), KIM, None, MONDAY_9AM)
    assert session.scalar(sa.select(sa.func.count()).select_from(LoanTerms)) == 1


def _mails() -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).order_by(Mail.id)))


def test_a_device_that_was_moved_keeps_its_holder_from_the_new_school(counter: Counter) -> None:
    device = make_device(counter.school)
    loan = make_loan(device)
    new_school = make_school()
    devices.apply(SYSTEM, device, {"school_id": new_school.id}, MONDAY_9AM, "give")
    assert loan.school_id == counter.school.id
    new_lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=new_school.id))
    with pytest.raises(NotAllowed):
        loans.take_back(new_lead, loan, Condition.GOOD, MONDAY_9AM)
