"""The part of a text that matches a line, with the matching words marked.

Source: docs/rules/search.md, SE-11.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from itsm.kb import vocabulary
from itsm.kb.language import compounds
from itsm.kb.language.near import slips, slips_allowed
from itsm.kb.language.words import folded, stem, telling
from itsm.kb.vocabulary import SHORTEST_PART, Phrase

LONGEST = 200
# How much of a window stands before its first match.
_LEAD = 40
_MOST_WORDS, _LONGEST_LINE = 32, 2000
_SHORTEST_MISSPELT = 5
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_INNER = re.compile(r"[^\W_]+")

Span = tuple[int, int]


class Marker:
    """Marks what matches a line in any number of texts."""

    def __init__(self, line: str) -> None:
        same = vocabulary.synonyms()
        typed = dict.fromkeys(telling(line[:_LONGEST_LINE])[:_MOST_WORDS])
        self._wanted = [_Wanted(word, same) for word in typed]

    def excerpt(self, text: str, longest: int = LONGEST) -> Markup:
        """Return the best part of a text, its matching words in `<mark>`, everything else escaped."""
        start, end = _window(text, self._matches(text), longest)
        before, after = "… " if start else "", " …" if end < len(text) else ""
        return Markup("{}{}{}").format(before, self.highlight(" ".join(text[start:end].split())), after)

    def highlight(self, text: str) -> Markup:
        """Return a text with the matching words in `<mark>`, everything else escaped."""
        parts, end = [], 0
        for start, stop in self._matches(text):
            parts += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
            end = stop
        return Markup("").join([*parts, escape(text[end:])])

    def _matches(self, text: str) -> list[Span]:
        """Return where matching words stand, in order; of a word with a hyphen the parts that match."""
        spans = list(_spans(text))
        said = {word for word, _ in spans}
        matching = {word for wanted in self._wanted for word in wanted.among(said)}
        found: list[Span] = []
        for word, (start, end) in spans:
            if word in matching and (not found or start >= found[-1][1]):
                found.append((start, end))
        return found


class _Wanted:
    """One word of a line and what stands for it in a text."""

    def __init__(self, word: str, same: dict[Phrase, frozenset[Phrase]]) -> None:
        self._word = word
        others = (one for phrase in same.get((stem(word),), ()) for one in phrase)
        pieces = (stem(piece) for cut in compounds.cuts(word) for piece in cut if len(piece) >= SHORTEST_PART)
        self._stems = frozenset((stem(word), *others, *pieces))

    def among(self, said: set[str]) -> set[str]:
        """Return those words that stand for this one; failing any, those that are spelt nearly like it."""
        word = self._word
        found = {other for other in said if stem(other) in self._stems}
        if len(word) >= SHORTEST_PART:
            found |= {other for other in said if other.startswith(word) or other.endswith(word)}
        if not found and len(word) >= _SHORTEST_MISSPELT and (most := slips_allowed(word)):
            found = {other for other in said if slips(word, other, most) <= most}
        return found


def _spans(text: str) -> Iterator[tuple[str, Span]]:
    """Return the folded words of a text with where they stand; a word with a hyphen as a whole, then its parts."""
    for match in _WORD.finditer(text):
        yield _folded(match.group()), match.span()
        if "-" in match.group():
            for part in _INNER.finditer(match.group()):
                yield _folded(part.group()), (match.start() + part.start(), match.start() + part.end())


def _window(text: str, matches: list[Span], longest: int) -> Span:
    """Return the span in which the most different words match, begun and ended between words."""
    if len(text) <= longest:
        return 0, len(text)
    best, most = 0, 0
    for first, (start, _) in enumerate(matches):
        inside = {_folded(text[a:b]) for a, b in matches[first : first + _MOST_WORDS] if b <= start + longest - _LEAD}
        if len(inside) > most:
            best, most = max(0, start - _LEAD), len(inside)
    start = text.find(" ", best) + 1 if best else 0
    end = text.rfind(" ", start, start + longest) if start + longest < len(text) else len(text)
    return start, end if end > start else start + longest


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return folded(word)
