"""How the interface calls what the tables hold."""

from itsm.kb.models import Audience, Language, Shape, TaskKind

AUDIENCES = {
    Audience.PUBLIC: "alle, auch ohne Anmeldung",
    Audience.STAFF: "Schulpersonal",
    Audience.SUPPORT: "Support",
}
LANGUAGES = {
    Language.GERMAN: "Deutsch",
    Language.SIMPLE: "Einfache Sprache",
    Language.ENGLISH: "English",
}
SHAPES = {
    Shape.STEPS: "Schritt für Schritt",
    Shape.FAQ: "Frage und Antwort",
    Shape.KNOWN_FAULT: "Bekannter Fehler",
    Shape.TEXT: "Text",
}
TASK_KINDS = {
    TaskKind.FEEDBACK: "Rückmeldung",
    TaskKind.BROKEN_LINK: "Link geht nicht",
    TaskKind.BADLY_RATED: "hilft oft nicht",
}

# What the history of an article calls each line.
ENTRIES = {
    "begin": "Begonnen",
    "import": "Eingelesen",
    "ask": "Frage an die Schule",
    "answer": "Antwort der Schule",
    "accept": "Übernommen",
    "decline": "Nicht übernommen",
    "revise": "Überarbeitung begonnen",
    "hand-in": "Zur Prüfung gegeben",
    "send-back": "Aus der Prüfung zurück",
    "publish": "Veröffentlicht",
    "confirm": "Geprüft, stimmt noch",
    "flag": "Stimmt nicht mehr",
    "archive": "Archiviert",
    "reopen": "Wieder Entwurf",
    "settle": "Aufgabe erledigt",
    "hand-over": "Verantwortlich",
    "set-days": "Termine geändert",
    "describe": "Angaben geändert",
    "delete": "In den Papierkorb gelegt",
    "undelete": "Aus dem Papierkorb geholt",
}
