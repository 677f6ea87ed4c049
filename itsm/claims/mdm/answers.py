"""What an MDM can answer, and the ways it can fail; each sentence is for the person who reads the page."""

from datetime import datetime
from typing import NamedTuple


class Unavailable(Exception):
    """The MDM gave no usable answer; it may later."""


class Rejected(Unavailable):
    """The MDM understood the command and does not carry it out now."""


class Unknown(Exception):
    """The MDM does not have this device: it is in another one, or in none."""


class Fix(NamedTuple):
    """Where a device said it was."""

    latitude: float
    longitude: float
    # None if the device does not know.
    accuracy_metres: float | None
    seen_at: datetime


class Found(NamedTuple):
    """A device as the MDM has it, reduced to what we ask for."""

    number: int
    is_lost: bool
    fix: Fix | None
