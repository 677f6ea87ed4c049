"""Having a device repaired: each attempt with quote, order, invoice and return; the device goes along.

Source: docs/rules/claims.md, CL-92.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from itsm.assets.models import Device
from itsm.assets.service import devices
from itsm.assets.states import MOVES as DEVICE_MOVES
from itsm.assets.states import State as DeviceState
from itsm.claims import handling
from itsm.claims.kinds import MISSING
from itsm.claims.models import DamageCase, Repair
from itsm.claims.service import cases, restoring
from itsm.claims.states import State
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound


@dataclass(frozen=True)
class Told:
    """What is known of an attempt. A quote is net, an invoice gross (CL-14); in cents."""

    supplier: str
    supplier_reference: str = ""
    quote_net_cents: int | None = None
    quoted_on: date | None = None
    ordered_on: date | None = None
    invoice_gross_cents: int | None = None
    invoiced_on: date | None = None
    returned_on: date | None = None
    is_declined: bool = False
    note: str = ""


def begin(actor: Actor, case: DamageCase, told: Told, at: datetime) -> Repair:
    """Send a device to be repaired; another attempt can follow when the one before is over.

    Raises: NotAllowed for everybody but the claims staff; DomainError for a device that is gone, an attempt that is
        still under way, or days that cannot be.
    """
    cases.check_work(actor)
    if case.kind in MISSING:
        raise DomainError(
            "Ein Gerät, das fehlt, lässt sich nicht reparieren. Ist es wieder da, geben Sie das zuerst an."
        )
    _check(case, told, clock.local_day(at))
    latest = handling.latest_repair(case)
    if case.state is not State.REPAIR:
        cases.move(actor, case, "repair", at, is_public=True)
    elif latest is not None and handling.is_under_way(latest):
        raise DomainError(f"Die Reparatur bei {latest.supplier} läuft noch. Bitte beenden Sie sie zuerst.")
    repair = Repair(case_id=case.id, **vars(told))
    case.repairs.append(repair)
    _touch(case)
    cases.note(actor, case, "repair-begun", at, told.supplier)
    if case.device is not None:
        _send(actor, case, case.device, at)
    if told.returned_on is not None:
        _return(actor, case, repair, at)
    db.session.flush()
    return repair


def change(actor: Actor, case: DamageCase, repair: Repair, told: Told, at: datetime) -> None:
    """Write down what has become known of an attempt; a device that is back goes where it was.

    An invoice may come after the case is closed.

    Raises: NotAllowed for everybody but the claims staff; DomainError for days that cannot be, or a case that
        does not count.
    """
    cases.check_work(actor)
    if case.state is State.WITHDRAWN or case.anonymised_at is not None:
        raise DomainError("Dieser Fall ist zurückgezogen oder schon anonym. Er lässt sich nicht mehr ändern.")
    _check(case, told, clock.local_day(at))
    was_back = repair.returned_on is not None
    changed = [name for name, value in vars(told).items() if getattr(repair, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(repair, name, getattr(told, name))
    _touch(case)
    cases.note(actor, case, "repair-changed", at, told.supplier)
    if repair.returned_on is not None and not was_back:
        _return(actor, case, repair, at)
    elif was_back and repair.returned_on is None and case.device is not None and case.state is State.REPAIR:
        _send(actor, case, case.device, at)
    db.session.flush()


def repair_of(case: DamageCase, repair_id: int) -> Repair:
    """Return an attempt of a case.

    Raises: NotFound for one of another case.
    """
    found = next((repair for repair in case.repairs if repair.id == repair_id), None)
    if found is None:
        raise NotFound
    return found


def spent_cents(device_ids: Sequence[int]) -> dict[int, int]:
    """Return what repairs of damage cases have cost, for each of these devices; gross, by the invoices."""
    rows = db.session.execute(
        sa.select(DamageCase.device_id, sa.func.sum(Repair.invoice_gross_cents))
        .join(Repair, Repair.case_id == DamageCase.id)
        .where(DamageCase.device_id.in_(device_ids), Repair.invoice_gross_cents.is_not(None))
        .group_by(DamageCase.device_id)
    )
    return {device_id: int(cents) for device_id, cents in rows if device_id is not None and cents is not None}


def _check(case: DamageCase, told: Told, today: date) -> None:
    days = (told.quoted_on, told.ordered_on, told.invoiced_on, told.returned_on)
    if any(day > today for day in days if day):
        raise DomainError("Ein Tag liegt in der Zukunft. Bitte prüfen Sie die Tage der Reparatur.")
    if any(day < case.incident.day for day in days if day):
        raise DomainError("Ein Tag liegt vor dem Schaden. Bitte prüfen Sie die Tage der Reparatur.")
    if told.returned_on and told.ordered_on and told.returned_on < told.ordered_on:
        raise DomainError("Das Gerät kam vor dem Auftrag zurück. Bitte prüfen Sie beide Tage.")
    if told.is_declined and told.ordered_on:
        raise DomainError("Eine Reparatur ist beauftragt oder abgelehnt, nicht beides. Bitte wählen Sie eins davon.")
    if (told.quote_net_cents is None) != (told.quoted_on is None):
        raise DomainError("Zum Angebot gehören Betrag und Tag. Bitte ergänzen Sie, was fehlt.")
    if (told.invoice_gross_cents is None) != (told.invoiced_on is None):
        raise DomainError("Zur Rechnung gehören Betrag und Tag. Bitte ergänzen Sie, was fehlt.")


def _touch(case: DamageCase) -> None:
    """Make the case newer, so that of two clerks at once the second one reads what the first has done."""
    flag_modified(case, "state")


def _send(actor: Actor, case: DamageCase, device: Device, at: datetime) -> None:
    text = f"Fall {case.number}."
    if device.state is DeviceState.RETIRED:
        devices.go(actor, device, "reinstate", at, text)
    if any(one.name == "send-to-repair" and device.state in one.sources for one in DEVICE_MOVES):
        devices.go(actor, device, "send-to-repair", at, text)


def _return(actor: Actor, case: DamageCase, repair: Repair, at: datetime) -> None:
    device = case.device
    cases.note(actor, case, "repair-returned", at, is_public=True)
    if device is None or device.state is not DeviceState.IN_REPAIR:
        return
    if repair.is_declined:
        devices.go(actor, device, "store", at, f"Unrepariert zurück, Fall {case.number}.")
        devices.go(actor, device, "damage", at, f"Fall {case.number}.")
    elif device.replaced_by_id is not None:
        devices.go(actor, device, "store", at, f"Repariert zurück, Fall {case.number}.")
        devices.apply(actor, device, {"replaced_by_id": None}, at, "edit", "Steht wieder bereit.")
    else:
        text = f"Repariert zurück, Fall {case.number}."
        devices.go(actor, device, "repaired", at, text)
        restoring.restore(actor, case, at, text)
