"""File a report: one filled-in form becomes exactly one complete ticket."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from itsm.core import clock, pictures
from itsm.core.access import SYSTEM, Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.events import publish
from itsm.core.pictures import Picture
from itsm.org.models import School, Site
from itsm.tickets import devices, policy, routing, service
from itsm.tickets.events import ReportFiled
from itsm.tickets.guides import Guides
from itsm.tickets.models import Entry, FaultType, Outcome, Photo, Target, Ticket, TicketDevice, TicketStep
from itsm.tickets.priority import IMPACTS, URGENCIES, priority_of, urgency_of
from itsm.tickets.routing import Destination, Responsible
from itsm.tickets.states import State

SELF_SOLVED = "Vor Ort selbst gelöst."


@dataclass(frozen=True)
class Report:
    """A filled-in form, already in the types of the domain."""

    key: str
    school: School
    site: Site
    room_id: int | None
    place: str
    fault_type: FaultType
    destination: Destination
    title: str
    description: str
    impact: int
    urgency: int
    is_exam: bool = False
    devices: tuple[str, ...] = ()
    steps: tuple[tuple[str, Outcome], ...] = ()
    pictures: tuple[Picture, ...] = field(default=(), repr=False)
    guides: Guides = field(default_factory=Guides)
    # How the fault was ended if a guide did it.
    solution: str = ""

    @property
    def helped(self) -> bool:
        """Whether a guide or a first-level step ended the fault."""
        return bool(self.solution) or any(outcome is Outcome.HELPED for _, outcome in self.steps)

    @property
    def digest(self) -> str:
        """A fingerprint of everything that was filled in; equal bodies have equal fingerprints."""
        body = [
            self.school.id,
            self.site.id,
            self.room_id,
            self.place,
            self.fault_type.id,
            self.title,
            self.description,
            self.impact,
            self.urgency,
            self.is_exam,
            self.devices,
            self.steps,
            self.solution,
            [picture.digest for picture in self.pictures],
        ]
        return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def file(actor: Actor, report: Report, at: datetime) -> Ticket:
    """Return the ticket of this report; the same form sent again gives the same ticket.

    Pictures are on disk before the row can be committed, so that every ticket is complete.

    Raises: NotAllowed unless the actor may report for the school; Conflict if the key was used
        for another form; DomainError if the fault is not ours or the form names a foreign place.
    Source: docs/rules/tickets.md, TK-3.
    """
    _check(actor, report)
    key = f"{actor.user_id}:{report.key}"
    # With photos it is worth a look before they are written; without any, the unique column says it for nothing.
    if report.pictures and (known := _filed(key, report)):
        return known
    tokens = [pictures.keep(picture) for picture in report.pictures]
    # Known before the row is written, so that it is written once.
    found = routing.responsible(report.school.district_id, clock.local_day(at))
    named = devices.named(actor, report.school, report.devices)
    ticket = _ticket(actor, report, key, tokens, found, named, at)
    db.session.add(ticket)
    try:
        db.session.flush()
    except IntegrityError:
        # Somebody else's row cannot stand in the way here, only this form sent before or at the same moment.
        # Nothing else was written in this transaction yet: a savepoint would cost every report two round trips.
        db.session.rollback()
        pictures.drop(tokens)
        known = _filed(key, report)
        if known is None:
            raise
        return known
    if report.helped:
        _solved_at_school(ticket, report.solution or SELF_SOLVED, at)
    else:
        service.place(SYSTEM, ticket, report.destination, found, at)
    if report.guides:
        form_key = report.school.form_key
        publish(ReportFiled(report.fault_type.id, form_key, report.guides, at, is_solved=report.helped))
    return ticket


def _check(actor: Actor, report: Report) -> None:
    if not policy.may_report(actor, report.school):
        raise NotAllowed("Für diese Schule können Sie keine Störung melden.")
    if report.site.id not in {place.site_id for place in report.school.places}:
        raise DomainError("Dieser Standort gehört nicht zu der Schule. Bitte wählen Sie ihn neu.")
    if report.impact not in IMPACTS or report.urgency not in URGENCIES:
        raise DomainError("Bitte wählen Sie, wen es trifft und wie dringend es ist.")
    office = report.destination.group
    if report.destination.target is Target.NOT_OURS and office is not None:
        raise DomainError(f"Darum kümmert sich {office.name}. Bitte rufen Sie dort an: {office.phone}")
    if not report.fault_type.is_active:
        raise DomainError("Diese Art von Störung gibt es nicht mehr. Bitte wählen Sie neu.")


def _filed(key: str, report: Report) -> Ticket | None:
    known = db.session.scalar(sa.select(Ticket).where(Ticket.idempotency_key == key))
    if known is not None and known.idempotency_digest != report.digest:
        raise Conflict(
            f"Dieses Formular haben Sie schon abgeschickt, daraus wurde {known.number}. "
            "Bitte beginnen Sie für eine weitere Störung eine neue Meldung."
        )
    return known


def _ticket(
    actor: Actor,
    report: Report,
    key: str,
    tokens: list[str],
    found: Responsible,
    named: Mapping[str, int | None],
    at: datetime,
) -> Ticket:
    urgency = urgency_of(report.urgency, report.is_exam)
    goes_on_site = report.destination.target is Target.ON_SITE and not report.helped
    return Ticket(
        school_id=report.school.id,
        district_id=report.school.district_id,
        site_id=report.site.id,
        room_id=report.room_id,
        place=report.place,
        fault_type_id=report.fault_type.id,
        title=report.title,
        description=report.description,
        reporter_id=actor.user_id,
        impact=report.impact,
        urgency=urgency,
        is_exam=report.is_exam,
        priority=priority_of(report.impact, urgency),
        state=State.NEW,
        state_at=at,
        created_at=at,
        target=Target.ON_SITE,
        assignee_id=found.user.id if found.user and goes_on_site else None,
        idempotency_key=key,
        idempotency_digest=report.digest,
        devices=[TicketDevice(tag=tag, device_id=device_id) for tag, device_id in named.items()],
        steps=[
            TicketStep(position=position, text=text, outcome=outcome)
            for position, (text, outcome) in enumerate(report.steps, start=1)
        ],
        photos=[
            Photo(token=token, width=picture.width, height=picture.height, added_at=at)
            for token, picture in zip(tokens, report.pictures, strict=True)
        ],
        entries=[Entry(at=at, author_id=actor.user_id, is_public=True, move="report", to_state=State.NEW, text="")],
    )


def _solved_at_school(ticket: Ticket, solution: str, at: datetime) -> None:
    """Close at once what the school could mend itself; it is counted, and nobody drives."""
    ticket.solved_at_school = True
    service.solve(SYSTEM, ticket, solution, at)
    service.close(SYSTEM, ticket, at)
