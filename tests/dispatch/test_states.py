"""Every state of a visit and every move, against a table written by hand."""

from pathlib import Path

import pytest

from itsm.core.states import diagram
from itsm.dispatch.states import LABELS, MOVES, VisitState
from tests.moves import assert_starts_only_where

P, D, S, E, C, M = VisitState
ALLOWED = {
    "depart": {P: D},
    "arrive": {P: S, D: S},
    "finish": {S: E},
    "cancel": {P: C, D: C},
    "miss": {P: M, D: M},
    "turn-away": {S: M},
    "undo-depart": {D: P},
    "undo-arrive": {S: D},
    "undo-walk-in": {S: P},
}


@pytest.mark.parametrize("state", list(VisitState))
@pytest.mark.parametrize("name", list(ALLOWED))
def test_a_move_leads_where_the_table_says_or_is_refused(name: str, state: VisitState) -> None:
    assert_starts_only_where(MOVES, LABELS, ALLOWED, name, state)


def test_the_hand_written_table_names_every_move() -> None:
    assert {move.name for move in MOVES} == set(ALLOWED)


def test_the_diagram_in_the_rules_is_the_table() -> None:
    rules = (Path(__file__).parents[2] / "docs/rules/visits.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram(MOVES)}\n```" in rules
