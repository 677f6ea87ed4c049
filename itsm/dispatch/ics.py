"""Visits as a calendar file (RFC 5545), in UTC so that no time zone table can be wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from itsm.dispatch import words
from itsm.dispatch.models import Assurance, Visit
from itsm.dispatch.states import OPEN, VisitState

if TYPE_CHECKING:
    from icalendar import Event

# Calendars ask again after an hour, those that listen to it.
REFRESH = timedelta(hours=1)
FALLEN_THROUGH = frozenset({VisitState.CANCELLED, VisitState.MISSED})


def calendar(name: str, visits: Sequence[Visit], base_url: str, at: datetime, *, is_school: bool) -> bytes:
    """Return the file; a visit keeps its UID for ever, and its SEQUENCE grows with every change.

    Names of people are not in it: whoever may read them opens the page of the visit.
    Source: docs/rules/visits.md, VI-37.
    """
    # Loaded by the first calendar: most processes never write one.
    from icalendar import Calendar

    found = Calendar()
    found.add("prodid", "-//Schul-IT-Service//Besuche//DE")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", REFRESH)
    for visit in visits:
        found.add_component(_event(visit, base_url, at, is_school=is_school))
    written: bytes = found.to_ical()
    return written


def tag(body: bytes) -> bytes:
    """What of the file tells whether anything changed: all but the moment it was written."""
    return b"\n".join(line for line in body.splitlines() if not line.startswith(b"DTSTAMP"))


def _event(visit: Visit, base_url: str, at: datetime, *, is_school: bool) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"visit-{visit.id}@schul-it-service")
    event.add("sequence", visit.version_id)
    event.add("dtstamp", at)
    event.add("status", _status(visit))
    if is_school and visit.breach in words.UNSURE and visit.state in OPEN:
        event.add("dtstart", visit.visit_on)
    else:
        starts_at, ends_at = _span_told(visit) if is_school else _span_driven(visit)
        event.add("dtstart", starts_at)
        event.add("dtend", ends_at)
    event.add("summary", _summary(visit, is_school=is_school))
    event.add("location", f"{visit.site.street}, {visit.site.postcode} {visit.site.town}")
    event.add("url", f"{base_url}/besuche/{visit.id}")
    return event


def _status(visit: Visit) -> str:
    if visit.state in FALLEN_THROUGH:
        return "CANCELLED"
    return "TENTATIVE" if visit.assurance is Assurance.SOFT else "CONFIRMED"


def _summary(visit: Visit, *, is_school: bool) -> str:
    if not is_school:
        count = len(visit.jobs)
        work = f" ({count} {'Störung' if count == 1 else 'Störungen'})" if count else ""
        return f"{visit.school.short_name}{work}"
    if visit.is_fixed or visit.told_late_minutes or visit.state not in OPEN or visit.breach in words.UNSURE:
        return f"Besuch Schul-IT-Service: {visit.school.short_name}"
    begin, end = words.announced(visit)
    return f"Besuch Schul-IT-Service zwischen {begin} und {end} Uhr: {visit.school.short_name}"


def _span_driven(visit: Visit) -> tuple[datetime, datetime]:
    """From arrival to leaving, as planned until it happened."""
    expected_at = visit.expected_at if visit.state in OPEN else None
    starts_at = visit.arrived_at or expected_at or visit.starts_at
    ends_at = visit.left_at or starts_at + timedelta(minutes=visit.minutes)
    return starts_at, max(ends_at, starts_at + timedelta(minutes=1))


def _span_told(visit: Visit) -> tuple[datetime, datetime]:
    """What the school was told: the appointment, or the span in which we come."""
    if visit.arrived_at is not None:
        return _span_driven(visit)
    if visit.is_fixed or visit.told_late_minutes:
        starts_at = words.told_at(visit)
        return starts_at, starts_at + timedelta(minutes=visit.minutes)
    begin = words.announced_from(visit)
    return begin, begin + words.ANNOUNCED
