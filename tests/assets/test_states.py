"""Every state × every move against a table written by hand."""

from pathlib import Path

import pytest

from itsm.assets.device_words import CHANGES, STATE_KINDS
from itsm.assets.states import GONE, LABELS, MOVES, OVER, WORKING, State
from itsm.core.states import diagram
from tests.moves import assert_starts_only_where

LAGER, EINSATZ, AUSGEGEBEN, REPARATUR, DEFEKT, VERLOREN, GESTOHLEN, AUS, WEG = State
# Written by hand from the life of a device, not from MOVES: move → {source: target}.
EXPECTED: dict[str, dict[State, State]] = {
    "put-in-use": {LAGER: EINSATZ},
    "store": {EINSATZ: LAGER, REPARATUR: LAGER, DEFEKT: LAGER},
    "lend": {LAGER: AUSGEGEBEN, EINSATZ: AUSGEGEBEN},
    "take-back": {AUSGEGEBEN: EINSATZ},
    "damage": {LAGER: DEFEKT, EINSATZ: DEFEKT, AUSGEGEBEN: DEFEKT},
    "send-to-repair": {LAGER: REPARATUR, EINSATZ: REPARATUR, AUSGEGEBEN: REPARATUR, DEFEKT: REPARATUR},
    "repaired": {REPARATUR: EINSATZ, DEFEKT: EINSATZ},
    "lose": {LAGER: VERLOREN, EINSATZ: VERLOREN, AUSGEGEBEN: VERLOREN, REPARATUR: VERLOREN, DEFEKT: VERLOREN},
    "steal": {
        LAGER: GESTOHLEN,
        EINSATZ: GESTOHLEN,
        AUSGEGEBEN: GESTOHLEN,
        REPARATUR: GESTOHLEN,
        DEFEKT: GESTOHLEN,
        VERLOREN: GESTOHLEN,
    },
    "find": {VERLOREN: LAGER, GESTOHLEN: LAGER},
    "retire": {LAGER: AUS, EINSATZ: AUS, REPARATUR: AUS, DEFEKT: AUS, VERLOREN: AUS, GESTOHLEN: AUS},
    "reinstate": {AUS: LAGER},
    "dispose": {AUS: WEG},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_move_starts_only_where_the_table_says(name: str, state: State) -> None:
    assert_starts_only_where(MOVES, LABELS, EXPECTED, name, state)


def test_the_tables_name_the_same_moves_and_each_has_its_words() -> None:
    assert {move.name for move in MOVES} == set(EXPECTED)
    assert set(EXPECTED) <= set(CHANGES)


def test_every_state_is_working_gone_or_over_and_has_its_words() -> None:
    assert set(State) == WORKING | GONE | OVER
    assert len(State) == len(WORKING) + len(GONE) + len(OVER)
    assert set(LABELS) == set(STATE_KINDS) == set(State)


def test_the_diagram_of_the_rules_shows_the_table() -> None:
    rules = Path(__file__).parents[2] / "docs" / "rules" / "devices.md"
    assert diagram(MOVES) in rules.read_text()
