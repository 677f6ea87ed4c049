"""The words of all published articles, looked up by their beginnings, ends and stems, and words that mean the same.

They only say what may be meant; whether it counts is decided by the articles a person may read (SE-9).
"""

import json
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache

import sqlalchemy as sa

from itsm.core.db import db
from itsm.kb.language.near import kept_beginnings, slips, slips_allowed
from itsm.kb.language.words import stem, telling
from itsm.kb.models import Synonyms, Word

# One or several stems that stand for one thing together, such as those of "Apple TV".
Phrase = tuple[str, ...]
# Shorter words begin and end too many others.
SHORTEST_PART = 4
_MOST = 300

# Words that begin or end with a form of a word; "{" stands behind the last letter.
_LONGER = """
WITH form AS (
    SELECT stem AS of, word FROM kb_word WHERE stem = ANY(:stems)
    UNION SELECT stem AS of, word FROM unnest(CAST(:stems AS text[]), CAST(:words AS text[])) w(stem, word)
)
SELECT DISTINCT form.of, longer.stem FROM form, LATERAL (
    (SELECT stem FROM kb_word WHERE word ~>=~ form.word AND word ~<~ (form.word || '{') ORDER BY word LIMIT :most)
    UNION ALL
    (SELECT stem FROM kb_word
     WHERE backwards ~>=~ reverse(form.word) AND backwards ~<~ (reverse(form.word) || '{') ORDER BY word LIMIT :most)
) longer
WHERE length(form.word) >= :shortest AND longer.stem <> form.of
"""
_BEGUN = "SELECT DISTINCT stem FROM kb_word WHERE word ~>=~ :word AND word ~<~ (:word || '{') LIMIT :most"
_NEAR = """
SELECT typed.word, near.word FROM
    unnest(CAST(:words AS text[]), CAST(:starts AS text[]), CAST(:ends AS text[])) typed(word, start, ending), LATERAL (
    (SELECT word FROM kb_word WHERE word ~>=~ typed.start AND word ~<~ (typed.start || '{'))
    UNION
    (SELECT word FROM kb_word WHERE backwards ~>=~ typed.ending AND backwards ~<~ (typed.ending || '{'))
) near
WHERE abs(length(near.word) - length(typed.word)) <= 2
"""


def existing(stems: Collection[str]) -> frozenset[str]:
    """Return those of these stems that any article has."""
    any_of = sa.any_(sa.cast(list(stems), sa.ARRAY(sa.Text)))
    return frozenset(db.session.scalars(sa.select(Word.stem).where(Word.stem == any_of).distinct()))


def longer(words: Collection[str]) -> dict[str, set[str]]:
    """Return by the stem of a word the stems of the words that begin or end with it: Schulserver for Server."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = db.session.execute(
        sa.text(_LONGER),
        {"stems": [stem(word) for word in words], "words": list(words), "shortest": SHORTEST_PART, "most": _MOST},
    )
    for of, other in rows:
        found[of].add(other)
    return found


def begun(word: str) -> set[str]:
    """Return the stems of the words that begin with an unfinished one."""
    return set(db.session.scalars(sa.text(_BEGUN), {"word": word, "most": _MOST}))


def near(words: Collection[str]) -> dict[str, dict[str, int]]:
    """Return by word those that are spelt nearly alike, each with the number of slips between them."""
    asked = [word for word in words if slips_allowed(word)]
    starts, ends = zip(*map(kept_beginnings, asked), strict=True) if asked else ((), ())
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for typed, other in db.session.execute(
        sa.text(_NEAR), {"words": asked, "starts": list(starts), "ends": list(ends)}
    ):
        apart = slips(typed, other, slips_allowed(typed))
        if apart <= slips_allowed(typed):
            found[typed][other] = apart
    return found


def synonyms() -> dict[Phrase, frozenset[Phrase]]:
    """Return what else is said for a phrase, as the editors keep it."""
    return _by_phrase(db.session.scalar(sa.select(sa.func.json_agg(Synonyms.words).cast(sa.Text))) or "[]")


def phrase(text: str) -> Phrase:
    """Return the stems of the words of a text that are no stop words."""
    return tuple(map(stem, telling(text)))


@lru_cache(maxsize=8)
def _by_phrase(groups: str) -> dict[Phrase, frozenset[Phrase]]:
    """Read groups of words from a JSON list of lists, anew only when somebody has changed one."""
    found: dict[Phrase, set[Phrase]] = defaultdict(set)
    for group in json.loads(groups):
        phrases = {phrase(word) for word in group} - {()}
        for one in phrases:
            found[one] |= phrases - {one}
    return {one: frozenset(others) for one, others in found.items()}
