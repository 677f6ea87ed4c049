"""Offices and editions of the tests: plain factories with dull defaults. Each commits."""

from typing import Any

from itsm.core.db import db
from itsm.kb import overview_now
from itsm.kb.models import Edition, Office
from tests.people import MONDAY, MONDAY_9AM


def make_office(topic: str = "Verleih", **more: Any) -> Office:
    """Make an office."""
    values: dict[str, Any] = {"topic": topic, "name": "Medienzentrum", "unit": "40/6", "position": 1} | more
    office = Office(**values)
    db.session.add(office)
    db.session.commit()
    return office


def make_edition(number: int = 1) -> Edition:
    """Keep the overview as it is now."""
    edition = Edition(number=number, at=MONDAY_9AM, content=overview_now.gather(MONDAY).content())
    db.session.add(edition)
    db.session.commit()
    return edition
