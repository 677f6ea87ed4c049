"""What can be done about entitlement: enter sizes and exceptions, order and take back a redistribution."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets import entitlement_file, entitlement_moves, policy
from itsm.assets.entitlement_moves import Proposal
from itsm.assets.kinds import Kind
from itsm.assets.models import DeviceTask, EntitlementException, SchoolSize, TaskKind
from itsm.assets.service import tasks
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.german import local_date
from itsm.org.models import School

_MAY_NOT = "Zahlen und Ausnahmen pflegen die Teamleitung, das Systemhaus und die Administration."
_YEARS = range(2000, 2100)
# Any number, as long as nothing else locks it: a redistribution is ordered once, however often the button is tapped.
_LOCK = 408_107


def set_size(actor: Actor, school: School, valid_from: date, values: dict[str, Any]) -> SchoolSize:
    """Say how large a school is from a day on; what held on earlier days stays.

    Raises: NotAllowed; DomainError for a day that is a slip of the keyboard.
    """
    _require(actor)
    if valid_from.year not in _YEARS:
        raise DomainError("Bitte prüfen Sie das Jahr in „Gilt ab“.")
    return _write(school.id, valid_from, values)


def drop_size(actor: Actor, school: School, valid_from: date) -> None:
    """Forget what was entered for a day by mistake; the size before it holds on.

    Raises: NotAllowed; NotFound if nothing begins on that day.
    """
    _require(actor)
    row = db.session.get(SchoolSize, (school.id, valid_from))
    if row is None:
        raise NotFound("Ab diesem Tag sind keine Zahlen eingetragen.")
    db.session.delete(row)
    db.session.flush()


def take_over_sizes(actor: Actor, content: bytes) -> entitlement_file.SizeList:
    """Take a list of sizes over, all of it or, if anything is wrong, nothing; return what it says.

    Raises: NotAllowed; DomainError for a file that is no list of sizes.
    Source: docs/rules/entitlement.md, EN-4.
    """
    _require(actor)
    open_schools = sa.select(School.number, School.id).where(School.closed_at.is_(None))
    ids = {number: school_id for number, school_id in db.session.execute(open_schools)}  # noqa: C416
    found = entitlement_file.read(content, ids)
    if not found.errors:
        known = {(size.school_id, size.valid_from): size for size in db.session.scalars(sa.select(SchoolSize))}
        for row in found.rows:
            _write(row.school_id, row.valid_from, row.values, known.get((row.school_id, row.valid_from)))
    return found


def add_exception(actor: Actor, exception: EntitlementException, at: datetime) -> None:
    """Give a school more or fewer devices than the key says, for a reason.

    Raises: NotAllowed; DomainError for no difference, or days in the wrong order.
    """
    _require(actor)
    if exception.delta == 0:
        raise DomainError("0 Geräte mehr oder weniger ist keine Ausnahme. Bitte geben Sie zum Beispiel +12 ein.")
    _check_days(exception.from_on, exception.until_on)
    exception.created_by = f"{actor.name} am {local_date(clock.local_day(at))}"
    db.session.add(exception)
    db.session.flush()


def end_exception(actor: Actor, exception: EntitlementException, until_on: date, at: datetime) -> None:
    """Set the last day of an exception.

    Raises: NotAllowed; DomainError for a day before it begins.
    """
    _require(actor)
    _check_days(exception.from_on, until_on)
    exception.until_on = until_on
    exception.created_by += f"; Ende gesetzt von {actor.name} am {local_date(clock.local_day(at))}"
    db.session.flush()


def order(actor: Actor, kind: Kind, mark: str, at: datetime) -> Proposal:
    """Turn the proposal for a class into tasks at the giving schools, one per trip; a second time changes nothing.

    Raises: NotAllowed; Conflict if stock or target are no longer what the person saw.
    Source: docs/rules/entitlement.md, EN-9.
    """
    _require(actor)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    proposal = entitlement_moves.propose(actor, kind, clock.local_day(at))
    if proposal.ordered:
        return proposal
    if proposal.mark != mark:
        raise Conflict("Bestand oder Soll haben sich inzwischen geändert. Bitte sehen Sie sich den neuen Vorschlag an.")
    for trip in proposal.trips:
        text = entitlement_moves.task_text(kind, trip)
        db.session.add(DeviceTask(school_id=trip.giver.id, kind=TaskKind.MOVE_AWAY, text=text, created_at=at))
    db.session.flush()
    return proposal


def take_back(actor: Actor, kind: Kind, at: datetime) -> int:
    """Close the open tasks of a redistribution; return how many there were.

    Raises: NotAllowed.
    """
    _require(actor)
    ordered = entitlement_moves.ordered(actor, kind)
    for task in ordered:
        tasks.close(actor, task, "zurückgenommen", at)
    return len(ordered)


def _write(school_id: int, valid_from: date, values: dict[str, Any], known: SchoolSize | None = None) -> SchoolSize:
    row = known or db.session.get(SchoolSize, (school_id, valid_from))
    if row is None:
        row = SchoolSize(school_id=school_id, valid_from=valid_from)
        db.session.add(row)
    for column, value in values.items():
        setattr(row, column, value)
    db.session.flush()
    return row


def _check_days(from_on: date, until_on: date | None) -> None:
    if from_on.year not in _YEARS:
        raise DomainError("Bitte prüfen Sie das Jahr in „Gilt ab“.")
    if until_on is not None and until_on < from_on:
        raise DomainError(f"Die Ausnahme gilt ab {local_date(from_on)}. Ihr letzter Tag kann nicht davor liegen.")


def _require(actor: Actor) -> None:
    if not policy.may_plan_life_cycle(actor):
        raise NotAllowed(_MAY_NOT)
