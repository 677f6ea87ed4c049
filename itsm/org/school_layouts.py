"""Which column of which school list means what: the one place that knows column names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from itsm.core.errors import DomainError
from itsm.org.school_names import rejoin


class FileKind(StrEnum):
    """The lists the importer reads; a school remembers the columns of each kind apart."""

    MINISTRY = "ministry"
    CITY = "city"


@dataclass(frozen=True)
class Layout:
    """A kind of list: field of a school to the name of its column."""

    kind: FileKind
    columns: dict[str, str]
    name_parts: tuple[str, ...]
    phone: tuple[str, ...]
    position: tuple[str, ...]

    def wrote(self, source: Mapping[str, str]) -> bool:
        """Whether these columns, as a school remembers them, come from a list of this kind."""
        return self.columns["number"] in source

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which no school can be read."""
        fields = ("number", "form_key", "street", "postcode", "town", "carrier")
        return (*(self.columns[field] for field in fields), *self.name_parts[:1], *self.position)

    def columns_of(self, field: str) -> tuple[str, ...]:
        """The columns a field of a school is read from, none if this list does not carry it."""
        several = {"name": self.name_parts, "phone": self.phone, "latitude": self.position, "longitude": self.position}
        return several.get(field) or tuple(filter(None, [self.columns.get(field)]))


MINISTRY = Layout(
    kind=FileKind.MINISTRY,
    columns={
        "number": "Schulnummer",
        "form_key": "Schulform",
        "call_name": "Schulbezeichnung_1",
        "short_name": "Kurzbezeichnung",
        "postcode": "PLZ",
        "town": "Ort",
        "street": "Strasse",
        "email": "E-Mail",
        "homepage": "Homepage",
        "legal_form": "Rechtsform",
        "carrier": "Traegernummer",
        "municipality_key": "Gemeindeschluessel",
        "operating_key": "Schulbetriebsschluessel",
        "operating_since": "Schulbetriebsdatum",
    },
    name_parts=("Schulbezeichnung_1", "Schulbezeichnung_2", "Schulbezeichnung_3"),
    phone=("Telefonvorwahl", "Telefon"),
    position=("EPSG", "UTMRechtswert", "UTMHochwert"),
)

CITY = Layout(
    kind=FileKind.CITY,
    columns={
        "number": "schulnummer",
        "form_key": "schulform_schluessel",
        "call_name": "name",
        "short_name": "kurzbezeichnung",
        "postcode": "plz",
        "town": "ort",
        "street": "strasse",
        "email": "email",
        "homepage": "homepage",
        "legal_form": "rechtsform",
        "carrier": "traegernummer",
        "pupils": "anzahl_schueler_2024_25",
    },
    name_parts=("bezeichnung_1", "bezeichnung_2", "bezeichnung_3"),
    phone=("telefon",),
    position=("lat", "lon"),
)


def layout_of(header: list[str]) -> Layout:
    """The kind of list with these columns.

    Raises: DomainError naming the missing columns if it is none of the known lists.
    """
    missing = {layout.kind: [name for name in layout.required if name not in header] for layout in (MINISTRY, CITY)}
    for layout in (MINISTRY, CITY):
        if not missing[layout.kind]:
            return layout
    nearest = min(missing.values(), key=len)
    if len(nearest) > 3:
        raise DomainError("Das ist keine Schulliste: Die Spalten der schuldaten.csv des Ministeriums fehlen.")
    raise DomainError(f"In der Schulliste fehlt: Spalte {', '.join(nearest)}.")


def official_name(source: Mapping[str, str]) -> str:
    """The full name a school carries in the list it was last read from; nothing if it was in none."""
    for layout in (MINISTRY, CITY):
        if layout.wrote(source):
            return rejoin([source.get(name, "") for name in layout.name_parts])
    return ""
