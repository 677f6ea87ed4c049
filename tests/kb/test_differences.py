"""Differences of two texts: nothing lost, words where they help, and never slow."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.kb.differences import Kind, Paragraph, compare


def told(paragraphs: list[Paragraph]) -> str:
    marks = {Kind.SAME: "{}", Kind.ADDED: "+{}+", Kind.REMOVED: "-{}-"}
    return "|".join(
        f"…{one.skipped}" if one.skipped else "".join(marks[piece.kind].format(piece.text) for piece in one.pieces)
        for one in paragraphs
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b", "a b", ""),
        ("ein alter Satz hier", "ein neuer Satz hier", "ein -alter-+neuer+ Satz hier"),
        ("eins", "eins\n\nzwei", "eins|+zwei+"),
        ("eins\n\nzwei", "zwei", "-eins-|zwei"),
        ("eins\n\nganz anders", "eins\n\nvöllig neu hier", "eins|-ganz anders-|+völlig neu hier+"),
        ("a\n\nb\n\nc\n\nd\n\ne", "a\n\nb\n\nc\n\nd\n\nf", "…3|d|-e-|+f+"),
        ("", "neu", "+neu+"),
        ("alt", "", "-alt-"),
    ],
)
def test_paragraphs_stay_whole_and_changed_words_are_marked(old: str, new: str, expected: str) -> None:
    assert told(compare(old, new)) == expected


_TEXTS = st.lists(st.sampled_from(["a b", "a c", "b", "c d e", "a  b"]), max_size=6).map("\n\n".join)


@settings(max_examples=40)
@given(_TEXTS, _TEXTS)
def test_both_texts_can_be_read_out_of_the_difference(old: str, new: str) -> None:
    found = compare(old, new, around=99)
    for text, gone in ((old, Kind.ADDED), (new, Kind.REMOVED)):
        parts = ["".join(piece.text for piece in one.pieces if piece.kind is not gone) for one in found]
        assert "\n\n".join(part for part in parts if part) == (text if old != new else "")


@pytest.mark.parametrize("part", ["a ", "a\n\n", "ab\n\nc ", "\n \n", "x"])
def test_a_hostile_text_is_compared_in_time(part: str) -> None:
    text = (part * 200_000)[:200_000]
    began = time.process_time()
    compare(text + "x", "y" + text[:-1])
    compare(text[::2], text[1::3] + "z")
    assert time.process_time() - began < 3
