"""Times a school may choose from, in the words of its page."""

from datetime import datetime, timedelta

from itsm.core import clock
from itsm.core.german import local_time, long_date
from itsm.dispatch.words import ANNOUNCED, HALF_HOUR


def span(starts_at: datetime) -> tuple[datetime, datetime]:
    """The two ends of the span a school is told for a visit that is to start then.

    Source: docs/rules/visits.md, VI-9.
    """
    begin = starts_at - timedelta(minutes=clock.local(starts_at).minute % HALF_HOUR, seconds=starts_at.second)
    return begin, begin + ANNOUNCED


def span_words(starts_at: datetime) -> str:
    """The day and the span: "Donnerstag, 19. November, zwischen 8:00 und 9:30 Uhr"."""
    begin, end = span(starts_at)
    return f"{long_date(starts_at)}, zwischen {local_time(begin)} und {local_time(end)} Uhr"
