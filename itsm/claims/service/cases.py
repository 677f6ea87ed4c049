"""A damage case from the report to the end: each verb checks, changes and records it.

Source: docs/rules/claims.md, CL-1 to CL-6.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from itsm.assets import queries as assets_queries
from itsm.assets.models import Device, Loan
from itsm.assets.service import devices, loans
from itsm.assets.states import GONE
from itsm.assets.states import LABELS as DEVICE_LABELS
from itsm.assets.states import MOVES as DEVICE_MOVES
from itsm.assets.states import OVER as DEVICE_OVER
from itsm.claims import notices, policy
from itsm.claims.events import CaseMoved, CaseReported
from itsm.claims.kinds import KINDS, Cause, Kind, Place, statistics_class
from itsm.claims.models import CaseEntry, DamageCase, Incident, PaperKind
from itsm.claims.papers import Upload
from itsm.claims.service import papers
from itsm.claims.states import LABELS, MOVES, OVER, State
from itsm.claims.valuation import months_later
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.events import publish
from itsm.core.states import find
from itsm.org.models import School
from itsm.tickets.models import Ticket

OLDEST_YEARS = 10
WORK_ONLY = "Schadensfälle bearbeitet das Medienzentrum."
# The move of a device's own life that goes with what happened to it.
_TAKES_OUT = {Kind.DAMAGE: "damage", Kind.THEFT: "steal", Kind.LOSS: "lose", Kind.NOT_RETURNED: "steal"}


@dataclass(frozen=True)
class Told:
    """What a school tells about an event; the same for all its devices."""

    kind: Kind
    discovered_on: date
    place: Place
    description: str
    happened_on: date | None = None
    happened_to: date | None = None
    was_locked_away: bool | None = None
    witnesses: bool = False
    third_party: bool = False
    police_station: str = ""
    police_reference: str = ""
    police_reported_on: date | None = None
    is_usable: bool = False
    needs_replacement: bool = True
    cause: Cause = Cause.UNKNOWN
    accessories: Sequence[str] = field(default_factory=tuple)


def report(
    actor: Actor,
    school: School,
    told: Told,
    affected: Sequence[Device],
    at: datetime,
    *,
    form_key: str | None = None,
    label: str = "",
    photos: Sequence[Upload] = (),
) -> Incident:
    """Take a report in: one case per device, each device out of use; the same form again changes nothing.

    `label` names a device that is not in the file.

    Raises: NotAllowed unless the actor may report this at the school; DomainError for days that cannot be, a device of
        another school or with an open case, no device at all, or a photo that is none.
    """
    if not policy.may_report_at(actor, school):
        raise NotAllowed("An dieser Schule können Sie keinen Schaden melden.")
    if not policy.may_report_kind(actor, school, told.kind):
        raise NotAllowed("Was nicht zurückgegeben wurde, meldet die Medienkoordination oder die Schulleitung.")
    key = f"{actor.user_id}:{form_key}" if form_key else None
    if known := _filed(key):
        return known
    check_devices(school, affected, told.kind)
    incident = record(actor, school, told, affected, at, form_key=key, label=label, photos=photos)
    notices.reported(incident, at)
    return incident


def record(
    actor: Actor,
    school: School,
    told: Told,
    affected: Sequence[Device],
    at: datetime,
    *,
    form_key: str | None = None,
    ticket: Ticket | None = None,
    reporter_id: int | None = None,
    label: str = "",
    photos: Sequence[Upload] = (),
) -> Incident:
    """Write an incident and open its cases; for verbs that have checked who may.

    `reporter_id` is who tells, unless it is the actor.

    Raises: DomainError for days that cannot be, no device at all, or a photo that is none.
    """
    check_days(told, clock.local_day(at))
    if not affected and not label:
        raise DomainError("Bitte sagen Sie, um welches Gerät es geht.")
    incident = Incident(
        school=school,
        reported_at=at,
        reporter_id=reporter_id or actor.user_id,
        happened_on=told.happened_on,
        happened_to=told.happened_to,
        discovered_on=told.discovered_on,
        place=told.place,
        was_locked_away=told.was_locked_away,
        description=told.description,
        witnesses=told.witnesses,
        third_party=told.third_party,
        police_station=told.police_station,
        police_reference=told.police_reference,
        police_reported_on=told.police_reported_on,
        form_key=form_key,
    )
    db.session.add(incident)
    db.session.flush()
    wanted: Sequence[Device | None] = list(dict.fromkeys(affected)) or (None,)
    opened = [_open(actor, incident, told, one, label, ticket, at) for one in wanted]
    papers.put(actor, opened[0], PaperKind.PHOTO, photos, at)
    return incident


def _filed(key: str | None) -> Incident | None:
    """Return the incident of a form that was sent before; of two sendings at once, the second waits for the first."""
    if key is None:
        return None
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    return db.session.scalar(sa.select(Incident).where(Incident.form_key == key))


def move(actor: Actor, case: DamageCase, name: str, at: datetime, text: str = "", *, is_public: bool = False) -> None:
    """Take a case from one state to another and announce it; for verbs that have checked who may and what is needed.

    Nobody else sets the state.

    Raises: DomainError for a move the state of the case does not have.
    """
    before, target = case.state, find(MOVES, name, case.state, LABELS).target
    case.state, case.state_at = target, at
    case.over_at = at if target in OVER else None
    entry = note(actor, case, name, at, text, is_public=is_public)
    entry.from_state, entry.to_state = before, target
    db.session.flush()
    publish(CaseMoved(case.id, name, before, target, at))


def note(
    actor: Actor, case: DamageCase, what: str, at: datetime, text: str = "", *, is_public: bool = False
) -> CaseEntry:
    """Write a line of the history. Names of pupils never go here."""
    entry = CaseEntry(case_id=case.id, at=at, author_id=actor.user_id, what=what, text=text, is_public=is_public)
    db.session.add(entry)
    return entry


def check_work(actor: Actor) -> None:
    """Let only the claims staff go on.

    Raises: NotAllowed for everybody else.
    """
    if not policy.may_work(actor):
        raise NotAllowed(WORK_ONLY)


def _open(
    actor: Actor, incident: Incident, told: Told, device: Device | None, label: str, ticket: Ticket | None, at: datetime
) -> DamageCase:
    loan = assets_queries.open_loan_of(device) if device else None
    case = DamageCase(
        incident=incident,
        school=incident.school,
        device=device,
        device_label=f"{device.tag} · {device.model.label}" if device else label,
        loan=_loan_of_event(device, loan, told.kind, incident.day) if device else None,
        kind=told.kind,
        statistics_class=statistics_class(told.kind, incident.day),
        cause=told.cause,
        accessories=list(told.accessories),
        is_usable=told.is_usable,
        needs_replacement=told.needs_replacement,
        state=State.REPORTED,
        state_at=at,
        ticket=ticket,
        device_state_before=device.state.value if device else "",
    )
    db.session.add(case)
    db.session.flush()
    note(actor, case, "report", at, is_public=True).to_state = State.REPORTED
    if device is not None:
        take_out(actor, case, device, at)
    if told.kind is Kind.NOT_RETURNED and loan is not None and loan.given_up_at is None:
        loans.not_returned(actor, loan, at)
    publish(CaseReported(case.id, told.kind, at))
    return case


def _loan_of_event(device: Device, running: Loan | None, kind: Kind, day: date) -> Loan | None:
    """Return the loan a device was in on the day of the event: it may be over by now, or another one run."""
    if kind is Kind.NOT_RETURNED or (running is not None and clock.local_day(running.handed_out_at) <= day):
        return running
    return assets_queries.loan_on(device, day) or running


def take_out(actor: Actor, case: DamageCase, device: Device, at: datetime) -> None:
    """Take the device of a case out of use, as far as its own life allows: a usable one stays where it is."""
    name = _TAKES_OUT[case.kind]
    if case.kind is Kind.DAMAGE and case.is_usable:
        return
    if any(one.name == name and device.state in one.sources for one in DEVICE_MOVES):
        devices.go(actor, device, name, at, f"{KINDS[case.kind]} gemeldet, Fall {case.number}.")


def check_days(told: Told, today: date) -> None:
    """Refuse days that cannot be.

    Raises: DomainError with the sentence that says which.
    """
    days = [day for day in (told.happened_on, told.happened_to, told.discovered_on, told.police_reported_on) if day]
    if max(days) > today:
        raise DomainError("Ein Tag liegt in der Zukunft. Bitte prüfen Sie die Tage.")
    first = told.happened_on or told.discovered_on
    if first < months_later(today, -12 * OLDEST_YEARS):
        raise DomainError(f"Das ist mehr als {OLDEST_YEARS} Jahre her. Bitte prüfen Sie das Jahr.")
    if told.police_reported_on and told.police_reported_on < first:
        raise DomainError("Die Anzeige liegt vor dem Ereignis. Bitte prüfen Sie die Tage.")
    if told.happened_on and told.discovered_on < told.happened_on:
        raise DomainError("Bemerkt wurde es vor dem Tag, an dem es geschah. Bitte prüfen Sie die Tage.")
    if told.happened_to and (told.happened_on is None or told.happened_to < told.happened_on):
        raise DomainError("Der Zeitraum endet vor seinem Beginn. Bitte prüfen Sie die Tage.")


def check_devices(school: School, affected: Sequence[Device], kind: Kind) -> None:
    """Hold devices and refuse those this cannot have happened to; of two who report one at once, the second waits.

    Raises: DomainError for a device of another school, one that is over, one with an open case, or one that is gone
        and said to be damaged.
    """
    ids = [device.id for device in affected]
    held = sa.select(Device).where(Device.id.in_(ids)).order_by(Device.id).with_for_update(of=Device)
    db.session.scalars(held.execution_options(populate_existing=True)).all()
    busy = set(
        db.session.scalars(
            sa.select(DamageCase.device_id).where(DamageCase.device_id.in_(ids), DamageCase.over_at.is_(None))
        )
    )
    for device in affected:
        _check_device(school, device, kind, is_busy=device.id in busy)


def _check_device(school: School, device: Device, kind: Kind, *, is_busy: bool) -> None:
    if device.school_id != school.id:
        raise DomainError(f"{device.tag} gehört nicht zu dieser Schule. Bitte prüfen Sie die Nummer.")
    if device.state in DEVICE_OVER:
        raise DomainError(f"{device.tag} ist schon {DEVICE_LABELS[device.state]}. Hier gibt es nichts zu melden.")
    if is_busy:
        raise DomainError(f"Zu {device.tag} gibt es schon einen offenen Fall. Bitte ergänzen Sie dort, was fehlt.")
    if kind is Kind.DAMAGE and device.state in GONE:
        raise DomainError(
            f"{device.tag} gilt als {DEVICE_LABELS[device.state]}. Ist es wieder da, melden Sie bitte „wiedergefunden“."
        )
