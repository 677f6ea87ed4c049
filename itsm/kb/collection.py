"""The articles among which somebody searches, and how often terms stand in them.

Nothing counted here looks beyond them: what a person may not read changes neither hits nor their order (SE-9).
"""

from collections.abc import Iterable
from contextlib import closing
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from itsm.core.db import db
from itsm.kb.models import Article
from itsm.kb.packing import BLOCK, LENGTHS, POSTING, Field

Vector = NDArray[np.float32]
Numbers = NDArray[np.integer[Any]]
ALL_FIELDS = tuple(Field)

# What a place is worth, and how far the length of a field counts against it (SE-7).
WEIGHTS = {Field.TITLE: 6.0, Field.SUMMARY: 2.0, Field.HEADINGS: 1.5, Field.TEXT: 1.0}
LENGTH_COUNTS = {Field.TITLE: 0.5, Field.SUMMARY: 0.5, Field.HEADINGS: 0.5, Field.TEXT: 0.85}

# In the order of the terms: their numbers, blocks and sizes as one string of bytes, the postings as another.
_POSTINGS = """
    SELECT string_agg(
        int4send(CAST(number AS integer)) || int4send(block) || int4send(length(packed)), '' ORDER BY number, block
    ), string_agg(packed, '' ORDER BY number, block)
    FROM unnest(%s::text[]) WITH ORDINALITY asked(term, number) JOIN kb_posting USING (term) WHERE block <= %s
"""
_LENGTHS = """
    SELECT string_agg(int4send(block) || int4send(length(packed)), '' ORDER BY block),
        string_agg(packed, '' ORDER BY block)
    FROM kb_lengths WHERE block <= %s
"""


class Collection:
    """Articles by their place from 0, with what was read of the index about them."""

    def __init__(self, ids: NDArray[np.int32], fields: Iterable[Field] = ALL_FIELDS) -> None:
        self.ids = ids
        # Whoever is not among ours has the place behind the last, so that nobody has to ask again and again.
        self._places = np.full((int(ids[-1]) // BLOCK + 1) * BLOCK if len(ids) else 0, len(ids), np.int32)
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
        heads, content = _bytes(_POSTINGS, missing, self._last_block)
        numbers, blocks, sizes = np.frombuffer(heads, ">i4").reshape(-1, 3).T
        # All terms at once: numpy takes its time for each call, hardly for each number.
        places, counts = self._records(blocks, sizes, content, POSTING)
        worth = reduce(np.add, (self._worth[field].take(places) * counts[:, field] for field in Field))
        ends = np.cumsum(np.bincount(numbers, sizes // POSTING.itemsize, len(missing) + 1).astype(np.intp))
        for term, (start, end) in zip(missing, pairwise(ends), strict=True):
            if start < end:
                found = np.zeros(self.size + 1, np.float32)
                found[places[start:end]] = worth[start:end]
                self._frequencies[term] = found[:-1]
                self._counts[term] = int(np.count_nonzero(found[:-1]))

    def count(self, term: str) -> int:
        """Return in how many of the articles a term stands that has been read."""
        return self._counts[term]

    def frequency(self, term: str) -> Vector | None:
        """Return how much a term stands in each article, weighed by field and length; None if in none."""
        return self._frequencies[term] if self._counts[term] else None

    @property
    def _last_block(self) -> int:
        return len(self._places) // BLOCK - 1

    def _lengths(self) -> Vector:
        """Return the length of each field of each article; those of all others lie in the last row."""
        lengths = np.zeros((self.size + 1, len(Field)), np.float32)
        heads, content = _bytes(_LENGTHS, self._last_block)
        blocks, sizes = np.frombuffer(heads, ">i4").reshape(-1, 2).T
        places, counts = self._records(blocks, sizes, content, LENGTHS)
        lengths[places] = counts
        return lengths

    def _records(
        self, blocks: Numbers, sizes: Numbers, content: bytes, form: np.dtype
    ) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """Return the places of the articles of records, and their counts."""
        records = np.frombuffer(content, form)
        starts = np.repeat(blocks.astype(np.int32) * BLOCK, sizes // form.itemsize)
        return self._places.take(starts + records["offset"]), records["counts"]


def readable(condition: sa.ColumnElement[bool]) -> NDArray[np.int32]:
    """Return the numbers of the articles that fulfil a condition, in order."""
    sent = db.session.scalar(sa.select(sa.func.string_agg(sa.func.int4send(Article.id), b"")).where(condition))
    return np.sort(np.frombuffer(sent or b"", ">i4").astype(np.int32))


def _worth(lengths: Vector, fields: frozenset[Field]) -> Vector:
    """Return by field what one occurrence is worth in each article; nothing in a field that does not count.

    Behind the last stand all others, in which nothing is worth anything.
    """
    worth = np.zeros((len(Field), len(lengths)), np.float32)
    for field in fields:
        column = lengths[:-1, field]
        filled = column[column > 0]
        if len(filled):
            share = LENGTH_COUNTS[field]
            worth[field, :-1] = WEIGHTS[field] / (1 - share + share * column / filled.mean())
    return worth


def _bytes(select: str, *parameters: object) -> tuple[bytes, bytes]:
    """Return two strings of bytes as they lie on the server: sent as text they would be twice as long."""
    with closing(db.session.connection().connection.cursor(binary=True)) as cursor:
        cursor.execute(select, parameters)
        heads, content = cursor.fetchone() or (None, None)
    return heads or b"", content or b""
