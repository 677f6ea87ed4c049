"""What may follow what in the life of a device.

Source: docs/rules/devices.md, DV-1.
"""

from enum import StrEnum

from itsm.core.states import Move


class State(StrEnum):
    """Where a device stands in its life."""

    IN_STOCK = "in_stock"
    IN_USE = "in_use"
    LENT = "lent"
    IN_REPAIR = "in_repair"
    DAMAGED = "damaged"
    LOST = "lost"
    STOLEN = "stolen"
    RETIRED = "retired"
    DISPOSED = "disposed"


LABELS = {
    State.IN_STOCK: "im Lager",
    State.IN_USE: "im Einsatz",
    State.LENT: "ausgegeben",
    State.IN_REPAIR: "in Reparatur",
    State.DAMAGED: "beschädigt",
    State.LOST: "verloren",
    State.STOLEN: "gestohlen",
    State.RETIRED: "ausgemustert",
    State.DISPOSED: "entsorgt",
}

# Devices a school can count on; they make up the stock of the report and of the entitlement.
WORKING = frozenset({State.IN_STOCK, State.IN_USE, State.LENT, State.IN_REPAIR, State.DAMAGED})
# Working, but known to be in other hands: nobody expects to see them on a shelf.
AWAY = frozenset({State.LENT, State.IN_REPAIR})
GONE = frozenset({State.LOST, State.STOLEN})
OVER = frozenset({State.RETIRED, State.DISPOSED})
_AT_HAND = frozenset({State.IN_STOCK, State.IN_USE})

MOVES = (
    Move("put-in-use", frozenset({State.IN_STOCK}), State.IN_USE),
    Move("store", frozenset({State.IN_USE, State.IN_REPAIR, State.DAMAGED}), State.IN_STOCK),
    Move("lend", _AT_HAND, State.LENT),
    Move("take-back", frozenset({State.LENT}), State.IN_USE),
    Move("damage", _AT_HAND | {State.LENT}, State.DAMAGED),
    Move("send-to-repair", _AT_HAND | {State.LENT, State.DAMAGED}, State.IN_REPAIR),
    Move("repaired", frozenset({State.IN_REPAIR, State.DAMAGED}), State.IN_USE),
    Move("lose", WORKING, State.LOST),
    Move("steal", WORKING | {State.LOST}, State.STOLEN),
    Move("find", GONE, State.IN_STOCK),
    Move("retire", (WORKING - {State.LENT}) | GONE, State.RETIRED),
    Move("reinstate", frozenset({State.RETIRED}), State.IN_STOCK),
    Move("dispose", frozenset({State.RETIRED}), State.DISPOSED),
)
