"""Count what was searched, what was found and whether a hit was opened, so that editors see what is missing.

Source: docs/rules/reading.md, RD-6.
"""

import re
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.accounts.limits import Limit
from itsm.core import clock
from itsm.core.db import db
from itsm.kb.models import SearchCount

LONGEST = 100
# So that a month can be compared with the same month of the year before.
KEPT = timedelta(days=400)
# How many lines of one address are counted that nobody signed in for: more than a class searches.
OF_STRANGER = Limit("kb-lines", most=100, window=timedelta(minutes=15), free=100)
_MAIL = re.compile(r"\S*@\S*")
# Numbers that name a person, a device or a telephone: five digits and more, also with signs between them.
_NUMBER = re.compile(r"\d{5,}|\d(?:[ /.-]?\d){6,}")
_BLANK = re.compile(r"[\s\x00]+")


def normal(line: str) -> str:
    """Return a line as it is counted: lower case, without addresses and long numbers; empty if nothing is left."""
    # Twice what is kept is looked at: an address may be of any length, and the patterns are not made for that.
    line = line[: 2 * LONGEST]
    for unwanted in (_BLANK, _MAIL, _NUMBER):
        line = unwanted.sub(" ", line)
    return " ".join(line.lower().split())[:LONGEST].strip()


def note(line: str, hits: int, on: date) -> None:
    """Count a search that was sent, with how much it found."""
    if not (line := normal(line)):
        return
    new = insert(SearchCount).values(line=line, day=on, searches=1, hits=hits)
    searches, found = SearchCount.searches + 1, new.excluded.hits
    db.session.execute(
        new.on_conflict_do_update(index_elements=["line", "day"], set_={"searches": searches, "hits": found})
    )


def clicked(line: str, on: date) -> None:
    """Count that a hit of a search of this day was opened; a line nobody searched stays unknown."""
    if line := normal(line):
        searched = (SearchCount.line == line, SearchCount.day == on)
        db.session.execute(sa.update(SearchCount).where(*searched).values(clicks=SearchCount.clicks + 1))


def forget(at: datetime) -> int:
    """Delete what was counted too long ago; return how many lines of days."""
    old = sa.delete(SearchCount).where(SearchCount.day < clock.local_day(at) - KEPT)
    return len(db.session.scalars(old.returning(SearchCount.line)).all())
