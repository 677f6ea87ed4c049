"""Sign-ins as rows: found by one query, aged, ended."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.accounts import sessions
from itsm.accounts.models import Session
from itsm.core.access import Role
from itsm.core.db import db
from tests.counting import queries_of
from tests.people import MONDAY_9AM, make_user
from tests.places import make_school

SECOND = timedelta(seconds=1)


def test_the_person_of_a_request_is_one_query(session: scoped_session) -> None:
    user = make_user(Role.REPORTER, school_id=make_school().id)
    token = sessions.begin(user, MONDAY_9AM)
    db.session.commit()
    with queries_of() as queries:
        person = sessions.find(token, MONDAY_9AM)
    assert len(queries) == 1
    assert person and person.actor.user_id == user.id


def test_only_the_hash_of_the_token_is_kept(session: scoped_session) -> None:
    token = sessions.begin(make_user(), MONDAY_9AM)
    db.session.commit()
    assert token not in str(session.execute(sa.select(sa.text("s::text")).select_from(sa.text("session s"))).all())


def test_a_sign_in_ages_out_when_idle_and_at_last(session: scoped_session) -> None:
    user = make_user()
    token = sessions.begin(user, MONDAY_9AM)
    db.session.commit()
    assert sessions.find(token, MONDAY_9AM + sessions.IDLE - SECOND)
    assert sessions.find(token, MONDAY_9AM + sessions.IDLE) is None
    session.execute(sa.update(Session).values(seen_at=MONDAY_9AM + sessions.LONGEST - SECOND))
    assert sessions.find(token, MONDAY_9AM + sessions.LONGEST - SECOND)
    assert sessions.find(token, MONDAY_9AM + sessions.LONGEST) is None


def test_it_is_noted_in_use_at_most_every_half_hour(session: scoped_session) -> None:
    token = sessions.begin(make_user(), MONDAY_9AM)
    db.session.commit()
    person = sessions.find(token, MONDAY_9AM)
    assert person
    assert not sessions.touch(person, MONDAY_9AM + sessions.SEEN_EVERY - SECOND)
    assert sessions.touch(person, MONDAY_9AM + sessions.SEEN_EVERY)


def test_all_but_one_can_be_ended(session: scoped_session) -> None:
    user, other = make_user(), make_user()
    tokens = [sessions.begin(user, MONDAY_9AM) for _ in range(3)]
    foreign = sessions.begin(other, MONDAY_9AM)
    kept = sessions.find(tokens[0], MONDAY_9AM)
    assert kept
    assert sessions.end_all(user.id, but=kept.session_id) == 2
    assert [bool(sessions.find(token, MONDAY_9AM)) for token in [*tokens, foreign]] == [True, False, False, True]


def test_a_device_is_named_as_people_call_it() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    ipad = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
    assert [Session(agent=agent).device for agent in (edge, ipad, "")] == [
        "Windows-PC, Edge",
        "iPad, Safari",
        "Unbekanntes Gerät",
    ]
