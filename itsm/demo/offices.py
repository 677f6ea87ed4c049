"""Who else helps the schools of the demo city, and the editions of the overview that were handed out."""

from datetime import datetime, timedelta

from itsm.core import clock
from itsm.core.db import db
from itsm.kb import overview_now
from itsm.kb.models import Edition, Office

# (question, office, unit, person, telephone, address)
_OFFICES = (
    (
        "Artikel der Wissensdatenbank",
        "Redaktion Wissensdatenbank",
        "40/6",
        "",
        "0231 555-8601",
        "redaktion@example.org",
    ),
    (
        "Medienkonzept, Fortbildung, Unterricht",
        "Medienberatung",
        "40/6",
        "Hanne Lohbeck",
        "0231 555-8610",
        "medienberatung@example.org",
    ),
    (
        "Verleih von Kameras, Robotern und Koffern",
        "Medienzentrum, Technikverleih",
        "40/6",
        "",
        "0231 555-8620",
        "verleih@example.org",
    ),
    (
        "Ausstattung, Bestellung, Austausch",
        "Digitalisierungsbeauftragte",
        "40/6",
        "Mirko Sandhoff",
        "0231 555-8630",
        "ausstattung@example.org",
    ),
    (
        "Schaden, Verlust, Ersatz",
        "Schadensbearbeitung",
        "40/6",
        "Gesa Imhoff",
        "0231 555-8640",
        "schaden@example.org",
    ),
    (
        "Neubau, Umbau, Netzwerkdosen",
        "Schul-IT, Infrastruktur",
        "10/6",
        "",
        "0231 555-8650",
        "infrastruktur@example.org",
    ),
    (
        "Datenschutz in der Schule",
        "Datenschutzbeauftragte für Schulen",
        "",
        "Beate Wilmsmann",
        "0231 555-8660",
        "datenschutz@example.org",
    ),
    (
        "Lob, Ärger, Grundsätzliches",
        "Teamleitung Campusmanagement",
        "10/6",
        "",
        "0231 555-8670",
        "team@example.org",
    ),
)
_BEFORE = "0231 555-8600"


def build(editor_id: int, at: datetime) -> dict[str, int]:
    """Add the offices, and an edition of two months ago since which a number has changed."""
    offices = [
        Office(topic=topic, name=name, unit=unit, person=person, phone=phone, email=email, position=position)
        for position, (topic, name, unit, person, phone, email) in enumerate(_OFFICES, start=1)
    ]
    now, offices[0].phone = offices[0].phone, _BEFORE
    db.session.add_all(offices)
    db.session.flush()
    issued_at = at - timedelta(days=61)
    content = overview_now.gather(clock.local_day(issued_at)).content()
    db.session.add(
        Edition(number=1, at=issued_at, by_id=editor_id, note="Erste Ausgabe zum Schuljahr", content=content)
    )
    offices[0].phone = now
    db.session.flush()
    return {"kb_office": len(offices), "kb_edition": 1}
