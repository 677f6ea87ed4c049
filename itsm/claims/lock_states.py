"""What may follow what in an order to the MDM.

Source: docs/rules/claims.md, CL-71.
"""

from enum import StrEnum

from itsm.core.states import Move


class OrderKind(StrEnum):
    """What the MDM is to do; a device is located only while it is locked."""

    LOCK = "lock"
    LOCATE = "locate"
    UNLOCK = "unlock"


class OrderState(StrEnum):
    """Where an order stands."""

    REQUESTED = "requested"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


KIND_LABELS = {OrderKind.LOCK: "Sperre", OrderKind.LOCATE: "Ortung", OrderKind.UNLOCK: "Entsperrung"}
LABELS = {
    OrderState.REQUESTED: "wartet auf Freigabe",
    OrderState.RELEASED: "freigegeben",
    OrderState.CONFIRMED: "erledigt",
    OrderState.REFUSED: "nicht möglich",
    OrderState.WITHDRAWN: "zurückgezogen",
}
# What a line of the history is called.
ENTRIES = {
    "lock-requested": "Sperre beantragt",
    "lock-released": "Sperre freigegeben",
    "lock-sent": "Sperre an das MDM gesendet",
    "lock-by-hand": "Sperre: bitte von Hand",
    "lock-confirmed": "Gerät gesperrt",
    "lock-refused": "Sperre nicht möglich",
    "lock-withdrawn": "Sperre zurückgezogen",
    "locate-requested": "Ortung beantragt",
    "locate-released": "Ortung freigegeben",
    "locate-sent": "Ortung an das MDM gesendet",
    "locate-confirmed": "Gerät geortet",
    "locate-by-hand": "Ortung: bitte von Hand",
    "locate-refused": "Ortung nicht möglich",
    "locate-withdrawn": "Ortung zurückgezogen",
    "unlock-requested": "Entsperrung angeordnet",
    "unlock-sent": "Entsperrung an das MDM gesendet",
    "unlock-by-hand": "Entsperrung: bitte von Hand",
    "unlock-confirmed": "Gerät entsperrt",
    "unlock-refused": "Entsperrung nicht möglich",
    "unlock-withdrawn": "Entsperrung zurückgezogen",
}

OPEN = frozenset({OrderState.REQUESTED, OrderState.RELEASED})

MOVES = (
    Move("release", frozenset({OrderState.REQUESTED}), OrderState.RELEASED),
    Move("confirm", frozenset({OrderState.RELEASED}), OrderState.CONFIRMED),
    Move("refuse", frozenset({OrderState.RELEASED}), OrderState.REFUSED),
    Move("withdraw", OPEN, OrderState.WITHDRAWN),
)
