"""Who may see and do what with a device; each rule for one device, the first ones for lists too.

A device without a school lies in the stock of the city: only grants for the whole city reach it.
"""

from functools import lru_cache

import sqlalchemy as sa

from itsm.assets.models import Device, DeviceTask, Loan, Stocktake
from itsm.core.access import Actor, Verb
from itsm.org.models import School


def may_see(actor: Actor, device: Device) -> bool:
    """Say whether this person sees the file of this device; `visible_to` draws the same line."""
    return _may(actor, Verb.DEVICE_SEE, device.school)


# The same grants give the same filter: building it anew would cost a list page a tenth of its time.
@lru_cache(maxsize=4096)
def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list, count, search and export of devices begins with."""
    return _among(actor, Verb.DEVICE_SEE)


def may_pick_at(actor: Actor, school: School) -> bool:
    """Say whether this person may name devices of a school in a report."""
    return _may(actor, Verb.DEVICE_PICK, school)


def may_pick(actor: Actor, device: Device) -> bool:
    """Say whether this person may name this device in a report; `pickable_by` draws the same line."""
    return _may(actor, Verb.DEVICE_PICK, device.school)


@lru_cache(maxsize=4096)
def pickable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the devices this person may name in a report: number, model and room, nothing else."""
    return _among(actor, Verb.DEVICE_PICK)


def may_place(actor: Actor, device: Device) -> bool:
    """Say whether this person may move the device to another room or case of its school."""
    return _may(actor, Verb.DEVICE_PLACE, device.school)


def may_edit(actor: Actor, device: Device) -> bool:
    """Say whether this person may change the device, its state and its school."""
    return _may(actor, Verb.DEVICE_EDIT, device.school)


def may_edit_models(actor: Actor) -> bool:
    """Say whether this person may enter models and what one costs today; models belong to no school."""
    return actor.may_somewhere(Verb.DEVICE_EDIT)


def may_see_at(actor: Actor, school: School) -> bool:
    """Say whether this person sees the devices of a school."""
    return _may(actor, Verb.DEVICE_SEE, school)


def may_add_at(actor: Actor, school: School | None) -> bool:
    """Say whether this person may add devices at a school, or to the stock of the city."""
    return _may(actor, Verb.DEVICE_EDIT, school)


def addable_schools(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the schools this person may add devices at; over `School`."""
    return actor.scope(Verb.DEVICE_EDIT).among(School.id, School.district_id)


def may_count_at(actor: Actor, school: School) -> bool:
    """Say whether this person may take stock at a school."""
    return _may(actor, Verb.DEVICE_COUNT, school)


@lru_cache(maxsize=4096)
def visible_stocktakes(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the stocktakes this person sees: those of schools whose devices they see."""
    return _at_schools(actor, Verb.DEVICE_SEE, Stocktake.school_id)


def countable_schools(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the schools at which this person may take stock; over `School`."""
    return actor.scope(Verb.DEVICE_COUNT).among(School.id, School.district_id)


def may_see_task(actor: Actor, task: DeviceTask) -> bool:
    """Say whether this person sees an open task about devices; `visible_tasks` draws the same line."""
    return _may(actor, Verb.DEVICE_SEE, task.school)


@lru_cache(maxsize=4096)
def visible_tasks(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list of tasks about devices begins with."""
    return _at_schools(actor, Verb.DEVICE_SEE, DeviceTask.school_id)


def may_settle(actor: Actor, task: DeviceTask) -> bool:
    """Say whether this person may say that a task about devices is done."""
    return may_count_at(actor, task.school)


def may_import(actor: Actor) -> bool:
    """Say whether this person may take device lists over and decide on what the MDM says."""
    return actor.may(Verb.DEVICE_IMPORT)


def may_see_loan(actor: Actor, loan: Loan) -> bool:
    """Say whether this person may know who has a device; `visible_loans` draws the same line."""
    return _may(actor, Verb.LOAN_SEE, loan.school)


@lru_cache(maxsize=4096)
def visible_loans(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list, search and export of holders begins with."""
    return _at_schools(actor, Verb.LOAN_SEE, Loan.school_id)


def may_see_holder(actor: Actor, device: Device) -> bool:
    """Say whether this person may know who has this device."""
    return device.school is not None and _may(actor, Verb.LOAN_SEE, device.school)


def may_lend_at(actor: Actor, school: School | None) -> bool:
    """Say whether this person may hand out and take back devices of a school."""
    return school is not None and _may(actor, Verb.LOAN_EDIT, school)


def may_see_life_cycle(actor: Actor, school: School) -> bool:
    """Say whether this person sees what a school is entitled to; `life_cycle_schools` draws the same line."""
    return _may(actor, Verb.LIFE_CYCLE_SEE, school)


def life_cycle_schools(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the schools whose entitlement and exchange this person sees; over `School`."""
    return actor.scope(Verb.LIFE_CYCLE_SEE).among(School.id, School.district_id)


def may_plan_life_cycle(actor: Actor) -> bool:
    """Say whether this person may enter exceptions and sizes, and make waves."""
    return actor.may(Verb.LIFE_CYCLE_EDIT)


def _may(actor: Actor, verb: Verb, school: School | None) -> bool:
    if school is None:
        return actor.may(verb)
    return actor.may(verb, school_id=school.id, district_id=school.district_id)


def _among(actor: Actor, verb: Verb) -> sa.ColumnElement[bool]:
    return _at_schools(actor, verb, Device.school_id)


def _at_schools(
    actor: Actor, verb: Verb, column: sa.orm.InstrumentedAttribute[int] | sa.orm.InstrumentedAttribute[int | None]
) -> sa.ColumnElement[bool]:
    scope = actor.scope(verb)
    if scope.everywhere:
        return sa.true()
    if not scope:
        return sa.false()
    schools = sa.select(School.id).where(scope.among(School.id, School.district_id))
    # An array is computed once, so that it stays an index condition.
    return column == sa.any_(sa.func.array(schools.scalar_subquery()))
