"""Tries are counted per key; the wait grows and ends."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import scoped_session

from itsm.accounts import limits
from itsm.accounts.limits import SIGN_IN_ACCOUNT as LIMIT
from itsm.core.errors import TooMany
from tests.people import MONDAY_9AM

SECOND = timedelta(seconds=1)


def test_the_first_tries_are_free_and_then_the_wait_doubles() -> None:
    tried = [MONDAY_9AM] * 10
    waits = [limits.free_from(LIMIT, tried[:count]) for count in range(10)]
    assert waits[:3] == [None] * 3
    assert [(wait - MONDAY_9AM).total_seconds() for wait in waits[3:] if wait] == [2, 4, 8, 16, 32, 64, 128]


def test_ten_in_a_quarter_of_an_hour_is_the_end(session: scoped_session) -> None:
    at = MONDAY_9AM
    for minute in range(10):
        limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", at + timedelta(minutes=minute))
    at += timedelta(minutes=10)
    with pytest.raises(TooMany, match="noch 5 Minuten"):
        limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", at)
    with pytest.raises(TooMany, match="noch 1 Sekunde"):
        limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM + timedelta(minutes=15) - SECOND)
    limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM + timedelta(minutes=15))


def test_keys_do_not_share_a_count(session: scoped_session) -> None:
    for _ in range(10):
        limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM)
    limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.2", MONDAY_9AM)
    limits.take(limits.LINK_ADDRESS, "10.0.0.1", MONDAY_9AM)


def test_a_key_that_proved_itself_starts_anew(session: scoped_session) -> None:
    for _ in range(3):
        limits.take(LIMIT, "a@example.org", MONDAY_9AM)
    limits.forget(LIMIT, "a@example.org")
    limits.take(LIMIT, "a@example.org", MONDAY_9AM)


def test_a_success_gives_back_one_try(session: scoped_session) -> None:
    for _ in range(10):
        limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM)
    limits.give_back(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM)
    limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM)
    with pytest.raises(TooMany):
        limits.take(limits.SIGN_IN_ADDRESS, "10.0.0.1", MONDAY_9AM)


def test_old_tries_are_purged(session: scoped_session) -> None:
    limits.take(LIMIT, "a@example.org", MONDAY_9AM)
    assert limits.purge(MONDAY_9AM + timedelta(minutes=59)) == 0
    assert [limits.purge(MONDAY_9AM + timedelta(hours=1)) for _ in range(2)] == [1, 0]
