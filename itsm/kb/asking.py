"""From a line to what is looked for: each word with what may stand for it, its parts, or its right spelling.

Source: docs/rules/search.md, SE-5 and SE-6.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from itsm.kb import vocabulary
from itsm.kb.collection import Collection
from itsm.kb.language import compounds
from itsm.kb.language.words import grams, stem, stem_term, telling
from itsm.kb.vocabulary import Phrase

# Whoever writes more says the same again.
MOST_WORDS = 32
SYNONYM, LONGER, PART, NEAR, BEGUN = 0.7, 0.2, 0.4, 0.8, 0.8
SHORTEST_BEGUN = 2


@dataclass(frozen=True)
class Wanted:
    """One thing that is looked for: the phrases of stems that stand for it, each with how well it does."""

    phrases: dict[Phrase, float]
    weight: float = 1.0

    @property
    def terms(self) -> Iterable[str]:
        """The terms to read for it."""
        return (f"={one}" for phrase in self.phrases for one in phrase)


@dataclass(frozen=True)
class Question:
    """What a line asks for: its words, parts of compounds and words that belong together, grams of each word."""

    words: tuple[Wanted, ...]
    more: tuple[Wanted, ...]
    grams: tuple[tuple[str, ...], ...]


def understood(line: str, among: Collection, *, unfinished: bool = False) -> Question:
    """Return what a line asks for, with all its terms read; the last word may be unfinished."""
    typed = list({stem(word): word for word in telling(line)[:MOST_WORDS]}.values())
    if not typed:
        return Question((), (), ())
    same = vocabulary.synonyms()
    pieces = {piece for word in typed for cut in compounds.cuts(word) for piece in cut}
    joined = [stem(one + other) for one, other in pairwise(typed)]
    known = vocabulary.existing({*joined, *map(stem, pieces)})
    longer = vocabulary.longer(typed)
    wanted = {word: _meant(word, same, longer.get(stem(word), ())) for word in typed}
    if unfinished and len(typed[-1]) >= SHORTEST_BEGUN:
        wanted[typed[-1]] = _finished(wanted[typed[-1]], vocabulary.begun(typed[-1]))
    spelt = tuple(tuple(grams(word)) for word in typed)
    among.read(
        [term for each in wanted.values() for term in each.terms]
        + [term for word in spelt for term in word]
        + [f"={one}" for one in known]
    )
    parts = _parts(typed, known, among, same)
    more = [*_together(typed, same), *(Wanted({(one,): 1.0}, PART) for one in joined if one in known)]
    more += [part for found in parts.values() for part in found]
    among.read(term for each in more for term in each.terms)
    lost = [word for word in typed if word not in parts and not _occurs(wanted[word], among)]
    wanted |= _respelt(lost, among, same)
    return Question(tuple(wanted.values()), tuple(more), spelt)


def _meant(word: str, same: dict[Phrase, frozenset[Phrase]], longer: Iterable[str] = (), weight: float = 1.0) -> Wanted:
    phrases: dict[Phrase, float] = {(one,): LONGER for one in longer}
    phrases |= dict.fromkeys(same.get((stem(word),), ()), SYNONYM)
    return Wanted(phrases | {(stem(word),): 1.0}, weight)


def _finished(wanted: Wanted, stems: Iterable[str]) -> Wanted:
    return Wanted({(one,): BEGUN for one in stems} | wanted.phrases)


def _together(typed: list[str], same: dict[Phrase, frozenset[Phrase]]) -> Iterator[Wanted]:
    """Return what else is said for two or three words that follow each other, such as "Apple TV"."""
    stems = tuple(map(stem, typed))
    for start in range(len(stems)):
        for end in (start + 2, start + 3):
            if end <= len(stems) and (others := same.get(stems[start:end])):
                yield Wanted(dict.fromkeys(others, SYNONYM))


def _parts(
    typed: list[str], known: frozenset[str], among: Collection, same: dict[Phrase, frozenset[Phrase]]
) -> dict[str, tuple[Wanted, ...]]:
    """Return the parts of the words that are compounds of words the articles have."""

    def count(piece: str) -> int:
        return among.count(stem_term(piece)) if stem(piece) in known else 0

    cut = {word: compounds.parts(word, count) for word in typed}
    return {word: tuple(_meant(part, same, weight=PART) for part in found) for word, found in cut.items() if found}


def _respelt(lost: list[str], among: Collection, same: dict[Phrase, frozenset[Phrase]]) -> dict[str, Wanted]:
    """Return what words mean that no article has: those with the fewest slips that one has."""
    if not lost:
        return {}
    near = vocabulary.near(lost)
    among.read(stem_term(other) for others in near.values() for other in others)
    found = {}
    for word, others in near.items():
        seen = {other: apart for other, apart in others.items() if among.count(stem_term(other))}
        best = [other for other, apart in seen.items() if apart == min(seen.values())]
        if best:
            phrases: dict[Phrase, float] = {}
            for other in best:
                phrases |= {phrase: NEAR * weight for phrase, weight in _meant(other, same).phrases.items()}
            found[word] = Wanted(phrases)
    among.read(term for each in found.values() for term in each.terms)
    return found


def _occurs(wanted: Wanted, among: Collection) -> bool:
    return any(all(among.count(f"={one}") for one in phrase) for phrase in wanted.phrases)
