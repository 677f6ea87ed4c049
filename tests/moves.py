"""A table of moves, held to one written by hand: every move from every state."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import pytest

from itsm.core.errors import DomainError
from itsm.core.states import Move, find


def assert_starts_only_where(
    moves: Iterable[Move[Any]],
    labels: Mapping[Any, str],
    expected: Mapping[str, Mapping[Any, Any]],
    name: str,
    state: StrEnum,
) -> None:
    """Assert that a move leads from a state to where the table by hand says, or is refused in its words."""
    target = expected[name].get(state)
    if target is None:
        with pytest.raises(DomainError, match=labels[state]):
            find(tuple(moves), name, state, labels)
    else:
        assert find(tuple(moves), name, state, labels).target is target
