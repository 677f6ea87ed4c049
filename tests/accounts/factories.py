"""People with passwords, absences: plain factories with dull defaults. Each commits."""

from datetime import date

from itsm.accounts import passwords
from itsm.accounts.models import Absence, GrantRow, User
from itsm.core.access import Role
from itsm.core.db import db
from tests.people import MONDAY, make_user

PASSWORD = "vier kleine Wörter hier"
# Made once: argon2 is slow on purpose.
HASH = passwords.hashed(PASSWORD)


def with_password(user: User) -> User:
    """Give a user the password of the tests."""
    user.password_hash = HASH
    db.session.commit()
    return user


def make_absence(user: User, *, first_on: date = MONDAY, last_on: date = MONDAY, deputy: User | None = None) -> Absence:
    """Make an absence, of one day unless told."""
    absence = Absence(user=user, first_on=first_on, last_on=last_on, deputy=deputy)
    db.session.add(absence)
    db.session.commit()
    return absence


def make_manager(
    district_id: int, *, is_deputy: bool = False, from_on: date | None = None, until_on: date | None = None
) -> User:
    """Make a campus manager of a district."""
    user = make_user()
    user.grants.append(
        GrantRow(
            role=Role.CAMPUS_MANAGER, district_id=district_id, is_deputy=is_deputy, from_on=from_on, until_on=until_on
        )
    )
    db.session.commit()
    return user
