"""German as people type it: folding, stems, compounds and slips, without any article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.kb.language import compounds
from itsm.kb.language.near import kept_beginnings, slips, slips_allowed
from itsm.kb.language.words import folded, grams, stem, telling
from itsm.kb.packing import POSTING, put_in, record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Größe ÜBER Café", "groesse ueber cafe"),
        ("u\u0308ber", "ueber"),
        ("W-LAN, E-Mail", "wlan, email"),
        ("Lehrer-iPad", "lehrer-ipad"),
    ],
)
def test_spellings_of_a_word_become_one(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize(
    "words", ["Drucker Druckers Druckern", "Lampe Lampen", "Tafel Tafeln", "Häuser Haeuser Hauser", "Kabel Kabeln"]
)
def test_forms_of_a_word_have_one_stem(words: str) -> None:
    assert len({stem(word) for word in telling(words)}) == 1


def test_stop_words_tell_nothing() -> None:
    assert telling("Wie kann ich mein Passwort ändern, wenn es nicht geht?") == ["passwort", "aendern"]


def test_grams_lie_between_the_edges_of_a_word() -> None:
    assert grams("pc") == ["_pc_"]
    assert grams("wlan") == ["_wla", "wlan", "lan_"]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("beamerlampe", ("beamer", "lampe")),
        ("unterrichtsraum", ("unterricht", "raum")),
        ("druckerwarteschlange", None),
        ("lampe", None),
    ],
)
def test_a_compound_is_cut_into_words_that_are_known(word: str, parts: tuple[str, str] | None) -> None:
    known = {"beamer": 3, "lampe": 2, "unterricht": 4, "raum": 9, "drucker": 5}
    assert compounds.parts(word, lambda part: known.get(part, 0)) == parts


@settings(max_examples=40)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_slips_are_counted_alike_in_both_directions(one: str, other: str) -> None:
    apart = slips(one, other, 9)
    assert apart == slips(other, one, 9)
    assert (apart == 0) == (one == other)
    assert apart >= abs(len(one) - len(other))


@settings(max_examples=40)
@given(st.text("abcdefg", min_size=4, max_size=14), st.data())
def test_one_letter_left_out_leaves_the_beginning_or_the_end(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    other = word[:at] + word[at + 1 :]
    start, ending = kept_beginnings(word)
    assert slips(word, other, slips_allowed(word)) <= 1
    assert other.startswith(start) or other[::-1].startswith(ending)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 511), st.booleans())))
def test_records_stay_in_order_and_the_last_word_counts(changes: list[tuple[int, bool]]) -> None:
    content, expected = b"", {}
    for number, (offset, is_there) in enumerate(changes):
        row = record(offset, [number % 256, 0, 0, 1], POSTING) if is_there else b""
        content = put_in(content, offset, row, POSTING)
        expected[offset] = row
    assert content == b"".join(row for _, row in sorted(expected.items()))
