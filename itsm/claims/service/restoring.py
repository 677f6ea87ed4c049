"""Put the device of a case back to what it was before the report, as far as its own life allows.

Source: docs/rules/claims.md, CL-96.
"""

from datetime import datetime

from itsm.assets import queries as assets_queries
from itsm.assets.models import Device
from itsm.assets.service import devices
from itsm.assets.states import GONE, State
from itsm.claims.models import DamageCase
from itsm.core.access import Actor

# From a shelf to where it was.
_FROM_STOCK = {State.IN_USE: "put-in-use", State.DAMAGED: "damage", State.IN_REPAIR: "send-to-repair"}


def restore(actor: Actor, case: DamageCase, at: datetime, text: str = "") -> None:
    """Put the device of a case back: found if it was gone, whole if it was damaged, lent if its loan still runs.

    A device that was disposed of stays so; for verbs that have checked who may.
    """
    device = case.device
    if device is None or device.state is State.DISPOSED:
        return
    before = State(case.device_state_before) if case.device_state_before else State.IN_STOCK
    text = text or f"Fall {case.number} hat sich erledigt."
    if device.state is State.RETIRED:
        devices.go(actor, device, "reinstate", at, text)
    elif device.state in GONE:
        devices.go(actor, device, "find", at, text)
    elif device.state in (State.DAMAGED, State.IN_REPAIR) and before is not device.state:
        devices.go(actor, device, "repaired", at, text)
    _to(actor, device, before, at, text)


def _to(actor: Actor, device: Device, before: State, at: datetime, text: str) -> None:
    loan = assets_queries.open_loan_of(device)
    if loan is not None and device.state in (State.IN_STOCK, State.IN_USE):
        loan.given_up_at = None
        devices.go(actor, device, "lend", at, text)
    elif before is State.LENT:
        # The loan has ended meanwhile.
        before = State.IN_USE
    if device.state is State.IN_STOCK and before in _FROM_STOCK:
        devices.go(actor, device, _FROM_STOCK[before], at, text)
    elif device.state is State.IN_USE and before is State.IN_STOCK:
        devices.go(actor, device, "store", at, text)
