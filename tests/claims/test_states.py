"""Every state × every move of a case against a table written by hand."""

from pathlib import Path

import pytest

from itsm.claims import case_page, kinds, words
from itsm.claims.states import LABELS, MOVES, OPEN, OVER, State
from itsm.core.states import diagram
from tests.moves import assert_starts_only_where

REPORTED, EXAMINED, REPAIR, REPLACEMENT, WRITE_OFF, CLOSED, FOUND, WITHDRAWN = State
# Written by hand from the rules, not from MOVES: move → {source: target}.
EXPECTED: dict[str, dict[State, State]] = {
    "examine": {REPORTED: EXAMINED},
    "repair": {EXAMINED: REPAIR, REPLACEMENT: REPAIR, WRITE_OFF: REPAIR},
    "replace": {EXAMINED: REPLACEMENT, REPAIR: REPLACEMENT, WRITE_OFF: REPLACEMENT},
    "write-off": {EXAMINED: WRITE_OFF, REPAIR: WRITE_OFF, REPLACEMENT: WRITE_OFF},
    "close": {EXAMINED: CLOSED, REPAIR: CLOSED, REPLACEMENT: CLOSED, WRITE_OFF: CLOSED},
    "reopen": {CLOSED: EXAMINED, FOUND: EXAMINED, WITHDRAWN: EXAMINED},
    "find": dict.fromkeys((REPORTED, EXAMINED, REPAIR, REPLACEMENT, WRITE_OFF, CLOSED), FOUND),
    "withdraw": {REPORTED: WITHDRAWN, EXAMINED: WITHDRAWN},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_move_starts_only_where_the_table_says(name: str, state: State) -> None:
    assert_starts_only_where(MOVES, LABELS, EXPECTED, name, state)


def test_the_tables_name_the_same_moves_and_each_has_its_words() -> None:
    assert {move.name for move in MOVES} == set(EXPECTED)
    assert set(EXPECTED) <= set(case_page.ENTRIES)
    assert set(LABELS) == set(words.STATE_KINDS) == set(case_page.NEXT) == set(State)
    assert set(State) == OPEN | OVER
    assert not OPEN & OVER


def test_everything_a_case_can_be_has_a_label() -> None:
    for choices, labels in (
        (kinds.Kind, kinds.KINDS),
        (kinds.StatisticsClass, kinds.CLASSES),
        (kinds.Place, kinds.PLACES),
        (kinds.Accessory, kinds.ACCESSORIES),
        (kinds.Cause, kinds.CAUSES),
    ):
        assert set(labels) == set(choices)


def test_the_diagram_of_the_rules_shows_the_table() -> None:
    rules = Path(__file__).parents[2] / "docs" / "rules" / "claims.md"
    assert diagram(MOVES) in rules.read_text()
