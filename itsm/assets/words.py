"""How the pages say what the columns hold."""

from itsm.assets.models import Acknowledgement, Condition, CostKind, Fairness, Finding, HolderKind, SyncKind, TaskKind

HOLDERS = {HolderKind.PUPIL: "Schülerin oder Schüler", HolderKind.STAFF: "Lehrkraft oder Personal"}
CONDITIONS = {
    Condition.GOOD: "in Ordnung",
    Condition.WORN: "gebraucht, aber nutzbar",
    Condition.DAMAGED: "beschädigt",
    Condition.INCOMPLETE: "unvollständig",
}
ACKNOWLEDGEMENTS = {
    Acknowledgement.SIGNATURE: "auf dem Gerät unterschrieben",
    Acknowledgement.LINK: "per Link bestätigt",
    Acknowledgement.PAPER: "auf Papier unterschrieben",
}
COSTS = {CostKind.PART: "Teil", CostKind.REPAIR: "Reparatur", CostKind.OTHER: "Sonstiges"}
FINDINGS = {
    Finding.FOUND: "da",
    Finding.MISSING: "fehlt",
    Finding.ELSEWHERE: "gehört woanders hin",
    Finding.UNKNOWN: "unbekannt",
}
TASKS = {
    TaskKind.MISSING: "Gerät suchen",
    TaskKind.ELSEWHERE: "Gerät am falschen Ort",
    TaskKind.UNKNOWN: "Unbekannte Nummer klären",
    TaskKind.DELIVERY: "Lieferung",
    TaskKind.MOVE_AWAY: "Geräte abgeben",
    TaskKind.SWAP: "Ersatzgerät bringen",
}
FAIRNESS = {
    Fairness.OLDEST_FIRST: "Älteste Geräte zuerst",
    Fairness.SAME_SHARE: "Gleicher Anteil je Schulform",
    Fairness.STARTCHANCEN_FIRST: "Startchancen-Schulen zuerst",
    Fairness.WHOLE_SCHOOLS: "Ganze Schulen statt einzelner Geräte",
}
SYNC = {
    SyncKind.NEW: "neu im MDM",
    SyncKind.CHANGE: "im MDM geändert",
    SyncKind.CONFLICT: "auf beiden Seiten geändert",
    SyncKind.MISSING: "fehlt im MDM",
}
# What the columns of a device are called, in the history and on forms.
COLUMNS = {
    "tag": "Gerätenummer",
    "serial": "Seriennummer",
    "model_id": "Modell",
    "school_id": "Schule",
    "site_id": "Gebäude",
    "room_id": "Raum",
    "case_id": "Ladekoffer",
    "slot": "Platz im Koffer",
    "state": "Stand",
    "purchased_on": "Gekauft am",
    "price_cents": "Preis",
    "order_number": "Bestellnummer",
    "funding": "Fördertopf",
    "in_service_on": "In Betrieb seit",
    "warranty_until": "Garantie bis",
    "mdm_id": "Kennung im MDM",
    "note": "Notiz",
    "replaced_by_id": "Ersetzt durch",
    "cost_cents": "Kosten",
}
