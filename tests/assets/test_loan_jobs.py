"""Reminding once before and once after the day, and forgetting who had what."""

from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets import jobs, loan_list, loan_notices
from itsm.assets.models import Acknowledgement, Condition, Loan
from itsm.assets.service import loans
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.mail import compose
from itsm.core.outbox import Mail
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school

pytestmark = pytest.mark.usefixtures("session")

DAY = timedelta(days=1)


def morning(day: date) -> datetime:
    return clock.at_local(day, time(7))


def lend(school: School, **more: object) -> Loan:
    return make_loan(make_device(school), **({"due_on": MONDAY, "holder_email": "eltern@example.org"} | more))


def mails(template: str) -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).where(Mail.template == template).order_by(Mail.id)))


@pytest.mark.parametrize(
    "due_on",
    [
        MONDAY,
        # The nights in which the clock is changed: days are days all the same.
        date(2026, 10, 25),
        date(2026, 10, 28),
        date(2027, 3, 28),
        date(2027, 3, 31),
    ],
)
def test_a_loan_is_reminded_of_once_before_and_once_after_its_day(due_on: date) -> None:
    loan = lend(make_school(), due_on=due_on)
    counts = [
        jobs.remind_loans(morning(due_on + days * DAY) + timedelta(minutes=minutes))
        for days in range(-5, 8)
        for minutes in (0, 1)
    ]
    reminded = [index // 2 - 5 for index, count in enumerate(counts) if count]
    assert (reminded, sum(counts)) == ([-3, 3], 2)
    assert loan.reminded_at == morning(due_on + 3 * DAY)
    assert len(mails("loan-reminder")[0].items) == len(mails("loan-reminder")[-1].items)


def test_a_loan_made_after_the_first_reminder_was_due_is_reminded_of_all_the_same() -> None:
    lend(make_school())
    assert [jobs.remind_loans(morning(MONDAY)), jobs.remind_loans(morning(MONDAY + 3 * DAY))] == [1, 1]


@pytest.mark.parametrize(
    "more",
    [
        {"due_on": None},
        {"given_up_at": MONDAY_9AM},
        {"returned_at": MONDAY_9AM, "condition": Condition.GOOD},
    ],
)
def test_what_is_open_back_or_given_up_is_not_reminded_of(more: dict[str, object]) -> None:
    lend(make_school(), **more)
    assert jobs.remind_loans(morning(MONDAY + 30 * DAY)) == 0


def test_the_school_gets_one_list_and_no_name_leaves_by_mail() -> None:
    school = make_school()
    lead = make_user(Role.MEDIA_COORDINATOR, school_id=school.id)
    make_user(Role.HEAD_OF_SCHOOL, school_id=school.id)
    first, second = lend(school), lend(school, holder_email="")
    assert jobs.remind_loans(morning(MONDAY + 3 * DAY)) == 2
    (listed,), (reminded,) = mails("loan-list"), mails("loan-reminder")
    assert (listed.to_address, reminded.to_address) == (lead.email, "eltern@example.org")
    text = compose(listed).as_string() + compose(reminded).as_string()
    assert first.device.tag in text
    assert second.device.tag in text
    assert "Kim" not in text


def test_without_a_coordinator_the_head_gets_the_list() -> None:
    school = make_school()
    head = make_user(Role.HEAD_OF_SCHOOL, school_id=school.id)
    lend(school)
    jobs.remind_loans(morning(MONDAY))
    assert [mail.to_address for mail in mails("loan-list")] == [head.email]


def test_staff_are_reminded_at_their_own_address() -> None:
    person = make_user()
    lend(make_school(), holder_email="", user_id=person.id)
    jobs.remind_loans(morning(MONDAY))
    assert [mail.to_address for mail in mails("loan-reminder")] == [person.email]


def test_a_return_is_forgotten_after_the_time_and_not_a_second_before() -> None:
    back = {"returned_at": MONDAY_9AM, "condition": Condition.GOOD, "condition_note": "von Kim zerkratzt"}
    loan = lend(make_school(), signature="M1 1", user_id=make_user().id, **back)
    over = MONDAY_9AM + 190 * DAY
    assert [jobs.anonymise_loans(at) for at in (over, over + timedelta(seconds=1), over + DAY)] == [0, 1, 0]
    left = (loan.holder_name, loan.holder_group, loan.holder_email, loan.signature, loan.condition_note, loan.user_id)
    assert left == ("", "", "", "", "", None)
    assert loan.anonymised_at == over + timedelta(seconds=1)
    assert loan.returned_at == MONDAY_9AM


def test_an_open_loan_is_never_forgotten() -> None:
    lend(make_school(), given_up_at=MONDAY_9AM)
    assert jobs.anonymise_loans(MONDAY_9AM + 5000 * DAY) == 0


def test_nothing_is_left_in_search_or_mail(session: scoped_session) -> None:
    school = make_school()
    lead = actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    loan = lend(school)
    loans.acknowledge(lead, loan, Acknowledgement.LINK, MONDAY_9AM)
    jobs.remind_loans(morning(MONDAY))
    loans.take_back(lead, loan, Condition.GOOD, MONDAY_9AM)
    assert loan_list.page(lead, "zurueck", "kim", 1, MONDAY).loans == [loan]
    assert mails("loan-link")
    assert mails("loan-reminder")
    jobs.anonymise_loans(MONDAY_9AM + 191 * DAY)
    assert not mails("loan-link")
    assert not mails("loan-reminder")
    assert not loan_list.page(lead, "zurueck", "kim", 1, MONDAY).loans
    assert loan_list.page(lead, "zurueck", loan.device.tag, 1, MONDAY).loans == [loan]


def test_every_mail_about_loans_can_be_written() -> None:
    school = make_school()
    make_user(Role.HEAD_OF_SCHOOL, school_id=school.id)
    loan = lend(school, accessories="Hülle")
    loan_notices.link(loan, "nonce", MONDAY_9AM)
    jobs.remind_loans(morning(MONDAY + 3 * DAY))
    texts = {mail.template: compose(mail).as_string() for mail in db.session.scalars(sa.select(Mail))}
    assert texts.keys() == {"loan-link", "loan-reminder", "loan-list"}
    assert "/leihe/" in texts["loan-link"]
    assert "nonce" not in texts["loan-link"]
