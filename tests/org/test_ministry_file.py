"""The school lists as they really are, and everything a person can upload instead."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.core.errors import DomainError
from itsm.org.ministry_file import read_school_file
from itsm.org.school_layouts import MINISTRY
from itsm.org.school_names import call_name, rejoin
from tests.org.lists import ENRICHED, HEADER, LINE, OFFICIAL_2021, make_line, make_list, needs_lists


def reason_for(**changes: str) -> str:
    (rejection,) = read_school_file(make_list(make_line(**changes))).rejections
    return rejection.reason


@needs_lists
def test_reads_every_school_of_the_official_list_and_rejects_the_school_office() -> None:
    found = read_school_file(OFFICIAL_2021.read_bytes())
    assert len(found.rows) == 172
    assert sum(row.carrier == "10297" for row in found.rows) == 155
    assert [(gone.line, gone.number) for gone in found.rejections] == [(175, "600913")]


@needs_lists
def test_reads_156_schools_of_the_enriched_list_all_inside_the_city() -> None:
    found = read_school_file(ENRICHED.read_bytes())
    assert len(found.rows) == 156
    assert not found.rejections
    for row in found.rows:
        assert row.latitude and 51.41 <= row.latitude <= 51.61
        assert row.longitude and 7.30 <= row.longitude <= 7.65


@needs_lists
def test_both_lists_agree_on_a_place_to_the_metre() -> None:
    official = {row.number: row for row in read_school_file(OFFICIAL_2021.read_bytes()).rows}
    enriched = {row.number: row for row in read_school_file(ENRICHED.read_bytes()).rows}
    for number in ("100132", "129161", "169419"):
        assert official[number].latitude == pytest.approx(enriched[number].latitude, abs=1e-5)
        assert official[number].longitude == pytest.approx(enriched[number].longitude, abs=1e-5)


@needs_lists
def test_no_name_of_the_official_list_keeps_a_trace_of_the_wrap() -> None:
    for row in read_school_file(OFFICIAL_2021.read_bytes()).rows:
        for name in (row.name, row.call_name):
            assert "  " not in name
            assert name == name.strip()
            assert name[0] != "-"


def test_reads_one_line_by_the_names_of_its_columns() -> None:
    (row,) = read_school_file(make_list(make_line())).rows
    assert (row.line, row.number, row.phone, row.email) == (3, "100132", "0231 5012280", "100132@schule.nrw.de")
    assert row.operating_since == date(2021, 8, 1)
    assert (row.latitude, row.longitude) == (51.545291, 7.368935)
    assert row.source_columns["Fax"] == "5010230"


def test_columns_may_stand_in_any_order_and_one_more_may_come() -> None:
    names = ["Bezirksregierung", *reversed(LINE)]
    line = ";".join(["Arnsberg", *reversed(LINE.values())])
    (row,) = read_school_file(make_list(line, header=";".join(names), first="")).rows
    assert (row.number, row.street) == ("100132", "Beispielweg 7")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_umlauts_survive_each_usual_encoding(encoding: str) -> None:
    content = make_list(make_line(Strasse="Blücherstraße 3")).decode().encode(encoding)
    assert read_school_file(content).rows[0].street == "Blücherstraße 3"


def test_windows_line_ends_and_empty_lines_keep_the_line_number() -> None:
    content = make_list("", make_line()).replace(b"\n", b"\r\n")
    assert read_school_file(content).rows[0].line == 4


def test_the_system_null_means_utm_32_and_no_values_mean_no_place() -> None:
    assert read_school_file(make_list(make_line(EPSG="null"))).rows[0].latitude == 51.545291
    nowhere = make_line(EPSG="null", UTMRechtswert="null", UTMHochwert="null")
    assert read_school_file(make_list(nowhere)).rows[0].latitude is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Schulnummer": "12"}, "keine sechsstellige Schulnummer"),
        ({"Schulnummer": "<b>1"}, "keine sechsstellige Schulnummer"),
        ({"Schulform": "99"}, "Schulform „99“ ist nicht bekannt"),
        ({"Schulform": "0A"}, "ist ein Schulamt"),
        ({"PLZ": "4435"}, "keine Postleitzahl"),
        ({"Schulbetriebsdatum": "2021-08-01"}, "kein Datum"),
        ({"Schulbetriebsdatum": "31.02.2021"}, "kein Datum"),
        ({"UTMRechtswert": "abc"}, "keine Koordinate"),
        ({"UTMRechtswert": "nan"}, "nicht in Nordrhein-Westfalen"),
        ({"UTMRechtswert": "3868990"}, "nicht in Nordrhein-Westfalen"),
        ({"EPSG": "EPSG:31466"}, "Koordinatensystem"),
        ({"Strasse": "x" * 201}, "Strasse ist mit 201 Zeichen zu lang"),
    ],
)
def test_a_line_that_cannot_be_right_is_rejected_with_a_sentence(changes: dict[str, str], words: str) -> None:
    assert words in reason_for(**changes)


def test_a_number_twice_is_rejected_with_the_line_of_the_first() -> None:
    found = read_school_file(make_list(make_line(), make_line()))
    assert [(gone.line, gone.reason) for gone in found.rejections] == [
        (4, "Die Schulnummer 100132 steht schon in Zeile 3.")
    ]


def test_an_open_quote_costs_its_own_line_only() -> None:
    found = read_school_file(make_list('"100133";"02";"offen', make_line()))
    assert [gone.line for gone in found.rejections] == [3]
    assert [row.number for row in found.rows] == ["100132"]


def test_a_short_line_is_rejected_and_a_javascript_address_dropped() -> None:
    found = read_school_file(make_list("100133;02;kurz", make_line(Homepage="javascript:alert(1)")))
    assert found.rejections[0].reason == "Die Zeile hat 3 Spalten, die Kopfzeile 23."
    assert found.rows[0].homepage == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "leer"),
        (b" \n\n", "leer"),
        (b"\xef\xbb\xbf", "leer"),
        ("\ufeff\u2028".encode(), "leer"),
        (b"PK\x03\x04\x14\x00", "Excel- oder ZIP-Datei"),
        (b"%PDF-1.7 ...", "PDF-Datei"),
        (b"<html><body>", "HTML- oder XML-Datei"),
        (b"a;b\x00\x01;c", "keine Textdatei"),
        (make_list(make_line()).decode().encode("utf-16"), "CSV"),
        (make_list(make_line(Strasse="Blücherstraße")).decode("cp1252").encode(), "Umlaute der Datei sind beschädigt"),
        (b"name;ort\nA;B\n", "keine Schulliste"),
        (HEADER.encode() + b"\n", "enthält keine Schule"),
        (HEADER.replace("PLZ;", "").encode() + b"\n", "Spalte PLZ"),
        (b"x" * 1_000_000, "keine Schulliste"),
        (b'"' + b"x" * 1_000_000, "keine Schulliste"),
        (b"x" * (20 * 1024 * 1024 + 1), "größer als 20 MB"),
    ],
)
def test_what_is_no_school_list_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        read_school_file(content)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_list_or_a_sentence(content: bytes) -> None:
    try:
        read_school_file(content)
    except DomainError as error:
        assert error.sentence.endswith(".")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120), st.sampled_from(list(LINE)))
def test_any_text_in_any_column_is_taken_or_rejected(text: str, column: str) -> None:
    lines = make_list(make_line(**{column: text}).replace("\n", " "))
    try:
        found = read_school_file(lines)
    except DomainError:
        return
    assert len(found.rows) + len(found.rejections) >= 1


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (
            ["Freie Waldorfschule Rudolf Steiner Schu-", "le u. Parzivalsch."],
            "Freie Waldorfschule Rudolf Steiner Schule u. Parzivalsch.",
        ),
        (
            ["Georgschule, Freie Waldorfschule,Förder-", "schule eigener Art"],
            "Georgschule, Freie Waldorfschule, Förderschule eigener Art",
        ),
        (["Grund-", "und Hauptschule"], "Grund- und Hauptschule"),
        (["Albert-", "Schweitzer-Schule"], "Albert-Schweitzer-Schule"),
        (
            ["Hohwartschule ", "Städt.  Gem. Grundschule", "- Primarstufe -"],
            "Hohwartschule Städt. Gem. Grundschule - Primarstufe -",
        ),
        (
            ["Abendrealschule", "- Max-von-der-Grün -", "Weiterbildungskolleg"],
            "Abendrealschule - Max-von-der-Grün - Weiterbildungskolleg",
        ),
        (["", "Nur hier", ""], "Nur hier"),
    ],
)
def test_wrapped_names_grow_together(parts: list[str], name: str) -> None:
    assert rejoin(parts) == name


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["Hohwartschule", "Städt. Gem. Grundschule"], "Hohwartschule"),
        (
            ["Städt. Gem. Grundschule", "Kleine Kielstraße", "- Primarstufe -"],
            "Städt. Gem. Grundschule Kleine Kielstraße",
        ),
        (["Städt. Gem. Hauptschule", "Am Externberg"], "Städt. Gem. Hauptschule Am Externberg"),
        (["Gesamtschule Scharnhorst", "- Sekundarstufen I und II -"], "Gesamtschule Scharnhorst"),
        (["Abendrealschule", "- Max-von-der-Grün -"], "Abendrealschule Max-von-der-Grün"),
        (["Gem. Grundschule Lichtendorf", "- Primarstufe -"], "Gem. Grundschule Lichtendorf"),
    ],
)
def test_the_name_people_use_is_short(parts: list[str], name: str) -> None:
    assert call_name(parts) == name


def test_the_columns_of_a_name_are_its_three_parts() -> None:
    assert MINISTRY.columns_of("name") == ("Schulbezeichnung_1", "Schulbezeichnung_2", "Schulbezeichnung_3")
    assert MINISTRY.columns_of("pupils") == ()
