"""School forms and operating states of North Rhine-Westphalia: the keys of the official school list."""

SCHOOL_FORMS: dict[str, str] = {
    "02": "Grundschule",
    "04": "Hauptschule",
    "06": "Volksschule",
    "08": "Förderschule",
    "10": "Realschule",
    "13": "PRIMUS-Schule",
    "14": "Sekundarschule",
    "15": "Gesamtschule",
    "16": "Gemeinschaftsschule",
    "17": "Freie Waldorfschule",
    "18": "Hiberniaschule",
    "19": "Waldorf-Förderschule",
    "20": "Gymnasium",
    "25": "Weiterbildungskolleg",
    "30": "Berufskolleg",
    "81": "Schulischer Lernort",
    "83": "Schule für Kranke",
    "85": "Förderschule (Realschule, Gymnasium)",
    "87": "Förderschule (Realschule, Gymnasium)",
    "88": "Förderschule (Berufskolleg)",
}

# The list also carries offices of the school administration under the key of a form.
OFFICES: dict[str, str] = {"0A": "Schulamt"}

# 6 marks places of learning without statistics of their own; they are open. The other keys
# (0, 2, 9) come with the date of a closure.
OPEN_OPERATING_KEYS = frozenset({"1", "6"})


def form_name(key: str) -> str:
    """The name of a school form, or the bare key where the list has grown since."""
    return SCHOOL_FORMS.get(key, f"Schulform {key}")


def is_open(operating_key: str) -> bool:
    """Whether a school with this operating key teaches; a list without the key lists open schools."""
    return operating_key == "" or operating_key in OPEN_OPERATING_KEYS
