"""How postings and lengths lie in bytes: one record for each article of a block of 256 neighbours.

Source: docs/rules/search.md, SE-4.
"""

from enum import IntEnum

import numpy as np

BLOCK = 256


class Field(IntEnum):
    """Where in an article a word stands; also its place in a record."""

    TITLE = 0
    SUMMARY = 1
    HEADINGS = 2
    TEXT = 3


# How often a term stands in each field of an article; more than 255 times counts as 255.
POSTING = np.dtype([("offset", "u1"), ("counts", "u1", (len(Field),))])
MOST = 255
# How many words each field of an article has.
LENGTHS = np.dtype([("offset", "u1"), ("counts", "<u4", (len(Field),))])


def place(article_id: int) -> tuple[int, int]:
    """Return the block of an article and its offset in it."""
    return divmod(article_id, BLOCK)


def packed(records: dict[int, list[int]], form: np.dtype) -> bytes:
    """Return records by offset as bytes, in the order of their offsets."""
    rows = [(offset, counts) for offset, counts in sorted(records.items())]
    return np.array(rows, dtype=form).tobytes()


def unpacked(content: bytes, form: np.dtype) -> dict[int, list[int]]:
    """Return the records in bytes by offset."""
    rows = np.frombuffer(content, dtype=form)
    return dict(zip(rows["offset"].tolist(), rows["counts"].tolist(), strict=True))
