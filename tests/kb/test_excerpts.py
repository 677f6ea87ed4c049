"""What is marked in a text, and which part of a long one is shown."""

import pytest

from itsm.kb.excerpts import Marker
from tests.kb.factories import make_synonyms

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize(
    ("line", "text", "marked"),
    [
        ("Lampe", "Die Lampen des Beamers", "Die <mark>Lampen</mark> des Beamers"),
        ("Beamerlampe", "Die Lampe des Beamers", "Die <mark>Lampe</mark> des <mark>Beamers</mark>"),
        ("Server", "Der Schulserver läuft", "Der <mark>Schulserver</mark> läuft"),
        ("iPad", "Lehrer-iPad und PC", "<mark>Lehrer-iPad</mark> und PC"),
        ("wlan", "W-LAN <b>weg</b>", "<mark>W-LAN</mark> &lt;b&gt;weg&lt;/b&gt;"),
        ("Druker", "Der Drucker", "Der <mark>Drucker</mark>"),
        ("groesse", "Größe & Maß", "<mark>Größe</mark> &amp; Maß"),
        ("die der <script>", "die der", "die der"),
        ("", "Text", "Text"),
    ],
)
def test_words_that_match_are_marked_and_everything_is_escaped(line: str, text: str, marked: str) -> None:
    assert Marker(line).highlight(text) == marked


def test_synonyms_are_marked() -> None:
    make_synonyms("Apple TV", "AirPlay")
    assert Marker("AirPlay").highlight("am Apple TV") == "am <mark>Apple</mark> <mark>TV</mark>"


def test_a_long_text_is_cut_where_most_words_match() -> None:
    text = "Vorwort ohne Belang. " * 30 + "Die Lampe des Beamers wechseln Sie so. " + "Nachwort. " * 50
    found = Marker("Beamer Lampe").excerpt(text)
    assert found.startswith("… ") and found.endswith(" …")
    assert "<mark>Lampe</mark> des <mark>Beamers</mark>" in found
    assert len(found.striptags()) <= 205


def test_a_text_without_a_match_is_shown_from_its_beginning() -> None:
    assert Marker("Beamer").excerpt("Wort " * 100).startswith("Wort Wort")
    assert Marker("Beamer").excerpt("x" * 1000) == "x" * 200 + " …"
