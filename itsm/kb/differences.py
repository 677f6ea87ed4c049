"""What is different between two texts: paragraph by paragraph, and word by word where a paragraph was changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

_PARAGRAPHS = re.compile(r"\n\s*\n")
_WORDS = re.compile(r"\s+|[^\s]+")
# Comparing costs about the product of the lengths; beyond this a part is shown as removed and added as a whole.
_MOST_PARAGRAPHS = 600 * 600
_MOST_IN_A_ROW = 1000
_MOST_WORDS = 300 * 300
_MOST_WORDS_TOGETHER = 1_000_000
# Paragraphs less alike than this are two paragraphs, not one that was changed.
_ALIKE = 0.4


class Kind(StrEnum):
    """What became of a piece."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """Some words and what became of them."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in pieces; `skipped` stands for so many unchanged ones that are not shown."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


def compare(old: str, new: str, around: int = 1) -> list[Paragraph]:
    """Return the paragraphs that are different, each whole, with `around` unchanged ones before and after."""
    runs = list(_runs(_split(old), _split(new), _MOST_PARAGRAPHS))
    budget, shown = _MOST_WORDS_TOGETHER, list[Paragraph]()
    for place, (before, after) in enumerate(runs):
        if before == after:
            shown += _unchanged(before, around if place else 0, around if place + 1 < len(runs) else 0)
            continue
        if len(before) + len(after) > _MOST_IN_A_ROW:
            before, after = ["\n\n".join(before)], ["\n\n".join(after)]
        for left, right in zip_longest(before, after, fillvalue=""):
            left_words, right_words = _WORDS.findall(left), _WORDS.findall(right)
            cost = len(left_words) * len(right_words)
            budget -= cost
            shown += _changed(left_words, right_words, in_words=cost <= _MOST_WORDS and budget > 0)
    return shown if any(before != after for before, after in runs) else []


def _split(text: str) -> list[str]:
    return [part for part in _PARAGRAPHS.split(text.strip()) if part]


def _unchanged(texts: Sequence[str], first: int, last: int) -> Iterator[Paragraph]:
    skipped = max(len(texts) - first - last, 0)
    kept = texts if not skipped else (*texts[:first], None, *texts[len(texts) - last :])
    for text in kept:
        yield Paragraph(skipped=skipped) if text is None else Paragraph((Piece(Kind.SAME, text),))


def _changed(old: Sequence[str], new: Sequence[str], *, in_words: bool) -> Iterator[Paragraph]:
    runs = list(_runs(old, new, _MOST_WORDS)) if in_words else [(old, new)]
    alike = sum(len(before) for before, after in runs if before == after) * 2
    if alike < _ALIKE * (len(old) + len(new)):
        runs = [(old, new)]
    pieces = tuple(piece for before, after in runs for piece in _pieces(before, after))
    if len(runs) > 1 or len(pieces) == 1:
        yield Paragraph(pieces)
    else:
        yield from (Paragraph((piece,)) for piece in pieces)


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    if before == after:
        yield Piece(Kind.SAME, "".join(before))
        return
    if before:
        yield Piece(Kind.REMOVED, "".join(before))
    if after:
        yield Piece(Kind.ADDED, "".join(after))


def _runs(old: Sequence[str], new: Sequence[str], most: int) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield what stands opposite each other, in order: the same on both sides, or different."""
    start, end = _common(old, new), 0
    if start:
        yield old[:start], new[:start]
    old, new = old[start:], new[start:]
    end = _common(old[::-1], new[::-1])
    middle_old, middle_new = old[: len(old) - end], new[: len(new) - end]
    if len(middle_old) * len(middle_new) > most:
        yield middle_old, middle_new
    else:
        for _, i1, i2, j1, j2 in SequenceMatcher(None, middle_old, middle_new).get_opcodes():
            yield middle_old[i1:i2], middle_new[j1:j2]
    if end:
        yield old[len(old) - end :], new[len(new) - end :]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many at the beginning are the same."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
