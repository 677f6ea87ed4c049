"""What other packages may want to know about devices."""

from dataclasses import dataclass
from datetime import date, datetime

from itsm.assets.states import State


@dataclass(frozen=True)
class DeviceMoved:
    """A device went from one state to another."""

    device_id: int
    move: str
    from_state: State
    to_state: State
    at: datetime


@dataclass(frozen=True)
class DeliveryWanted:
    """Devices of a wave are to be brought to a school between two days; the task waits for a visit."""

    task_id: int
    school_id: int
    first_on: date
    last_on: date
    at: datetime


@dataclass(frozen=True)
class SwapWanted:
    """A device is to be swapped on the next visit of a school; said again when its words have changed."""

    task_id: int
    school_id: int
    at: datetime


@dataclass(frozen=True)
class SwapPlaced:
    """A swap stands on a visit of this day, or on none; `was_missed` if a visit has just passed without it."""

    task_id: int
    visit_on: date | None
    was_missed: bool
    at: datetime


@dataclass(frozen=True)
class DeviceTaskSettled:
    """A task about a device is done or was taken back."""

    task_id: int
    at: datetime


@dataclass(frozen=True)
class LoanGivenUp:
    """A device was declared not returned; `state_before` is where it stood until then."""

    loan_id: int
    state_before: State
    by_id: int | None
    at: datetime


@dataclass(frozen=True)
class LoanCameBack:
    """A device that was declared not returned came back after all."""

    loan_id: int
    by_id: int | None
    at: datetime
