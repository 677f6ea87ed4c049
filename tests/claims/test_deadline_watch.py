"""Warnings before a claim is barred: each mark once, and nothing lost by a stop."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.claims.models import Claim, ClaimEntry
from itsm.claims.service import claiming, deadline_watch, relief
from itsm.core.access import Role
from itsm.core.outbox import Mail
from tests.claims.factories import make_claim, make_debtor, make_examined
from tests.claims.steps import clerk
from tests.people import MONDAY_9AM, make_user

# Half a year after this day it is the end of February: the short month.
RETURNED_ON = date(2026, 8, 31)
ENDS_ON = date(2027, 2, 28)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


@pytest.fixture
def claim(session: scoped_session) -> Claim:
    case = make_examined()
    case.returned_on = RETURNED_ON
    claim = make_claim(case)
    make_debtor(claim, name="Kim Geheim")
    make_user(Role.CLAIMS_CLERK)
    return claim


def warned(claim: Claim, session: scoped_session) -> int:
    entries = sa.select(sa.func.count()).where(ClaimEntry.claim_id == claim.id, ClaimEntry.what == "limitation-warning")
    return session.scalar(entries) or 0


@pytest.mark.parametrize("mark", [60, 30, 7])
def test_warns_on_the_day_of_each_mark_and_not_the_day_before(claim: Claim, mark: int) -> None:
    before = {60: 0, 30: 1, 7: 1}[mark]
    day = ENDS_ON - timedelta(days=mark)
    assert [deadline_watch.warn(at(day - timedelta(days=1))), deadline_watch.warn(at(day))] == [before, 1]
    assert deadline_watch.warn(at(day)) == 0


def test_warns_three_times_in_all_and_once_more_for_none_of_them(claim: Claim, session: scoped_session) -> None:
    days = [ENDS_ON - timedelta(days=left) for left in (61, 60, 59, 31, 30, 29, 8, 7, 6, 0, -1, -30)]
    assert sum(deadline_watch.warn(at(day)) for day in days) == 3
    assert warned(claim, session) == 3


def test_a_stop_of_weeks_is_made_up_for_by_one_warning(claim: Claim) -> None:
    assert [deadline_watch.warn(at(ENDS_ON - timedelta(days=5))) for _ in range(2)] == [1, 0]


def test_days_of_negotiation_move_the_end_and_its_marks(claim: Claim) -> None:
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=60))) == 1
    relief.set_limitation(clerk(), claim, 40, is_at_court=False, at=MONDAY_9AM)
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=60))) == 0
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=20))) == 1


def test_a_court_holds_it_and_a_dropped_claim_is_not_watched(claim: Claim) -> None:
    relief.set_limitation(clerk(), claim, 0, is_at_court=True, at=MONDAY_9AM)
    assert deadline_watch.warn(at(ENDS_ON)) == 0
    relief.set_limitation(clerk(), claim, 0, is_at_court=False, at=MONDAY_9AM)
    claiming.drop(clerk(), claim, "Nicht zu beweisen.", MONDAY_9AM)
    assert deadline_watch.warn(at(ENDS_ON)) == 0


def test_the_mail_names_the_claim_and_nobody(claim: Claim, session: scoped_session) -> None:
    deadline_watch.warn(at(ENDS_ON - timedelta(days=30)))
    mails = session.scalars(sa.select(Mail).where(Mail.template == "claims-limitation")).all()
    assert mails
    assert all(claim.number in str(mail.items) and "Geheim" not in str(mail.items) for mail in mails)
