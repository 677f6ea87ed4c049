"""Mail about damage cases: to who reported, and to the claims staff; no names, and nothing of the story.

Source: docs/rules/claims.md, CL-9.
"""

from datetime import datetime, timedelta

from itsm.accounts.models import User
from itsm.accounts.queries import holders
from itsm.claims.events import CaseMoved
from itsm.claims.kinds import KINDS, Kind
from itsm.claims.models import DamageCase, Incident
from itsm.claims.states import LABELS
from itsm.core import clock, outbox
from itsm.core.access import Role
from itsm.core.db import db

# Reports of so many minutes come to the desk in one mail.
_DESK_DELAY = timedelta(minutes=15)
# What who reported is told by mail when a case moves.
TO_REPORTER = {
    "repair": "Das Gerät wird repariert.",
    "replace": "Sie bekommen ein Ersatzgerät.",
    "write-off": "Das Gerät lässt sich nicht mehr retten und wird ausgesondert.",
    "close": "Der Fall ist abgeschlossen.",
    "find": "Das Gerät ist wieder da. Damit ist der Fall erledigt.",
    "withdraw": "Die Meldung ist zurückgezogen.",
    "reopen": "Der Fall ist wieder offen.",
}


def reported(incident: Incident, at: datetime) -> None:
    """Tell who reported what happens next, and the claims staff that there is work."""
    first = incident.cases[0]
    if incident.reporter is not None:
        lacks_police = first.lacks_police_reference
        sentence = "Danke, Ihre Meldung ist da. Wir prüfen sie und melden uns bei Ihnen."
        text = "Bitte reichen Sie das Aktenzeichen der Polizei nach, sobald Sie es haben." if lacks_police else ""
        _to_reporter(incident.reporter, first, sentence, text, at)
    to_desk(incident, at)


def to_desk(incident: Incident, at: datetime) -> None:
    """Tell the claims staff that a report has come in."""
    _to_staff(incident.cases[0], KINDS[incident.cases[0].kind], len(incident.cases), at)


def said_found(case: DamageCase, at: datetime) -> None:
    """Tell the claims staff that a school has found a device again."""
    _to_staff(case, "wiedergefunden", 1, at)


def follow_case(event: CaseMoved) -> None:
    """Tell who reported how it goes on."""
    if sentence := TO_REPORTER.get(event.move):
        case = db.session.get_one(DamageCase, event.case_id)
        if case.incident.reporter is not None:
            _to_reporter(case.incident.reporter, case, sentence, "", event.at)


def _to_reporter(person: User, case: DamageCase, sentence: str, text: str, at: datetime) -> None:
    if person.disabled_at is not None:
        return
    outbox.put(
        "claims-school",
        to=person.email,
        to_name=person.name,
        subject=f"Fall {case.number}: {case.device_label}",
        item={
            "sentence": sentence,
            "text": text,
            "number": case.number,
            "case_id": case.id,
            "device": case.device_label,
            "more": len(case.incident.cases) - 1,
            "state": LABELS[case.state],
        },
        burst_key=f"claims-incident-{case.incident_id}",
        at=at,
    )


def _to_staff(case: DamageCase, what: str, devices: int, at: datetime) -> None:
    for person in holders(Role.CLAIMS_CLERK, clock.local_day(at)):
        if person.disabled_at is None:
            outbox.put(
                "claims-desk",
                to=person.email,
                to_name=person.name,
                subject="Neue Meldungen zu Schäden und Verlusten",
                item={
                    "what": what,
                    "number": case.number,
                    "case_id": case.id,
                    "device": case.device_label,
                    "devices": devices,
                    "school": case.school.short_name,
                    "lacks_police": case.kind is Kind.THEFT and case.lacks_police_reference,
                },
                burst_key="claims-desk",
                at=at,
                delay=_DESK_DELAY,
            )
