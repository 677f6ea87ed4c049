"""A table of moves allows what it lists and refuses the rest with a sentence."""

from enum import StrEnum

import pytest

from itsm.core.errors import DomainError
from itsm.core.states import Move, diagram, find, names_from


class Light(StrEnum):
    OFF = "off"
    ON = "on"


MOVES = (Move("switch-on", frozenset({Light.OFF}), Light.ON), Move("switch-off", frozenset({Light.ON}), Light.OFF))
LABELS = {Light.OFF: "aus", Light.ON: "an"}


def test_a_listed_move_is_found() -> None:
    assert find(MOVES, "switch-on", Light.OFF, LABELS).target is Light.ON
    assert names_from(MOVES, Light.ON) == ("switch-off",)


@pytest.mark.parametrize(("name", "state"), [("switch-on", Light.ON), ("explode", Light.OFF)])
def test_any_other_move_is_refused_with_the_present_state(name: str, state: Light) -> None:
    with pytest.raises(DomainError, match=f"„{LABELS[state]}“"):
        find(MOVES, name, state, LABELS)


def test_the_diagram_shows_every_move() -> None:
    assert diagram(MOVES).splitlines() == ["stateDiagram-v2", "    off --> on: switch-on", "    on --> off: switch-off"]
