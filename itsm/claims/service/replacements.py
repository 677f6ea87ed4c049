"""A replacement from the stock: handed over at once, or brought along on the next visit.

Source: docs/rules/claims.md, CL-98.
"""

from datetime import datetime

import sqlalchemy as sa

from itsm.accounts import queries as accounts_queries
from itsm.assets import queries as assets_queries
from itsm.assets.events import DeviceTaskSettled, SwapPlaced, SwapWanted
from itsm.assets.kinds import LABELS as CLASSES
from itsm.assets.models import Device, DeviceTask, TaskKind
from itsm.assets.service import devices, swaps, tasks
from itsm.assets.service.swaps import Swap, Whereabouts
from itsm.assets.states import LABELS as DEVICE_LABELS
from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Kind
from itsm.claims.models import DamageCase
from itsm.claims.service import cases
from itsm.claims.states import OPEN, State
from itsm.core import clock
from itsm.core.access import SYSTEM, Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.events import publish

_CAN_SWAP = frozenset(
    {DeviceState.IN_STOCK, DeviceState.IN_USE, DeviceState.LENT, DeviceState.DAMAGED, DeviceState.IN_REPAIR}
)


def find(case: DamageCase, typed: str) -> Device:
    """Return the device of a typed number that may replace that of a case: of its school, or of the city's stock.

    Raises: DomainError if there is no such device.
    """
    found = assets_queries.find_to_replace(case.school, typed)
    if found is None:
        raise DomainError(
            f"„{typed}“ steht weder im Lager der Stadt noch an dieser Schule. Bitte prüfen Sie die Nummer."
        )
    return found


def offered(case: DamageCase, most: int = 20) -> list[Device]:
    """Return devices in stock of the same class: the school's own first, then the city's, the newest first."""
    select = (
        sa.select(Device)
        .where(
            Device.state == DeviceState.IN_STOCK,
            sa.or_(Device.school_id == case.school_id, Device.school_id.is_(None)),
            ~_promised(case),
        )
        .order_by(Device.school_id.is_(None), Device.in_service_on.desc().nulls_first(), Device.tag)
        .limit(most)
    )
    if case.device is not None:
        select = select.where(Device.id != case.device.id, Device.model.has(kind=case.device.kind))
    return list(db.session.scalars(select))


def give(actor: Actor, case: DamageCase, replacement: Device, at: datetime, *, takes_loan: bool | None = None) -> None:
    """Hand a replacement over to the school at once; a damaged device that is there is swapped for it.

    Raises: NotAllowed for everybody but the claims staff; DomainError for a device that is not in stock, of another
        class or promised to another case, or while nobody has said what becomes of a loan.
    """
    _begin(actor, case, replacement, at)
    _hand_over(actor, case, replacement, takes_loan, at)
    drop_plan(actor, case, at)


def plan(actor: Actor, case: DamageCase, replacement: Device | None, at: datetime) -> None:
    """Let the swap ride on the next visit, with a device or with any of the class; a second time changes the device.

    Raises: NotAllowed for everybody but the claims staff; DomainError for a device that cannot be promised.
    """
    _begin(actor, case, replacement, at)
    case.replacement, case.swap_missed_on = replacement, None
    text = _task_text(case, replacement)
    task = db.session.get(DeviceTask, case.swap_task_id) if case.swap_task_id is not None else None
    if task is None or task.done_at is not None:
        task = DeviceTask(
            school_id=case.school_id, device_id=case.device_id, kind=TaskKind.SWAP, text=text, created_at=at
        )
        db.session.add(task)
        db.session.flush()
        case.swap_task_id = task.id
    task.text = text
    cases.note(actor, case, "swap-planned", at, is_public=True)
    db.session.flush()
    publish(SwapWanted(task.id, case.school_id, at))


