"""Whatever is noted in a history is shown with a German word."""

import ast
from collections.abc import Iterator
from pathlib import Path

from itsm.claims import service, words
from itsm.claims.case_page import ENTRIES
from itsm.claims.lock_states import OrderKind
from itsm.claims.states import CLAIM_MOVES, MOVES

SERVICE = Path(service.__file__).parent
# Both take who, what it is about, and then the word.
VERBS = ("note", "move")


def noted(package: str) -> Iterator[str]:
    """Every word the verbs of the service note in the history of cases, or of claims."""
    for file in sorted(SERVICE.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _verb(node.func, file.stem) in [(package, verb) for verb in VERBS]:
                yield from _written(node.args[2])


def _verb(func: ast.expr, module: str) -> tuple[str, str] | None:
    if isinstance(func, ast.Name):
        return module, func.id
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        return func.value.id, func.attr
    return None


def _written(word: ast.expr) -> Iterator[str]:
    """The words an expression can come to: one, one of two, or one for each kind of order."""
    match word:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=first, orelse=second):
            yield from _written(first)
            yield from _written(second)
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str(rest))]):
            yield from (f"{kind}{rest}" for kind in OrderKind)
        case ast.Name(id="name"):
            pass  # the verb `move` itself: the moves are asked below
        case _:
            raise AssertionError(f"cannot read {ast.unparse(word)}")


def test_whatever_is_noted_in_a_case_has_a_german_word() -> None:
    found = set(noted("cases")) | {move.name for move in MOVES}
    assert {"value", "no-claim", "lock-sent"} <= found
    # Nobody has to release an order to unlock.
    assert found - set(ENTRIES) <= {"unlock-released"}


def test_whatever_is_noted_in_a_claim_has_a_german_word() -> None:
    found = set(noted("claims")) | {move.name for move in CLAIM_MOVES}
    assert {"letter", "letter-sent", "deduct"} <= found
    assert found <= set(words.CLAIM_ENTRIES)
