"""School lists of the tests: the ministry's columns with dull values."""

from pathlib import Path

import pytest

LISTS = Path(__file__).parents[3] / "shared" / "data" / "schulen"
OFFICIAL_2021 = LISTS / "schuldaten_original_2021-09_dortmund.csv"
ENRICHED = LISTS / "dortmund_schulen.csv"
needs_lists = pytest.mark.skipif(not LISTS.exists(), reason="the school lists are not beside the project")

HEADER = (
    "Schulnummer;Schulform;Schulbezeichnung_1;Schulbezeichnung_2;Schulbezeichnung_3;Kurzbezeichnung;PLZ;Ort;Strasse;"
    "Telefonvorwahl;Telefon;Faxvorwahl;Fax;E-Mail;Homepage;Rechtsform;Traegernummer;Gemeindeschluessel;"
    "Schulbetriebsschluessel;Schulbetriebsdatum;EPSG;UTMRechtswert;UTMHochwert;"
)
LINE = {
    "Schulnummer": "100132",
    "Schulform": "15",
    "Schulbezeichnung_1": "Muster-Gesamtschule",
    "Schulbezeichnung_2": "Gesamtschule der Stadt Dortmund",
    "Schulbezeichnung_3": "",
    "Kurzbezeichnung": "Dortmund, GE Muster",
    "PLZ": "44357",
    "Ort": "Dortmund",
    "Strasse": "Beispielweg 7",
    "Telefonvorwahl": "0231",
    "Telefon": "5012280",
    "Faxvorwahl": "0231",
    "Fax": "5010230",
    "E-Mail": "100132@SCHULE.nrw.de",
    "Homepage": "http://www.example.org",
    "Rechtsform": "1",
    "Traegernummer": "10297",
    "Gemeindeschluessel": "05913000",
    "Schulbetriebsschluessel": "1",
    "Schulbetriebsdatum": "01.08.2021",
    "EPSG": "EPSG:25832",
    "UTMRechtswert": "386899",
    "UTMHochwert": "5711727",
}


def make_line(**changes: str) -> str:
    """Make one line of the ministry's list."""
    values = LINE | {key.replace("E_Mail", "E-Mail"): value for key, value in changes.items()}
    return ";".join('"' + value.replace('"', '""') + '"' for value in values.values())


def make_list(*lines: str, header: str = HEADER, first: str = "sep=;\n") -> bytes:
    """Make a list of these lines."""
    return (first + "\n".join([header, *lines]) + "\n").encode()
