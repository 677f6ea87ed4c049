"""What a school adds to a case later: the police number, that the device is there again, that it was a mistake.

Source: docs/rules/claims.md, CL-7, CL-9 and CL-97.
"""

from collections.abc import Sequence
from datetime import date, datetime

from itsm.claims import lock_queries, notices, policy
from itsm.claims.kinds import MISSING
from itsm.claims.models import DamageCase, PaperKind
from itsm.claims.papers import Upload
from itsm.claims.service import cases, handling, locks, papers
from itsm.claims.states import LABELS, MOVES, State
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.states import find


def add_police(
    actor: Actor, case: DamageCase, station: str, reference: str, reported_on: date | None, at: datetime
) -> None:
    """Enter where and under which number the police keeps an incident; the same again changes nothing.

    Raises: NotAllowed unless the actor reads the report; DomainError for a case the police has nothing to do with, or
        a day that cannot be.
    """
    if not policy.may_add_police(actor, case):
        raise NotAllowed("Das Aktenzeichen trägt ein, wer gemeldet hat, die Schulleitung oder die Medienkoordination.")
    if case.kind not in MISSING:
        raise DomainError("Nach einem Aktenzeichen fragen wir nur, wenn ein Gerät fehlt.")
    incident = case.incident
    if reported_on and not incident.day <= reported_on <= clock.local_day(at):
        raise DomainError("Die Anzeige liegt vor dem Ereignis oder in der Zukunft. Bitte prüfen Sie den Tag.")
    told = (station, reference, reported_on)
    if told == (incident.police_station, incident.police_reference, incident.police_reported_on):
        return
    incident.police_station, incident.police_reference, incident.police_reported_on = told
    for one in incident.cases:
        cases.note(actor, one, "police", at, is_public=True)
    db.session.flush()


def add_photos(actor: Actor, case: DamageCase, uploads: Sequence[Upload], at: datetime) -> None:
    """Keep more photos of an open case.

    Raises: NotAllowed unless the actor reads the report; DomainError without a photo, or for a file that is none.
    """
    if not policy.may_add_paper(actor, case, PaperKind.PHOTO):
        raise NotAllowed("Fotos ergänzt, wer gemeldet hat, die Schulleitung oder die Medienkoordination.")
    if not uploads:
        raise DomainError("Bitte wählen Sie ein Foto aus.")
    papers.put(actor, case, PaperKind.PHOTO, uploads, at)
    cases.note(actor, case, "photos", at, is_public=True)
    db.session.flush()


def say_found(actor: Actor, case: DamageCase, found_on: date, at: datetime) -> None:
    """Tell the claims staff that a missing device is there again; said twice counts once.

    Raises: NotAllowed unless the actor may report at the school; DomainError for a device that is not missing, or a
        day that cannot be.
    """
    if not policy.may_say_found(actor, case):
        raise NotAllowed("Das meldet jemand von der Schule oder das Campusmanagement.")
    if case.kind not in MISSING:
        raise DomainError(f"{case.device_label} fehlt nicht. Wiederfinden lässt sich nur, was weg war.")
    find(MOVES, "find", case.state, LABELS)
    if not case.incident.day <= found_on <= clock.local_day(at):
        raise DomainError("Gefunden wurde es vor dem Ereignis oder in der Zukunft. Bitte prüfen Sie den Tag.")
    note_found(actor, case, found_on, at)


def take_report_back(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Take back a report that was a mistake, as long as nobody has taken it up; a second time changes nothing.

    The device is what it was before, and its lock is withdrawn.

    Raises: NotAllowed unless the actor made the report or leads the school; DomainError without a reason, or once the
        claims staff works on it.
    """
    if not policy.may_take_report_back(actor, case):
        raise NotAllowed("Eine Meldung nimmt zurück, wer gemeldet hat, die Schulleitung oder die Medienkoordination.")
    case = lock_queries.hold_case(case.id)
    if case.state is State.WITHDRAWN:
        return
    if not is_untouched(case):
        raise DomainError(
            f"Fall {case.number} ist schon in Arbeit. Bitte rufen Sie das Medienzentrum an: Dort wird er zurückgezogen."
        )
    handling.take_back(actor, case, reason.strip(), at)


def is_untouched(case: DamageCase) -> bool:
    """Say whether nobody of the claims staff has taken a report up yet."""
    return case.state is State.REPORTED and case.clerk_id is None


def note_found(actor: Actor, case: DamageCase, found_on: date, at: datetime) -> None:
    """Note on a case that its device is there again, and stop what was ordered; for verbs that have checked who may."""
    if case.found_on is not None:
        return
    case.found_on = found_on
    cases.note(actor, case, "say-found", at, is_public=True)
    locks.stop_said_found(actor, case, at)
    notices.said_found(case, at)
