"""Every state × every move against a table written by hand."""

from pathlib import Path

import pytest

from itsm.core.states import diagram
from itsm.tickets.states import DONE, LABELS, MOVES, OPEN, State
from itsm.tickets.words import MOVES as MOVE_WORDS
from itsm.tickets.words import STATE_KINDS
from tests.moves import assert_starts_only_where

N, A, P, W, L, S, G, C, X = State
# Written by hand from the issue, not from MOVES: move → {source: target}.
EXPECTED = {
    "accept": {N: A},
    "plan": {N: P, A: P, W: P, L: P},
    "unplan": {P: A},
    "ask-school": {N: W, A: W, P: W, L: W, S: W},
    "answer": {W: A},
    "answer-second-level": {W: S},
    "await-supplier": {N: L, A: L, P: L, W: L},
    "delivered": {L: A},
    "escalate": {N: S, A: S, P: S, W: S, L: S},
    "give-back": {S: A},
    "solve": {N: G, A: G, P: G, W: G, L: G, S: G},
    "close": {G: C},
    "give-up-waiting": {W: C},
    "reopen": {G: A, C: A},
    "withdraw": {N: X, A: X, P: X, W: X, L: X, S: X},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_move_starts_only_where_the_table_says(name: str, state: State) -> None:
    assert_starts_only_where(MOVES, LABELS, EXPECTED, name, state)


def test_the_tables_name_the_same_moves() -> None:
    assert {move.name for move in MOVES} == set(EXPECTED)
    assert set(MOVE_WORDS) == set(EXPECTED) | {"report"}


def test_every_state_is_open_or_done_and_has_its_words() -> None:
    assert set(State) == OPEN | DONE and not OPEN & DONE
    assert set(LABELS) == set(STATE_KINDS) == set(State)


def test_the_diagram_of_the_rules_shows_the_table() -> None:
    rules = Path(__file__).parents[2] / "docs" / "rules" / "tickets.md"
    assert diagram(MOVES) in rules.read_text()
