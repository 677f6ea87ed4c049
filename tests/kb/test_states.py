"""Every state × every move against a table written by hand."""

from pathlib import Path

import pytest

from itsm.core.states import diagram
from itsm.kb.states import KINDS, LABELS, LIVE, MOVES, WRITABLE, State
from itsm.kb.submitting import LABELS as SCHOOL_LABELS
from itsm.kb.words import ENTRIES
from tests.moves import assert_starts_only_where

EINGEREICHT, RUECKFRAGE, ENTWURF, PRUEFUNG, ONLINE, ZU_UEBERARBEITEN, ARCHIV = State
# Written by hand from the life of an article, not from MOVES: move → {source: target}.
EXPECTED: dict[str, dict[State, State]] = {
    "ask": {EINGEREICHT: RUECKFRAGE},
    "answer": {RUECKFRAGE: EINGEREICHT},
    "accept": {EINGEREICHT: ENTWURF, RUECKFRAGE: ENTWURF},
    "decline": {EINGEREICHT: ARCHIV, RUECKFRAGE: ARCHIV},
    "revise": {ONLINE: ENTWURF, ZU_UEBERARBEITEN: ENTWURF},
    "hand-in": {ENTWURF: PRUEFUNG},
    "send-back": {PRUEFUNG: ENTWURF},
    "publish": {PRUEFUNG: ONLINE},
    "confirm": {ONLINE: ONLINE, ZU_UEBERARBEITEN: ONLINE},
    "flag": {ONLINE: ZU_UEBERARBEITEN},
    "archive": {ENTWURF: ARCHIV, PRUEFUNG: ARCHIV, ONLINE: ARCHIV, ZU_UEBERARBEITEN: ARCHIV},
    "reopen": {ARCHIV: ENTWURF},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_move_starts_only_where_the_table_says(name: str, state: State) -> None:
    assert_starts_only_where(MOVES, LABELS, EXPECTED, name, state)


def test_the_tables_name_the_same_moves_and_each_has_its_words() -> None:
    assert {move.name for move in MOVES} == set(EXPECTED)
    assert set(EXPECTED) <= set(ENTRIES)
    assert set(LABELS) == set(KINDS) == set(SCHOOL_LABELS) == set(State)


def test_nobody_writes_in_what_is_being_reviewed_or_archived() -> None:
    assert set(State) - WRITABLE == {PRUEFUNG, ARCHIV}
    assert set(State) - LIVE == {EINGEREICHT, RUECKFRAGE, ARCHIV}


def test_the_diagram_of_the_rules_shows_the_table() -> None:
    rules = Path(__file__).parents[2] / "docs" / "rules" / "articles.md"
    assert diagram(MOVES) in rules.read_text()
