"""What the report form offers and knows, and what becomes of it when it is sent.

Source: docs/rules/claims.md, CL-1, CL-4 and CL-7.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from itsm.assets import kinds as device_kinds
from itsm.assets import life
from itsm.assets import policy as assets_policy
from itsm.assets import queries as assets_queries
from itsm.assets.models import Device, DeviceModel, Loan
from itsm.assets.serials import clean, readings
from itsm.assets.states import LABELS, OVER
from itsm.claims import policy, queries
from itsm.claims.models import DamageCase
from itsm.claims.papers import Upload
from itsm.claims.service import cases, supplements
from itsm.claims.service.cases import Told
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError, NotFound
from itsm.org.models import Room, School

MOST_DEVICES = 60
OFFERED = 40
SCHOOLS_SHOWN = 20
# What can be reported besides the kinds of a case: a missing device is there again.
FOUND = "found"


@dataclass(frozen=True)
class Filled:
    """A filled-in form, in the types of the domain; `told` is None for what was found again."""

    form_key: str
    tags: tuple[str, ...]
    told: Told | None
    found_on: date
    label: str = ""
    photos: tuple[Upload, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Known:
    """What the form shows of a device; who has it and what it is worth only for those who may know."""

    device: Device
    state: str
    holder: str | None
    value_cents: int | None
    case: DamageCase | None


def send(actor: Actor, school: School, filled: Filled, at: datetime) -> DamageCase:
    """Take a report in and return its first case; the same form again gives the same case.

    Raises: DomainError for a number nobody knows, and whatever the verbs refuse.
    """
    affected = _named(actor, school, filled.tags)
    if filled.told is None:
        return _found_again(actor, affected, filled.found_on, at)
    incident = cases.report(
        actor, school, filled.told, affected, at, form_key=filled.form_key, label=filled.label, photos=filled.photos
    )
    return incident.cases[0]


def school_for(actor: Actor, school_id: int | None) -> School | None:
    """Return the school a person reports for: the chosen one, else their only one.

    Raises: NotFound if the person may not report for the chosen one.
    """
    may = sa.select(School).where(policy.reportable_schools(actor), School.closed_at.is_(None))
    if school_id is None:
        only = db.session.scalars(may.limit(2)).all()
        return only[0] if len(only) == 1 else None
    found = db.session.scalar(may.where(School.id == school_id)) if 0 < school_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def schools_for(actor: Actor, q: str) -> Sequence[School]:
    """Return schools a person may report for whose name or number has these words."""
    select = sa.select(School).where(policy.reportable_schools(actor), School.closed_at.is_(None))
    for word in q.replace("\x00", "").split():
        select = select.where(
            sa.or_(School.name.icontains(word, autoescape=True), School.number.startswith(word, autoescape=True))
        )
    return db.session.scalars(select.order_by(School.name).limit(SCHOOLS_SHOWN)).all()


def device_of(actor: Actor, typed: str, school_id: int | None) -> Device | None:
    """Return the device an address names, at the school the address names if it names one."""
    device = assets_queries.find_to_lead(actor, typed) if typed else None
    if device is None or device.school is None or not policy.may_report_at(actor, device.school):
        return None
    return device if school_id in (None, device.school_id) else None


def offered(actor: Actor, school: School, words: str) -> Sequence[Device]:
    """Return what can be ticked: this person's own loans, and what the words find in the file of the school."""
    mine = sa.select(Loan.device_id).where(Loan.user_id == actor.user_id, Loan.returned_at.is_(None))
    wanted: list[sa.ColumnElement[bool]] = [Device.id.in_(mine)]
    if parts := words.replace("\x00", "").split():
        wanted.append(sa.and_(*(_about(part) for part in parts)))
    return db.session.scalars(
        sa.select(Device)
        .join(Device.model)
        .outerjoin(Device.room)
        .where(
            _nameable(actor),
            Device.school_id == school.id,
            Device.state.not_in(sorted(OVER)),
            sa.or_(*wanted),
        )
        .order_by(Device.tag)
        .limit(OFFERED)
        .options(contains_eager(Device.model), contains_eager(Device.room))
    ).all()


def known(actor: Actor, devices: Sequence[Device], on: date) -> list[Known]:
    """Return what the form shows of the devices it names."""
    months = device_kinds.life_months(on) if devices else {}
    return [_known(actor, device, life.of(device, on, months).value_cents) for device in devices]


def _known(actor: Actor, device: Device, value_cents: int | None) -> Known:
    leads = assets_policy.may_see_holder(actor, device)
    loan = assets_queries.open_loan_of(device) if leads else None
    case = queries.open_case_of(device)
    return Known(
        device=device,
        state=LABELS[device.state],
        holder=loan.holder_name if loan else None,
        value_cents=value_cents if leads else None,
        case=case if case and policy.may_see(actor, case) else None,
    )


def _named(actor: Actor, school: School, tags: Sequence[str]) -> list[Device]:
    """The devices of the school these numbers stand for, each once; a tag beats a serial number."""
    texts = {text for tag in tags for text in readings(tag)}
    if not texts:
        return []
    found = db.session.scalars(
        sa.select(Device)
        .where(
            _nameable(actor),
            Device.school_id == school.id,
            sa.or_(Device.tag.in_(texts), Device.serial.in_(texts)),
        )
        .options(joinedload(Device.model))
    ).all()
    by_text = {device.serial: device for device in found} | {device.tag: device for device in found}
    named = {tag: next((by_text[text] for text in readings(tag) if text in by_text), None) for tag in tags}
    if unknown := [tag for tag, device in named.items() if device is None]:
        raise DomainError(
            f"Im Bestand der Schule finden wir nicht: {', '.join(unknown[:5])}. Bitte prüfen Sie die Nummer, oder "
            "beschreiben Sie das Gerät unter „Das Gerät steht nicht im Bestand“."
        )
    return list(dict.fromkeys(device for device in named.values() if device is not None))


def _found_again(actor: Actor, devices: Sequence[Device], found_on: date, at: datetime) -> DamageCase:
    """Tell of each device that it is there again; return the first case."""
    if not devices:
        raise DomainError("Bitte sagen Sie, welches Gerät wieder da ist.")
    told = [_missing_case_of(device) for device in devices]
    for case in told:
        supplements.say_found(actor, case, found_on, at)
    return told[0]


def _missing_case_of(device: Device) -> DamageCase:
    case = queries.latest_missing(DamageCase.device_id == device.id)
    if case is None:
        raise DomainError(f"{device.tag} wird nicht vermisst. Bitte prüfen Sie die Nummer.")
    return case


def _nameable(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(assets_policy.pickable_by(actor), assets_policy.visible_to(actor))


def _about(word: str) -> sa.ColumnElement[bool]:
    number = clean(word)
    return sa.or_(
        Device.tag.contains(number, autoescape=True),
        Device.serial.startswith(number, autoescape=True),
        sa.func.lower(Room.name) == word.lower(),
        (DeviceModel.maker + " " + DeviceModel.name).icontains(word, autoescape=True),
    )
