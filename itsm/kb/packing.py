"""How postings and lengths lie in bytes: one record for each article of a block of 512 neighbours.

Source: docs/rules/search.md, SE-4.
"""

from bisect import bisect_left
from collections.abc import Sequence
from enum import IntEnum

import numpy as np

BLOCK = 512


class Field(IntEnum):
    """Where in an article a word stands; also its place in a record."""

    TITLE = 0
    SUMMARY = 1
    HEADINGS = 2
    TEXT = 3


# How often a term stands in each field of an article; more than 255 times counts as 255.
POSTING = np.dtype([("offset", "<u2"), ("counts", "u1", (len(Field),))])
MOST = 255
# How many words each field of an article has.
LENGTHS = np.dtype([("offset", "<u2"), ("counts", "<u4", (len(Field),))])


def place(article_id: int) -> tuple[int, int]:
    """Return the block of an article and its offset in it."""
    return divmod(article_id, BLOCK)


def record(offset: int, counts: Sequence[int], form: np.dtype) -> bytes:
    """Return one record as bytes."""
    return np.array((offset, counts), dtype=form).tobytes()


def put_in(content: bytes, offset: int, row: bytes, form: np.dtype) -> bytes:
    """Return records in the order of their offsets with one put in its place; an empty one only takes out."""
    size = form.itemsize

    def offset_of(place: int) -> int:
        return content[place * size] | content[place * size + 1] << 8

    count = len(content) // size
    at = bisect_left(range(count), offset, key=offset_of)
    held = at < count and offset_of(at) == offset
    return content[: at * size] + row + content[(at + held) * size :]
