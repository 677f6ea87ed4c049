"""How well articles fit a question: BM25F over words and what stands for them, their parts, and their grams.

Source: docs/rules/search.md, SE-7 and SE-8.
"""

from functools import reduce
from math import log, sqrt

import numpy as np

from itsm.kb.asking import Question, Wanted
from itsm.kb.collection import Collection, Vector

# From where on another occurrence hardly counts, of a word and of a gram.
SATURATION = 4.0
GRAM_SATURATION = 4.0
# What a gram counts in a word of a usual number of them; in a longer one each counts less.
GRAM, USUAL = 0.6, 6
# What an article with all words gains over one with none.
ALL_WORDS = 0.3
# An article that has no word of a line is found when it has this share of the grams of a long one.
NEARLY, LONG = 0.75, 8


def ranked(question: Question, among: Collection) -> Vector:
    """Return how well each article fits, 0 for one that is no hit.

    A hit has a word of the line, a part, a synonym or a near spelling of one, or nearly all grams of a long one (SE-8).
    """
    scores = np.zeros(among.size, np.float32)
    covered = np.zeros(among.size, np.float32)
    is_hit = np.zeros(among.size, bool)
    for wanted in (*question.words, *question.more):
        found = _frequency(wanted, among)
        if found is None:
            continue
        scores += wanted.weight * _rarity(_own_count(wanted, found, among), among.size) * _saturated(found, SATURATION)
        is_hit |= found > 0
        if wanted in question.words:
            covered += found > 0
    for word in question.grams:
        held = np.zeros(among.size, np.float32)
        weight = GRAM * sqrt(USUAL / len(word))
        for gram in word:
            frequency = among.frequency(gram)
            if frequency is not None:
                scores += weight * _rarity(among.count(gram), among.size) * _saturated(frequency, GRAM_SATURATION)
                held += frequency > 0
        if len(word) >= LONG:
            is_hit |= held >= NEARLY * len(word)
    scores *= 1 + ALL_WORDS * covered / max(1, len(question.words))
    return np.where(is_hit, scores, np.float32(0))


def _frequency(wanted: Wanted, among: Collection) -> Vector | None:
    """Return how much stands in each article of all that stands for one thing, as if it were one word."""
    found: Vector | None = None
    for phrase, weight in wanted.phrases.items():
        columns = [among.frequency(f"={one}") for one in phrase]
        present = [column for column in columns if column is not None]
        if len(present) == len(columns):
            share = weight * reduce(np.minimum, present)
            found = share if found is None else found + share
    return found


def _own_count(wanted: Wanted, found: Vector, among: Collection) -> float:
    """Return in how many articles a thing stands, half by its own word and half by all that stands for it."""
    own = max((among.count(f"={phrase[0]}") for phrase, weight in wanted.phrases.items() if weight == 1), default=0)
    every = int(np.count_nonzero(found))
    return sqrt((own or every) * every)


def _rarity(count: float, size: int) -> float:
    return log(1 + (size - count + 0.5) / (count + 0.5))


def _saturated(frequency: Vector, saturation: float) -> Vector:
    return frequency * (saturation + 1) / (frequency + saturation)
