"""Articles beside a report and in an answer to a school: what every school may read, whoever is typing.

Source: docs/rules/deflection.md, DF-2 to DF-5.
"""

from collections.abc import Collection
from datetime import date, datetime

from itsm.core.access import Actor, Grant, Role
from itsm.kb import reading, search
from itsm.kb.reading import Card
from itsm.kb.service import counts
from itsm.org.models import School
from itsm.tickets.events import ReportFiled
from itsm.tickets.models import FaultType

# Reads what the staff of any school reads; it is nobody, and nobody signs in with it.
SCHOOL = Actor(None, "Schule", (Grant(Role.REPORTER, school_id=0),))
MOST = 3


def suggested(text: str, fault_type_id: int, on: date) -> list[Card]:
    """Return the articles that may solve the fault as it is described so far."""
    hits = search.for_report(SCHOOL, text, fault_type_id, on, limit=MOST)
    return reading.cards(SCHOOL, [hit.article_id for hit in hits], on)


def titles(article_ids: Collection[int], on: date) -> dict[int, str]:
    """Return what a ticket may call these articles; what schools may not read is missing."""
    return {card.article_id: card.title for card in reading.cards(SCHOOL, list(article_ids), on)}


def opened(article_id: int, fault: FaultType, school: School, at: datetime) -> None:
    """Count that an article was opened beside a report, and with it that it was shown there."""
    found: dict[counts.What, Collection[int]] = {"shown": [article_id], "opened": [article_id]}
    counts.count_all(found, at, fault_type_id=fault.id, school_form=school.form_key)


def filed(event: ReportFiled) -> None:
    """Count what stood beside a report that was sent off; what was opened was counted as shown then (DF-3)."""
    seen = {*event.guides.shown, *event.guides.opened, *event.guides.tried}
    helped = {event.guides.helped} if event.guides.helped else set()
    found: dict[counts.What, Collection[int]] = {
        "shown": {*event.guides.shown, *helped} - set(event.guides.opened),
        "helped": helped,
        "filed": set() if event.is_solved else seen,
    }
    counts.count_all(found, event.at, fault_type_id=event.fault_type_id, school_form=event.school_form)
