"""The nightly clean-up."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.accounts import limits, links, sessions
from itsm.accounts.jobs import purge
from itsm.accounts.models import Link, LinkKind, Session
from tests.people import MONDAY_9AM, make_user

SECOND = timedelta(seconds=1)


def test_links_sign_ins_and_tries_go_when_their_time_is_over_and_not_before(session: scoped_session) -> None:
    user = make_user()
    links.make(user, LinkKind.RESET, MONDAY_9AM)
    sessions.begin(user, MONDAY_9AM)
    limits.take(limits.SIGN_IN_ACCOUNT, "a@example.org", MONDAY_9AM)
    session.commit()
    ends = (limits.LONGEST_WINDOW, links.LIFETIME, sessions.IDLE)
    for end in ends:
        assert purge(MONDAY_9AM + end - SECOND) == 0
        assert [purge(MONDAY_9AM + end) for _ in range(2)] == [1, 0]
    assert (
        session.scalar(sa.select(sa.func.count(Link.id))) == session.scalar(sa.select(sa.func.count(Session.id))) == 0
    )