def call_off(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Take the swap off the next visit; the device meant for it is free again.

    Raises: NotAllowed for everybody but the claims staff; DomainError where no swap is planned.
    """
    cases.check_work(actor)
    if case.swap_task_id is None or case.replaced_on is not None:
        raise DomainError("Für diesen Fall ist kein Tausch beim nächsten Besuch geplant.")
    cases.note(actor, case, "swap-off", at, is_public=True)
    drop_plan(actor, case, at)


def drop_plan(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Take the swap off the next visit; nothing where none is planned. For verbs that have checked who may."""
    task = db.session.get(DeviceTask, case.swap_task_id) if case.swap_task_id is not None else None
    case.swap_task_id = case.swap_missed_on = None
    if case.replaced_on is None:
        case.replacement = None
    db.session.flush()
    if task is not None:
        tasks.close(actor, task, "Nicht mehr nötig.", at)


def follow_settled(event: DeviceTaskSettled) -> None:
    """Carry out the swap that was ticked on a visit, or note that the tick was taken back."""
    case = db.session.scalar(
        sa.select(DamageCase).where(DamageCase.swap_task_id == event.task_id, DamageCase.over_at.is_(None))
    )
    if case is None:
        return
    task = db.session.get_one(DeviceTask, event.task_id)
    by = accounts_queries.actor_of(task.done_by, clock.local_day(event.at)) if task.done_by else SYSTEM
    if task.done_at is None:
        case.replaced_on = None
        cases.note(by, case, "swap-open-again", event.at)
    elif case.replaced_on is None:
        _settle(by, case, event.at)
    db.session.flush()


def follow_visit(event: SwapPlaced) -> None:
    """Note on which visit the swap of a case stands, or that a visit has passed without it and the clerk must act."""
    case = db.session.scalar(
        sa.select(DamageCase).where(
            DamageCase.swap_task_id == event.task_id, DamageCase.over_at.is_(None), DamageCase.replaced_on.is_(None)
        )
    )
    if case is None:
        return
    case.swap_missed_on = clock.local_day(event.at) if event.visit_on is None else None
    text = f"Besuch am {event.visit_on:%d.%m.%Y}." if event.visit_on else "Ein neuer Besuch steht noch nicht fest."
    cases.note(SYSTEM, case, "swap-missed" if event.was_missed else "swap-placed", event.at, text, is_public=True)
    db.session.flush()


def _begin(actor: Actor, case: DamageCase, replacement: Device | None, at: datetime) -> None:
    cases.check_work(actor)
    if case.replaced_on is not None:
        raise DomainError(f"Zum Fall {case.number} hat die Schule schon ein Ersatzgerät.")
    if replacement is not None:
        _check_pick(case, replacement)
    if case.state is not State.REPLACEMENT:
        cases.move(actor, case, "replace", at, is_public=True)


def _check_pick(case: DamageCase, replacement: Device) -> None:
    if replacement.id == case.device_id:
        raise DomainError("Das Ersatzgerät und das Gerät des Falls sind dasselbe. Bitte prüfen Sie die Nummer.")
    if replacement.school_id not in (None, case.school_id):
        raise DomainError(f"{replacement.tag} gehört zu einer anderen Schule. Bitte nehmen Sie ein anderes Gerät.")
    if replacement.state is not DeviceState.IN_STOCK:
        raise DomainError(
            f"{replacement.tag} ist {DEVICE_LABELS[replacement.state]}. Ein Ersatzgerät muss im Lager stehen: Bitte "
            "wählen Sie ein anderes."
        )
    if case.device is not None and replacement.kind is not case.device.kind:
        raise DomainError(
            f"{replacement.tag} ist „{CLASSES[replacement.kind]}“. Ersetzt wird durch ein Gerät derselben Art: "
            f"„{CLASSES[case.device.kind]}“."
        )
    if db.session.scalar(sa.select(sa.exists().where(Device.id == replacement.id, _promised(case)))):
        raise DomainError(
            f"{replacement.tag} ist schon für einen anderen Fall vorgesehen. Bitte wählen Sie ein anderes."
        )


def _promised(case: DamageCase) -> sa.ColumnElement[bool]:
    """Whether a device is meant for another case that has not got it yet; over `Device`."""
    other = sa.select(DamageCase.id).where(
        DamageCase.replacement_id == Device.id,
        DamageCase.replaced_on.is_(None),
        DamageCase.state.in_(sorted(OPEN)),
        DamageCase.id != case.id,
    )
    return other.exists()


def _hand_over(actor: Actor, case: DamageCase, replacement: Device, takes_loan: bool | None, at: datetime) -> None:
    device = case.device
    if case.kind is Kind.DAMAGE and device and device.school_id == case.school_id and device.state in _CAN_SWAP:
        place = Whereabouts.REPAIR if device.state is DeviceState.IN_REPAIR else Whereabouts.STAYS
        swaps.make(actor, Swap(device, replacement, place, takes_loan), at)
    else:
        _bring(actor, case, replacement, at)
    case.replacement, case.replaced_on = replacement, clock.local_day(at)
    cases.note(actor, case, "replaced", at, replacement.tag, is_public=True)
    db.session.flush()


def _bring(actor: Actor, case: DamageCase, replacement: Device, at: datetime) -> None:
    """Give the school a device where there is none to take away: stolen, lost, or retired."""
    site = case.school.main_site
    place = {
        "school_id": case.school_id,
        "site_id": site.id if site else None,
        "room_id": None,
        "case_id": None,
        "slot": None,
    }
    devices.apply(actor, replacement, place, at, "swap", f"Ersatz für {case.device_label}, Fall {case.number}.")
    db.session.expire(replacement, ["school", "site", "room", "case"])
    devices.go(actor, replacement, "put-in-use", at)
    if case.device is not None and case.device.replaced_by_id is None:
        text = f"Ersetzt durch {replacement.tag}."
        devices.apply(actor, case.device, {"replaced_by_id": replacement.id}, at, "swap", text)
        db.session.expire(case.device, ["replaced_by"])


def _settle(actor: Actor, case: DamageCase, at: datetime) -> None:
    done = case.device.replaced_by if case.device is not None else None
    if done is not None:
        # It was swapped on the page of the visit: that device counts, whichever was planned.
        case.replacement, case.replaced_on = done, clock.local_day(at)
        cases.note(actor, case, "replaced", at, done.tag, is_public=True)
        return
    if case.replacement is None:
        cases.note(actor, case, "swap-unclear", at, "Bitte tragen Sie das Ersatzgerät ein.")
        return
    try:
        # A tick on a visit must not fail because the file of a device says otherwise.
        with db.session.begin_nested():
            lent = case.device is not None and swaps.is_lent(case.device)
            _hand_over(actor, case, case.replacement, lent or None, at)
    except DomainError as error:
        db.session.expire(case)
        cases.note(actor, case, "swap-unclear", at, error.sentence)


def _task_text(case: DamageCase, replacement: Device | None) -> str:
    if replacement is None:
        return f"Ersatz für {case.device_label} bringen und tauschen (Fall {case.number})."
    where = "aus dem Lager der Stadt" if replacement.school_id is None else "aus dem Lager der Schule"
    return f"{replacement.tag} {where} als Ersatz für {case.device_label} ausgeben (Fall {case.number})."
