"""Every state of a claim × every move against a table written by hand."""

from pathlib import Path

import pytest

from itsm.claims.states import BEFORE_DEMAND, CLAIM_LABELS, CLAIM_MOVES, CLAIM_OVER, OWED, ClaimState
from itsm.claims.words import CLAIM_ENTRIES, CLAIM_KINDS
from itsm.core.states import diagram
from tests.moves import assert_starts_only_where

(
    PRUEFUNG,
    ANHOERUNG,
    VORGESCHLAGEN,
    FREI,
    GEFORDERT,
    GEMAHNT,
    RATEN,
    GESTUNDET,
    NIEDERGESCHLAGEN,
    VOLLSTRECKUNG,
    BEZAHLT,
    ERLASSEN,
    FALLENGELASSEN,
    ZURUECKGENOMMEN,
) = ClaimState
_ALL_OWED = (GEFORDERT, GEMAHNT, RATEN, GESTUNDET, NIEDERGESCHLAGEN, VOLLSTRECKUNG)
# Written by hand from the life of a claim, not from CLAIM_MOVES: move → {source: target}.
EXPECTED: dict[str, dict[ClaimState, ClaimState]] = {
    "hear": {PRUEFUNG: ANHOERUNG},
    "propose": {ANHOERUNG: VORGESCHLAGEN},
    "send-back": {VORGESCHLAGEN: ANHOERUNG, FREI: ANHOERUNG},
    "approve": {VORGESCHLAGEN: FREI},
    "demand": {FREI: GEFORDERT},
    "dun": {GEFORDERT: GEMAHNT, GEMAHNT: GEMAHNT},
    "agree-instalments": {GEFORDERT: RATEN, GEMAHNT: RATEN, GESTUNDET: RATEN, RATEN: RATEN},
    "defer": {GEFORDERT: GESTUNDET, GEMAHNT: GESTUNDET, RATEN: GESTUNDET},
    "suspend": {
        GEFORDERT: NIEDERGESCHLAGEN,
        GEMAHNT: NIEDERGESCHLAGEN,
        RATEN: NIEDERGESCHLAGEN,
        GESTUNDET: NIEDERGESCHLAGEN,
        VOLLSTRECKUNG: NIEDERGESCHLAGEN,
    },
    "resume": {GESTUNDET: GEFORDERT, NIEDERGESCHLAGEN: GEFORDERT, RATEN: GEFORDERT},
    "enforce": {GEMAHNT: VOLLSTRECKUNG},
    "settle": {
        GEFORDERT: BEZAHLT,
        GEMAHNT: BEZAHLT,
        RATEN: BEZAHLT,
        GESTUNDET: BEZAHLT,
        NIEDERGESCHLAGEN: BEZAHLT,
        VOLLSTRECKUNG: BEZAHLT,
    },
    "unsettle": {BEZAHLT: GEFORDERT, ERLASSEN: GEFORDERT},
    "waive": {
        GEFORDERT: ERLASSEN,
        GEMAHNT: ERLASSEN,
        RATEN: ERLASSEN,
        GESTUNDET: ERLASSEN,
        NIEDERGESCHLAGEN: ERLASSEN,
        VOLLSTRECKUNG: ERLASSEN,
    },
    "drop": {
        PRUEFUNG: FALLENGELASSEN,
        ANHOERUNG: FALLENGELASSEN,
        VORGESCHLAGEN: FALLENGELASSEN,
        FREI: FALLENGELASSEN,
    },
    "take-up": {FALLENGELASSEN: PRUEFUNG},
    "cancel": dict.fromkeys((*_ALL_OWED, BEZAHLT, ERLASSEN), ZURUECKGENOMMEN),
}


@pytest.mark.parametrize("state", list(ClaimState))
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_move_starts_only_where_the_table_says(name: str, state: ClaimState) -> None:
    assert_starts_only_where(CLAIM_MOVES, CLAIM_LABELS, EXPECTED, name, state)


def test_the_tables_name_the_same_moves_and_each_has_its_words() -> None:
    assert {move.name for move in CLAIM_MOVES} == set(EXPECTED)
    assert set(EXPECTED) <= set(CLAIM_ENTRIES)
    assert set(CLAIM_LABELS) == set(CLAIM_KINDS) == set(ClaimState)


def test_every_state_is_before_the_demand_owed_or_over() -> None:
    assert set(_ALL_OWED) == OWED
    assert {PRUEFUNG, ANHOERUNG, VORGESCHLAGEN, FREI} == BEFORE_DEMAND
    assert {BEZAHLT, ERLASSEN, FALLENGELASSEN, ZURUECKGENOMMEN} == CLAIM_OVER


def test_the_diagram_of_the_rules_shows_the_table() -> None:
    rules = Path(__file__).parents[2] / "docs" / "rules" / "claims.md"
    assert diagram(CLAIM_MOVES) in rules.read_text()
