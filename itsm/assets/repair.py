"""Whether a damaged device is still worth its repair.

Source: docs/rules/devices.md, DV-7.
"""

from dataclasses import dataclass

from itsm.assets.states import State
from itsm.core.figures import Figure, define

PERCENT = "devices.repair_percent"
# Only while somebody has to decide.
IN_QUESTION = frozenset({State.DAMAGED, State.IN_REPAIR})

define(
    Figure(
        PERCENT, "Übliche Reparatur, solange es zu einem Modell keine gibt", "Prozent des Preises", 25, 1, highest=100
    )
)


@dataclass(frozen=True)
class Advice:
    """What was spent and will be, against what the device is worth; cents."""

    spent_cents: int
    expected_cents: int
    value_cents: int

    @property
    def should_replace(self) -> bool:
        """Whether what was spent and the repair to come are more than the device is worth."""
        return self.spent_cents + self.expected_cents > self.value_cents


def expected_cents(usual_cents: int | None, price_cents: int, percent: float) -> int:
    """Return what a repair will cost: as on average for the model, else a share of its price."""
    return usual_cents if usual_cents is not None else round(price_cents * percent / 100)
