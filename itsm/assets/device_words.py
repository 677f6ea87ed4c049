"""How the pages say where a device stands: state, age, warranty, what was done."""

from datetime import date

from itsm.assets.life import WARRANTY_SOON_DAYS, Life
from itsm.assets.states import State

STATE_KINDS = {
    State.IN_STOCK: "info",
    State.IN_USE: "success",
    State.LENT: "success",
    State.IN_REPAIR: "warning",
    State.DAMAGED: "warning",
    State.LOST: "danger",
    State.STOLEN: "danger",
    State.RETIRED: "neutral",
    State.DISPOSED: "neutral",
}
# What a line of the history is called: moves, and whatever else changes a device.
CHANGES = {
    "add": "Aufgenommen",
    "edit": "Angaben geändert",
    "place": "Umgezogen",
    "give": "An eine andere Stelle gegeben",
    "swap": "Getauscht",
    "sync": "Aus dem MDM übernommen",
    "stocktake": "Bei der Inventur berichtigt",
    "import": "Eingelesen",
    "undo-import": "Einlesen zurückgenommen",
    "add-cost": "Kosten eingetragen",
    "remove-cost": "Kosten gestrichen",
    "put-in-use": "In Betrieb genommen",
    "store": "Ins Lager gelegt",
    "lend": "Ausgegeben",
    "take-back": "Zurückgenommen",
    "damage": "Als beschädigt eingetragen",
    "send-to-repair": "In Reparatur gegeben",
    "repaired": "Repariert",
    "lose": "Als verloren eingetragen",
    "steal": "Als gestohlen eingetragen",
    "find": "Wieder gefunden",
    "retire": "Ausgemustert",
    "reinstate": "Doch behalten",
    "dispose": "Entsorgt",
}


def months_words(count: int) -> str:
    """Return a span: "7 Monate", "1 Jahr", "4 Jahre, 3 Monate"."""
    years, months = divmod(count, 12)
    words = [f"{years} Jahr{'e' if years > 1 else ''}"] if years else []
    if months or not years:
        words.append(f"{months} Monat{'' if months == 1 else 'e'}")
    return ", ".join(words)


def age_words(life: Life) -> str:
    """Say how old a device is against its expected use."""
    if life.age_months is None:
        return "noch nicht in Betrieb"
    over = "über Alter, " if life.is_over_age else ""
    return f"{months_words(life.age_months)} ({over}erwartet sind {months_words(life.life_months)})"


def warranty_words(until: date | None, on: date) -> str | None:
    """Say how the warranty stands on a day."""
    if until is None:
        return None
    left = (until - on).days
    if left < 0:
        return f"abgelaufen am {until:%d.%m.%Y}"
    if left > WARRANTY_SOON_DAYS:
        return f"bis {until:%d.%m.%Y}"
    return "läuft heute ab" if left == 0 else f"läuft in {left} Tag{'' if left == 1 else 'en'} ab, am {until:%d.%m.%Y}"
