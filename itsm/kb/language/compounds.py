"""German compounds: how a word can be cut into two, with or without a linking sound (SE-5)."""

from collections.abc import Callable, Iterator
from math import log

LINKS = ("", "s", "n", "en", "es", "er", "e")
SHORTEST = 7
_SHORTEST_FIRST, _SHORTEST_LAST = 3, 4


def cuts(word: str) -> Iterator[tuple[str, str]]:
    """Return every way to cut a word into a first part without its linking sound, and a last part."""
    if len(word) < SHORTEST:
        return
    for at in range(_SHORTEST_FIRST, len(word) - _SHORTEST_LAST + 1):
        first, last = word[:at], word[at:]
        for link in LINKS:
            base = first.removesuffix(link) if link else first
            if len(base) >= _SHORTEST_FIRST and (not link or base != first):
                yield base, last


def parts(word: str, known: Callable[[str], int]) -> tuple[str, str] | None:
    """Return the cut whose parts stand in the most articles, `known` saying in how many; None if none has both.

    A first part of three letters has to be much better known, since such letters begin many words by chance.
    """
    best, best_score = None, 0.0
    for first, last in cuts(word):
        seen_first, seen_last = known(first), known(last)
        if seen_first and seen_last:
            score = log(1 + seen_first) + log(1 + seen_last) - 2 * (len(first) == _SHORTEST_FIRST)
            if score > best_score:
                best, best_score = (first, last), score
    return best
