"""The articles among which somebody searches, and how often terms stand in them.

Nothing counted here looks beyond them: what a person may not read changes neither hits nor their order (SE-9).
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from itsm.core.db import db
from itsm.kb.models import Article, Lengths
from itsm.kb.packing import BLOCK, LENGTHS, POSTING, Field

Vector = NDArray[np.float32]
Numbers = NDArray[np.integer[Any]]
ALL_FIELDS = tuple(Field)

# What a place is worth, and how far the length of a field counts against it (SE-7).
WEIGHTS = {Field.TITLE: 6.0, Field.SUMMARY: 2.0, Field.HEADINGS: 1.5, Field.TEXT: 1.0}
LENGTH_COUNTS = {Field.TITLE: 0.5, Field.SUMMARY: 0.5, Field.HEADINGS: 0.5, Field.TEXT: 0.85}

# In the order of the terms: their numbers, blocks and sizes as one string of bytes, the postings as another.
_POSTINGS = sa.text("""
    SELECT string_agg(
        int4send(CAST(number AS integer)) || int4send(block) || int4send(length(packed)), '' ORDER BY number, block
    ), string_agg(packed, '' ORDER BY number, block)
    FROM unnest(CAST(:terms AS text[])) WITH ORDINALITY asked(term, number) JOIN kb_posting USING (term)
""")


class Collection:
    """Articles by their place from 0, with what was read of the index about them."""

    def __init__(self, ids: NDArray[np.int32], fields: Iterable[Field] = ALL_FIELDS) -> None:
        self.ids = ids
        self._places = np.full(int(ids[-1]) + 2 if len(ids) else 1, -1, np.int32)
        self._places[ids] = np.arange(len(ids), dtype=np.int32)
        self._worth = _worth(self._lengths(), frozenset(fields))
        self._frequencies: dict[str, Vector] = {}
        self._counts: dict[str, int] = {}

    @property
    def size(self) -> int:
        """How many articles there are."""
        return len(self.ids)

    def read(self, terms: Iterable[str]) -> None:
        """Read terms from the index, all in one select; those read before are not read again."""
        missing = [term for term in dict.fromkeys(terms) if term not in self._counts]
        self._counts |= dict.fromkeys(missing, 0)
        if not missing or not self.size:
            return
        heads, content = db.session.execute(_POSTINGS, {"terms": missing}).one()
        numbers, blocks, sizes = np.frombuffer(heads or b"", ">i4").reshape(-1, 3).T
        # All terms at once: numpy takes its time for each call, hardly for each number.
        here, places, counts = self._here(blocks, sizes, content or b"", POSTING)
        worth = np.einsum("ij,ij->i", self._worth.take(places, 0), counts)
        cuts = np.searchsorted(np.repeat(numbers, sizes // POSTING.itemsize)[here], np.arange(len(missing) + 1) + 1)
        for term, (start, end) in zip(missing, pairwise(cuts), strict=True):
            if start < end:
                found = np.zeros(self.size, np.float32)
                found[places[start:end]] = worth[start:end]
                self._frequencies[term] = found
                self._counts[term] = int(np.count_nonzero(found))

    def count(self, term: str) -> int:
        """Return in how many of the articles a term stands that has been read."""
        return self._counts[term]

    def frequency(self, term: str) -> Vector | None:
        """Return how much a term stands in each article, weighed by field and length; None if in none."""
        return self._frequencies[term] if self._counts[term] else None

    def _lengths(self) -> Vector:
        lengths = np.zeros((self.size, len(Field)), np.float32)
        rows = db.session.execute(sa.select(Lengths.block, Lengths.packed)).all()
        blocks, sizes = np.array([(block, len(content)) for block, content in rows], np.int64).reshape(-1, 2).T
        _, places, counts = self._here(blocks, sizes, b"".join(content for _, content in rows), LENGTHS)
        lengths[places] = counts
        return lengths

    def _here(
        self, blocks: Numbers, sizes: Numbers, content: bytes, form: np.dtype
    ) -> tuple[NDArray[np.intp], NDArray[np.int32], Vector]:
        """Return which records are of articles among ours, the places of these articles, and their counts."""
        records = np.frombuffer(content, form)
        ids = np.repeat(blocks.astype(np.int64) * BLOCK, sizes // form.itemsize) + records["offset"]
        places = self._places[np.minimum(ids, len(self._places) - 1)]
        here = np.flatnonzero(places >= 0)
        return here, places[here], records["counts"].take(here, 0).astype(np.float32)


def readable(condition: sa.ColumnElement[bool]) -> NDArray[np.int32]:
    """Return the numbers of the articles that fulfil a condition, in order."""
    sent = db.session.scalar(sa.select(sa.func.string_agg(sa.func.int4send(Article.id), b"")).where(condition))
    return np.sort(np.frombuffer(sent or b"", ">i4").astype(np.int32))


def _worth(lengths: Vector, fields: frozenset[Field]) -> Vector:
    """Return what one occurrence is worth in each field of each article; nothing in a field that does not count."""
    worth = np.zeros_like(lengths)
    for field in fields:
        column = lengths[:, field]
        filled = column[column > 0]
        if len(filled):
            share = LENGTH_COUNTS[field]
            worth[:, field] = WEIGHTS[field] / (1 - share + share * column / filled.mean())
    return worth
