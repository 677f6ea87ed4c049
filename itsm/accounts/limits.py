"""How often something may be tried: counted per key, with a delay that grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.accounts.models import Attempt
from itsm.core.db import db
from itsm.core.errors import TooMany
from itsm.core.tokens import digest_of


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in the window; from `free` tries on, each waits twice as long as the one before."""

    name: str
    most: int
    window: timedelta
    free: int


QUARTER = timedelta(minutes=15)
SIGN_IN_ACCOUNT = Limit("sign-in-account", most=10, window=QUARTER, free=3)
# No delay before the limit: everybody in a school reaches us from one address.
SIGN_IN_ADDRESS = Limit("sign-in-address", most=10, window=QUARTER, free=10)
LINK_ACCOUNT = Limit("link-account", most=3, window=timedelta(hours=1), free=3)
LINK_ADDRESS = Limit("link-address", most=10, window=QUARTER, free=10)
LONGEST_WINDOW = timedelta(hours=1)


def take(limit: Limit, key: str, at: datetime) -> None:
    """Count a try. Commit before the try itself is made, so that a failure does not undo the count.

    Raises: TooMany with the time to wait.
    """
    name = _name(limit, key)
    # Tries at the same moment have to queue up, or all of them would see the same count.
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
    tried = db.session.scalars(
        sa.select(Attempt.at).where(Attempt.key == name, Attempt.at > at - limit.window).order_by(Attempt.at)
    ).all()
    free_at = free_from(limit, tried)
    if free_at is not None and at < free_at:
        raise TooMany(f"Das waren zu viele Versuche. Bitte warten Sie noch {_words(free_at - at)}.")
    db.session.add(Attempt(key=name, at=at))


def free_from(limit: Limit, tried: Sequence[datetime]) -> datetime | None:
    """Return when the next try is allowed after these tries of the window, oldest first; None means at once."""
    if len(tried) >= limit.most:
        return tried[-limit.most] + limit.window
    if len(tried) >= limit.free:
        return tried[-1] + timedelta(seconds=2 ** (len(tried) - limit.free + 1))
    return None


def forget(limit: Limit, key: str) -> None:
    """Drop every try of a key: it has proved to be who it says."""
    db.session.execute(sa.delete(Attempt).where(Attempt.key == _name(limit, key)))


def give_back(limit: Limit, key: str, at: datetime) -> None:
    """Drop the one try that was counted at this moment: it succeeded."""
    last = sa.select(sa.func.max(Attempt.id)).where(Attempt.key == _name(limit, key), Attempt.at == at)
    db.session.execute(sa.delete(Attempt).where(Attempt.id == last.scalar_subquery()))


def purge(at: datetime) -> int:
    """Delete tries no limit looks at any more; return how many."""
    old = sa.delete(Attempt).where(Attempt.at <= at - LONGEST_WINDOW)
    return len(db.session.scalars(old.returning(Attempt.id)).all())


def _name(limit: Limit, key: str) -> str:
    # Hashed: nobody needs to read who mistyped a password, and a key can be of any length.
    return f"{limit.name}:{digest_of(key)}"


def _words(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    if seconds < 60:
        return f"{seconds} Sekunde{'' if seconds == 1 else 'n'}"
    minutes = -(-seconds // 60)
    return f"{minutes} Minute{'' if minutes == 1 else 'n'}"
