"""Damages, thefts and losses of the demo city: every case is invented, only the yearly figures are the report's."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets.kinds import Kind as DeviceKind
from itsm.assets.models import Device, DeviceChange, DeviceModel, Loan
from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import MISSING, Kind, statistics_class
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models import CaseEntry, DamageCase, DamageYear, Incident, MdmOrder, Repair
from itsm.claims.states import LABELS, MOVES, OVER, State
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.states import find
from itsm.demo import damage_claims
from itsm.demo.city import City
from itsm.demo.damage_stories import Story, stories
from itsm.demo.people import Staff

SOURCE = "Jahresbericht 2025, Tabellen 7 und 8"
# Year, iPads, damages, theft and loss as the report states them.
STATED = (
    (2021, 27_315, 123, 51),
    (2022, 38_640, 285, 60),
    (2023, 81_961, 1_047, 105),
    (2024, 83_437, 1_165, 88),
    (2025, 83_596, 1_525, 121),
)
SUPPLIER = "Werkstatt Muster GmbH"
FIRST_SCHOOL, FIRST_SCHOOL_EVERY = 1, 4
_MORNING, _DAY = time(9, 20), timedelta(days=1)
# By then somebody has said whether something is claimed.
_DECIDED = timedelta(days=200)
# So many devices are looked at per state, none that was new, and those worth little last.
_OFFERED, _LEAST_DAYS, _OLD_DAYS = 150, 200, 1_400

_WAYS = {
    State.REPORTED: (),
    State.EXAMINED: ("examine",),
    State.REPAIR: ("examine", "repair"),
    State.REPLACEMENT: ("examine", "replace"),
    State.WRITE_OFF: ("examine", "write-off"),
    State.FOUND: ("examine", "find"),
    State.WITHDRAWN: ("withdraw",),
}
_CLOSED = {"repaired": ("examine", "repair", "close"), "declined": ("examine", "write-off", "close")}
# What became of a device, as the name of the move of its own life.
_DEVICE_MOVES = {
    DeviceState.DAMAGED: "damage",
    DeviceState.IN_REPAIR: "send-to-repair",
    DeviceState.STOLEN: "steal",
    DeviceState.LOST: "lose",
    DeviceState.RETIRED: "retire",
}


def build(town: City, staff: Staff, at: datetime) -> None:
    """Write the yearly figures, the cases and the claims; without devices there are figures alone."""
    db.session.add_all(
        DamageYear(year=year, devices=devices, damaged=damaged, missing=missing, source=SOURCE)
        for year, devices, damaged, missing in STATED
    )
    clerk_id, approver_id = (staff.in_city[role][0] for role in (Role.CLAIMS_CLERK, Role.CLAIMS_APPROVER))
    reporters = {school.id: school.staff_ids[2] for school in town.schools}
    shelf, told = _Shelf(), []
    for number, story in enumerate(stories()):
        told_at = clock.at_local(clock.local_day(at) - story.days_ago * _DAY, _MORNING)
        is_first = number % FIRST_SCHOOL_EVERY == 0 or story.device is DeviceState.LENT
        device = shelf.take(story.device, told_at, is_first=is_first)
        if device is None or device.school_id is None:
            continue
        told.append((story, _case(story, device, told_at, reporters[device.school_id], clerk_id)))
    # All at once: row by row this takes several times as long.
    db.session.add_all(case for _, case in told)
    db.session.flush()
    for story, case in told:
        _bring_to(story.device, case)
        db.session.add_all(_orders(case, story, clerk_id, approver_id))
    db.session.flush()
    closed = [case for _, case in told if case.over_at is not None]
    damage_claims.build([case for case in closed if case.repairs], clerk_id, approver_id, at)
    for case in closed:
        if case.has_claim is None and clock.local_day(at) - case.incident.day > _DECIDED:
            case.has_claim = False


class _Shelf:
    """Devices for the cases: those in the right state already, else working ones."""

    def __init__(self) -> None:
        self.waiting: dict[DeviceState, list[Device]] = defaultdict(list)
        for state in (DeviceState.IN_USE, DeviceState.LENT, *_DEVICE_MOVES):
            self.waiting[state] = list(db.session.scalars(_of_state(state)))

    def take(self, state: DeviceState, told_at: datetime, *, is_first: bool) -> Device | None:
        """Return a device that had been in service for a while and was worth something, of the first school if any."""
        day = clock.local_day(told_at)
        for offered in (state, DeviceState.IN_USE):
            fitting = [one for one in self.waiting[offered] if _was_used(one, day)]
            fitting.sort(key=lambda one: (_was_old(one, day), (one.school_id == FIRST_SCHOOL) is not is_first))
            if fitting:
                self.waiting[offered].remove(fitting[0])
                return fitting[0]
        return None


def _of_state(state: DeviceState) -> sa.Select[Device]:
    """Select iPads scattered over the city, those of the first school before."""
    return (
        sa.select(Device)
        .join(DeviceModel)
        .where(Device.state == state, DeviceModel.kind == DeviceKind.IPAD, Device.school_id.is_not(None))
        .where(Device.case_id.is_(None))
        .order_by(Device.school_id != FIRST_SCHOOL, sa.func.md5(Device.tag))
        .limit(_OFFERED)
        .options(joinedload(Device.model))
    )


def _was_used(device: Device, day: date) -> bool:
    return device.in_service_on is not None and (day - device.in_service_on).days >= _LEAST_DAYS


def _was_old(device: Device, day: date) -> bool:
    return device.in_service_on is not None and (day - device.in_service_on).days > _OLD_DAYS


def _case(story: Story, device: Device, told_at: datetime, reporter_id: int, clerk_id: int) -> DamageCase:
    day = clock.local_day(told_at)
    incident = Incident(
        school_id=device.school_id,
        reported_at=told_at,
        reporter_id=reporter_id,
        happened_on=day - _DAY,
        discovered_on=day,
        place=story.place,
        was_locked_away=True if story.kind is Kind.THEFT else None,
        description=story.text,
        police_station="Polizeiwache Demostadt" if story.police else "",
        police_reference=story.police,
        police_reported_on=day if story.police else None,
    )
    case = DamageCase(
        incident=incident,
        school_id=device.school_id,
        device=device,
        device_label=f"{device.tag} · {device.model.label}",
        loan=_loan_of(device) if story.device is DeviceState.LENT else None,
        kind=story.kind,
        statistics_class=statistics_class(story.kind, incident.day),
        cause=story.cause,
        is_usable=story.usable,
        needs_replacement=not story.usable and story.state is not State.CLOSED,
        device_state_before=DeviceState.IN_USE.value,
        state=State.REPORTED,
        state_at=told_at,
    )
    case.entries.append(
        CaseEntry(at=told_at, author_id=reporter_id, what="report", to_state=case.state, is_public=True)
    )
    _go_on(case, story, told_at, clerk_id)
    if story.repair:
        case.repairs.append(_repair(story, day))
    return case


def _loan_of(device: Device) -> Loan | None:
    return db.session.scalar(sa.select(Loan).where(Loan.device_id == device.id, Loan.returned_at.is_(None)))


def _go_on(case: DamageCase, story: Story, told_at: datetime, clerk_id: int) -> None:
    """Take the case through its states, each step some time after the one before."""
    way = _CLOSED[story.repair or "declined"] if story.state is State.CLOSED else _WAYS[story.state]
    for step, name in enumerate(way, start=1):
        at = told_at + min(step * 4, max(story.days_ago * step // 6, 0)) * _DAY + timedelta(hours=step)
        before, case.state, case.state_at = case.state, find(MOVES, name, case.state, LABELS).target, at
        case.clerk_id = clerk_id
        case.entries.append(
            CaseEntry(at=at, author_id=clerk_id, what=name, from_state=before, to_state=case.state, is_public=True)
        )
    case.over_at = case.state_at if case.state in OVER else None
    if case.state is State.FOUND:
        case.found_on = clock.local_day(case.state_at)
    elif case.kind is Kind.DAMAGE and way:
        case.returned_on = clock.local_day(told_at) + _DAY


def _repair(story: Story, day: date) -> Repair:
    """A quote of 60 to 240 euros net, and what came of it."""
    quote_cents = 6_000 + story.days_ago * 1_370 % 18_000
    repair = Repair(supplier=SUPPLIER, quote_net_cents=quote_cents, quoted_on=day + 2 * _DAY)
    if story.repair in ("ordered", "repaired"):
        repair.ordered_on = day + 4 * _DAY
    if story.repair == "repaired":
        repair.invoiced_on = repair.returned_on = day + 12 * _DAY
        repair.invoice_gross_cents = quote_cents * 119 // 100
    repair.is_declined = story.repair == "declined"
    return repair


def _orders(case: DamageCase, story: Story, clerk_id: int, approver_id: int) -> list[MdmOrder]:
    """The orders to lock a device that is gone; one is done by hand, two wait."""
    if not story.lock or case.kind not in MISSING:
        return []
    told_at = case.incident.reported_at
    asked: dict[str, Any] = {
        "case_id": case.id,
        "requested_at": told_at,
        "requested_by_id": clerk_id,
        "is_by_hand": True,
        "purpose": "Gerät ist weg",
    }
    if story.lock == "asked":
        return [MdmOrder(kind=OrderKind.LOCK, state=OrderState.REQUESTED, state_at=told_at, **asked)]
    at = told_at + timedelta(hours=3)
    asked |= {"released_at": at, "released_by_id": approver_id, "state_at": at}
    if story.lock == "waits":
        return [MdmOrder(kind=OrderKind.LOCK, state=OrderState.RELEASED, **asked)]
    done = {"state": OrderState.CONFIRMED, "done_at": at, "done_by_id": clerk_id}
    orders = [MdmOrder(kind=OrderKind.LOCK, **asked, **done)]
    if story.lock == "freed":
        orders.append(MdmOrder(kind=OrderKind.UNLOCK, **(asked | done | {"purpose": "Gerät ist wieder da"})))
    return orders


def _bring_to(state: DeviceState, case: DamageCase) -> None:
    """Put a working device into the state its case has brought it to, with a line of its history."""
    device, at = case.device, case.incident.reported_at
    if device is None or device.state is state or state not in _DEVICE_MOVES:
        return
    before, device.state, device.state_at = device.state, state, at
    db.session.add(
        DeviceChange(
            device_id=device.id,
            at=at,
            what=_DEVICE_MOVES[state],
            before={"state": before.value},
            after={"state": state.value},
            text=f"Fall {case.number}.",
        )
    )
