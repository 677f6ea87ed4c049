"""What points to a person, a school or a device goes out of a text; what helps the next reader stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.kb.anonymising import Cleaned, Known, Removal, anonymise

KNOWN = Known(
    people=("Anna Müller", "Jörg Weiß"),
    supporters=("Claudia Cremer",),
    others=("Kevin Lampe", "Aylin Öztürk"),
    school_names=("Adlerfeld-Grundschule", "Adlerfeld-GS"),
    other_schools=("Max-Planck-Gymnasium",),
    numbers=("DS-100132-0012", "iPad 7"),
    rooms=("2.14", "Aula"),
    places=("Beurhausstr. 10",),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # names that are known, as people write them
        ("Das iPad von Anna Müller", "Das iPad von eine Lehrkraft"),
        ("Müllers iPad", "Einer Lehrkraft iPad"),
        ("Am Dienstag war Müller's Beamer dunkel", "Am Dienstag war einer Lehrkraft Beamer dunkel"),
        ("laut mueller und WEISS", "laut eine Lehrkraft und eine Lehrkraft"),
        ("das Müller-iPad, der Müllerrechner", "das eine Lehrkraft-iPad, der [Name]"),
        ("Kommt Cremer?", "Kommt der Support?"),
        # names of everybody else: in full, or in capitals
        ("bei kevin lampe", "bei [Name]"),
        ("die lampe ist kaputt", "die lampe ist kaputt"),
        ("mit Öztürks Laptop", "mit [Name] Laptop"),
        # names nobody knows, after a word that a name follows
        ("von Frau Schmidt", "von eine Lehrkraft"),
        ("laut herrn dr. von der Heide", "laut eine Lehrkraft"),
        ("für frau yilmaz", "für eine Lehrkraft"),
        ("Eine Frau hat angerufen", "Eine Frau hat angerufen"),
        ("Schülerin Lena Yilmaz. Lena sagt nein", "Schülerin [Name]. [Name] sagt nein"),
        ("das kind max wartet", "das kind [Name] wartet"),
        ("Die Schüler haben kein Netz", "Die Schüler haben kein Netz"),
        # ways to reach somebody
        ("an a.mueller@schule.dortmund.de, a.b (at) web.de", "an [E-Mail-Adresse], [E-Mail-Adresse]"),
        ("Tel. 0231 50-22222, (0231) 5022222, +49 171 1234567", "[Telefonnummer], [Telefonnummer], [Telefonnummer]"),
        ("rief an (0231 50-22222).", "rief an ([Telefonnummer])."),
        ("Durchwahl 22222", "[Telefonnummer]"),
        ("von 192.168.178.1 oder 00:1A:2B:3C:4D:5E", "von [Netzadresse] oder [Netzadresse]"),
        # things and places
        ("an DS-100132-0012 mit DMPXK2ABC123, siehe S-1042", "an [Gerätenummer] mit [Gerätenummer], siehe [Nummer]"),
        ("in 2.14, Raum 0.12a, Klassenraum 7, R 3.05", "in [Raum], [Raum], [Raum], [Raum]"),
        ("in der Aula", "in der Aula"),
        ("Klasse 7b und die 10a", "[Klasse] und die [Klasse]"),
        ("adlerfeld grundschule, Adlerfeldschule, Adlerfeld-GS", "[Schule], [Schule], [Schule]"),
        ("am Max-Planck Gymnasium, Beurhausstr. 10", "am [Schule], [Anschrift]"),
        # what only looks like one of these
        ("am 01.10.2026 um 09:30 Uhr", "am 01.10.2026 um 09:30 Uhr"),
        ("Windows 11, OFFICE365, iOS 17.4.1, 802.11a", "Windows 11, OFFICE365, iOS 17.4.1, 802.11a"),
        ("Fehler 0x80070005 an Port 8080", "Fehler 0x80070005 an Port 8080"),
        ("Schritt 3 von 10, 1 Gigabyte, 5 GHz", "Schritt 3 von 10, 1 Gigabyte, 5 GHz"),
    ],
)
def test_a_text_says_nothing_about_anybody(text: str, left: str) -> None:
    found = anonymise(f"– {text}", KNOWN).text.removeprefix("– ")
    assert found[0].lower() + found[1:] == left[0].lower() + left[1:]


def test_each_removal_is_told_once_with_what_stands_there_now() -> None:
    cleaned = anonymise("Frau Schmidt ruft an. Frau Schmidt wartet in 2.14.", KNOWN)
    assert cleaned.removals == [Removal("Frau Schmidt", "Eine Lehrkraft"), Removal("2.14", "[Raum]")]
    assert cleaned.text == "Eine Lehrkraft ruft an. Eine Lehrkraft wartet in [Raum]."


def test_composed_and_decomposed_umlauts_are_the_same() -> None:
    assert "ller" not in anonymise("Mu\u0308ller und MU\u0308LLERS", KNOWN).text.lower()


def test_a_long_text_without_any_name_is_done_at_once() -> None:
    text = "Der Beamer bleibt dunkel und 0231 " * 1000
    assert anonymise(text, Known(others=tuple(f"Vorname{n} Nachname{n}" for n in range(2000)))).removals == []


@pytest.mark.parametrize("run", ["a", "a.", "a-", "1", "Herr Schmidt, ", "S-1 "])
def test_a_long_run_of_signs_is_read_once(run: str) -> None:
    started = time.process_time()
    anonymise(run * (20_000 // len(run)), KNOWN)
    assert time.process_time() - started < 1


@settings(max_examples=30)
@given(st.text(alphabet="ab Frau Müller0231-@.\n", max_size=60))
def test_the_pieces_are_the_text(text: str) -> None:
    cleaned: Cleaned = anonymise(text, KNOWN)
    assert "".join(one.original if isinstance(one, Removal) else one for one in cleaned.pieces) == text
