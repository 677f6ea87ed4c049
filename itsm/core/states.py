"""State machines as tables: what may follow what; anything not listed is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from itsm.core.errors import DomainError

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Move(Generic[S]):
    """A named step from any of the sources to the target."""

    name: str
    sources: frozenset[S]
    target: S


def find(moves: Iterable[Move[S]], name: str, state: S, labels: dict[S, str]) -> Move[S]:
    """Return the move of this name that starts in this state.

    Raises: DomainError with a sentence where the table has no such move.
    """
    for move in moves:
        if move.name == name and state in move.sources:
            return move
    raise DomainError(
        f"Das geht nicht mehr: Der Stand ist inzwischen „{labels[state]}“. Bitte laden Sie die Seite neu."
    )


def names_from(moves: Iterable[Move[S]], state: S) -> tuple[str, ...]:
    """Return the names of the moves that may start in this state, in the order of the table."""
    return tuple(move.name for move in moves if state in move.sources)


def diagram(moves: Iterable[Move[S]]) -> str:
    """Return the table as a Mermaid state diagram, for docs/rules."""
    lines = ["stateDiagram-v2"]
    for move in moves:
        lines += [f"    {source} --> {move.target}: {move.name}" for source in sorted(move.sources)]
    return "\n".join(lines)
