"""What a list can say about a device, and how its columns are usually called.

Source: docs/rules/device-import.md, DI-5.
"""

import re
from typing import NamedTuple

_NOISE = re.compile(r"[\s*:._()/-]+")


class Field(NamedTuple):
    """One thing a column can say; `names` are the spellings of a header that mean it and nothing else."""

    key: str
    label: str
    names: tuple[str, ...] = ()


FIELDS = (
    Field("tag", "Gerätenummer", ("gerätenummer", "inventarnummer", "inventarnr", "asset tag", "assettag", "tag")),
    Field("serial", "Seriennummer", ("seriennummer", "seriennr", "sn", "serial", "serial number", "serialnumber")),
    Field("kind", "Geräteklasse", ("geräteklasse", "klasse", "gerätetyp", "geräteart", "kategorie", "category", "typ")),
    Field("maker", "Hersteller", ("hersteller", "manufacturer", "maker", "marke", "vendor")),
    Field("model", "Modell", ("modell", "modellname", "modellbezeichnung", "model", "model name")),
    Field("identifier", "Modellkennung", ("modellkennung", "model identifier", "model no", "model number")),
    Field("school", "Schule", ("schule", "schulnummer", "schulnr", "school", "school number")),
    Field("site", "Gebäude", ("gebäude", "site", "building", "adresse")),
    Field("room", "Raum", ("raum", "raumnummer", "raumnr", "room", "zimmer")),
    Field("case", "Ladekoffer (Gerätenummer)", ("ladekoffer", "koffer", "koffernummer", "charging case", "case")),
    Field("slot", "Platz im Koffer", ("platz", "platz im koffer", "kofferplatz", "slot")),
    Field("state", "Stand", ("stand", "status", "zustand", "state")),
    Field("purchased_on", "Gekauft am", ("gekauft am", "kaufdatum", "anschaffungsdatum", "purchase date")),
    Field(
        "price",
        "Preis brutto in Euro",
        ("preis", "preis brutto", "kaufpreis", "anschaffungspreis", "purchase cost", "price"),
    ),
    Field("order", "Bestellnummer", ("bestellnummer", "bestellnr", "auftragsnummer", "order number", "order")),
    Field("funding", "Fördertopf", ("fördertopf", "förderprogramm", "förderung", "finanzierung", "funding", "budget")),
    Field(
        "in_service_on",
        "In Betrieb seit",
        ("in betrieb seit", "inbetriebnahme", "einsatz seit", "startup date", "in service"),
    ),
    Field("warranty_until", "Garantie bis", ("garantie bis", "garantieende", "warranty until", "warranty expires")),
    Field("warranty_months", "Garantie in Monaten", ("garantie monate", "garantie in monaten", "warranty months")),
    Field("mdm_id", "Kennung im MDM", ("udid", "mdm id", "kennung im mdm", "mdm kennung")),
    Field("note", "Notiz", ("notiz", "notizen", "bemerkung", "bemerkungen", "kommentar", "asset notes", "notes")),
    # Names of people: a mapping has to ask for them, no proposal does.
    Field("holder", "Ausgegeben an (Name)"),
    Field("holder_email", "Ausgegeben an (E-Mail-Adresse)"),
)
BY_KEY = {field.key: field for field in FIELDS}
MEANS = {plain: field.key for field in FIELDS for plain in field.names}


def plain_name(header: str) -> str:
    """Return a header as it is compared: small letters, without signs."""
    return _NOISE.sub(" ", header).strip().casefold()
