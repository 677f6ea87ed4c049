"""The timed jobs of claims on odd nights: each due moment once, and nothing twice, whatever breaks in between."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.claims.jobs import JOBS
from itsm.claims.models import Claim
from itsm.claims.service import overdue
from itsm.core import timed
from itsm.core.jobs import JobRun
from itsm.core.outbox import Mail
from tests.claims.money import make_owed
from tests.claims.steps import clerk
from tests.people import MONDAY_9AM

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
DAILY = tuple(job for job in JOBS if "hour" in job.cron)
TELL = next(job for job in JOBS if job.name == "tell-overdue")


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize("day", [noon(2026, 3, 28), noon(2026, 10, 24), noon(2028, 2, 28), noon(2026, 12, 31)])
def test_each_daily_job_is_due_once_a_day_on_odd_nights_too(session: scoped_session, day: datetime) -> None:
    timed.enqueue_due(DAILY, day)
    looks = [timed.enqueue_due(DAILY, day + hours * HOUR) for hours in range(1, 49, 3)]
    assert Counter(name for look in looks for name in look) == {job.name: 2 for job in DAILY}


def test_after_forty_days_each_daily_job_is_caught_up_once(session: scoped_session) -> None:
    timed.enqueue_due(DAILY, MONDAY_9AM)
    looks = [timed.enqueue_due(DAILY, MONDAY_9AM + 40 * DAY + minutes * HOUR) for minutes in range(3)]
    assert [len(look) for look in looks] == [len(DAILY), 0, 0]


@pytest.mark.parametrize(
    ("due_on", "first"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 2, 29, 23, tzinfo=UTC)),
    ],
)
def test_a_term_is_over_with_the_first_second_of_the_next_day_here(
    session: scoped_session, due_on: date, first: datetime
) -> None:
    make_owed(due_on=due_on)
    moments = (first - SECOND, first, first + 30 * 60 * SECOND, first + DAY, first + 40 * DAY)
    assert [overdue.tell(moment) for moment in moments] == [0, 1, 0, 0, 0]


def test_a_run_that_breaks_off_has_told_nobody_and_tells_once_when_it_is_made_up_for(session: scoped_session) -> None:
    claim, at = make_owed(due_on=date(2026, 11, 2)), MONDAY_9AM
    clerk()

    def breaks_off(moment: datetime) -> int:
        overdue.tell(moment)
        raise ConnectionError

    def told() -> tuple[int, date | None]:
        session.expire_all()
        mails = sa.select(sa.func.count()).where(Mail.template == "claims-overdue")
        return session.scalar(mails) or 0, session.get_one(Claim, claim.id).overdue_told_on

    run_id = timed.begin(TELL, at, "Test")
    session.commit()
    with pytest.raises(ConnectionError):
        timed.carry_out([replace(TELL, run=breaks_off)], run_id, at)
    assert told() == (0, None)
    # Its process died after the commit and before the queue was told: the queue gives the run out again.
    assert [timed.carry_out([TELL], run_id, at + number * HOUR) for number in (1, 2)] == [1, 0]
    first = told()
    # Or the note that it ran was lost: what the job left in the claims is enough.
    session.execute(sa.update(JobRun).values(finished_at=None))
    session.commit()
    assert timed.carry_out([TELL], run_id, at + 3 * HOUR) == 0
    assert told() == first
    assert first[0] > 0
