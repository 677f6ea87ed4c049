"""The articles among which somebody searches, and how often terms stand in them.

Nothing counted here looks beyond them: what a person may not read changes neither hits nor their order (SE-9).
"""

from collections.abc import Iterable, Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from itsm.core.db import db
from itsm.kb.models import Article, Lengths, Posting
from itsm.kb.packing import BLOCK, LENGTHS, POSTING, Field

Vector = NDArray[np.float32]
ALL_FIELDS = tuple(Field)

# What a place is worth, and how far the length of a field counts against it (SE-7).
WEIGHTS = {Field.TITLE: 6.0, Field.SUMMARY: 2.0, Field.HEADINGS: 1.5, Field.TEXT: 1.0}
LENGTH_COUNTS = {Field.TITLE: 0.5, Field.SUMMARY: 0.5, Field.HEADINGS: 0.5, Field.TEXT: 0.85}


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
        rows = db.session.execute(
            sa.select(
                Posting.term,
                sa.func.array_agg(Posting.block),
                sa.func.array_agg(sa.func.length(Posting.packed)),
                sa.func.string_agg(Posting.packed, b""),
            )
            .where(Posting.term == sa.any_(sa.cast(missing, sa.ARRAY(sa.Text))))
            .group_by(Posting.term)
        ).all()
        if not rows:
            return
        # All terms at once: numpy takes its time for each call, hardly for each number.
        content = b"".join(row[3] for row in rows)
        here, places, counts = self._here(
            [block for row in rows for block in row[1]], [size for row in rows for size in row[2]], content, POSTING
        )
        worth = np.einsum("ij,ij->i", self._worth[places], counts)
        ends = np.cumsum([len(row[3]) // POSTING.itemsize for row in rows])
        cuts = np.searchsorted(here, ends).tolist()
        for (term, *_), start, end in zip(rows, [0, *cuts], cuts, strict=False):
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
        _, places, counts = self._here(
            [block for block, _ in rows],
            [len(content) for _, content in rows],
            b"".join(row[1] for row in rows),
            LENGTHS,
        )
        lengths[places] = counts
        return lengths

    def _here(
        self, blocks: Sequence[int], sizes: Sequence[int], content: bytes, form: np.dtype
    ) -> tuple[NDArray[np.intp], NDArray[np.int32], Vector]:
        """Return which records are of articles among ours, the places of these articles, and their counts."""
        records = np.frombuffer(content, form)
        starts = np.array(blocks, np.int64) * BLOCK
        ids = np.repeat(starts, np.array(sizes, np.int64) // form.itemsize) + records["offset"]
        places = self._places[np.minimum(ids, len(self._places) - 1)]
        here = np.flatnonzero(places >= 0)
        return here, places[here], records["counts"][here].astype(np.float32)


def readable(condition: sa.ColumnElement[bool]) -> NDArray[np.int32]:
    """Return the numbers of the articles that fulfil a condition, in order."""
    sent = db.session.scalar(
        sa.select(sa.func.string_agg(sa.func.int4send(Article.id), sa.text("''::bytea ORDER BY id"))).where(condition)
    )
    return np.frombuffer(sent or b"", ">i4").astype(np.int32)


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
