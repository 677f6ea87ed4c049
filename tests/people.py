"""People of the tests: plain factories with dull defaults. Each commits, as a request would."""

from datetime import UTC, date, datetime
from itertools import count

from flask.testing import FlaskClient

from itsm.accounts import queries, sessions
from itsm.accounts.models import GrantRow, User
from itsm.accounts.views import TOKEN
from itsm.core import clock
from itsm.core.access import Actor, Role
from itsm.core.db import db

MONDAY_9AM = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 16)

_numbers = count(1)


def make_user(
    role: Role | None = None,
    *,
    school_id: int | None = None,
    district_id: int | None = None,
    is_deputy: bool = False,
    name: str | None = None,
    email: str | None = None,
) -> User:
    """Make a user, with one grant if a role is given."""
    number = next(_numbers)
    user = User(email=email or f"person{number}@example.org", name=name or f"Person {number}", created_at=MONDAY_9AM)
    if role is not None:
        user.grants.append(GrantRow(role=role, school_id=school_id, district_id=district_id, is_deputy=is_deputy))
    db.session.add(user)
    db.session.commit()
    return user


def actor_for(user: User, on: date = MONDAY) -> Actor:
    """Return the user as an actor on a day."""
    return queries.actor_of(user, on)


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Sign a user in without the sign-in page, which has tests of its own."""
    token = sessions.begin(user, clock.now())
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client
