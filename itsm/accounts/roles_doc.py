"""Write docs/rules/roles.md from the table in core.access, with `python -m itsm.accounts.roles_doc`."""

from itsm.accounts.policy import PLACE_OF, SCHOOL_INVITES, Place
from itsm.core.access import GRANTED, ROLE_LABELS, Role, Verb

_PLACES = {Place.SCHOOL: "Schule", Place.DISTRICT: "Bezirk", Place.CITY: "Stadt"}

_INTRODUCTION = """# Rollen und Rechte

Diese Datei wird aus `itsm/core/access.py` und `itsm/accounts/policy.py` erzeugt
(`python -m itsm.accounts.roles_doc > docs/rules/roles.md`); ein Test vergleicht sie damit.

- **AC-1 Ein Recht ist eine Rolle an einem Ort, von einem Tag bis zu einem Tag.** Orte sind eine Schule, ein Bezirk
  oder die ganze Stadt. Wer mehrere Rechte hat, darf die Summe. Rechte stehen nur in der Tabelle `grant`.
- **AC-2 Kennwörter** haben 8 bis 200 Zeichen (15 empfohlen), keine Regeln zur Zusammensetzung, und stehen nicht in der
  Liste der häufigsten.
- **AC-3 Anmelden**: je Konto und je Herkunft höchstens 10 Versuche in 15 Minuten, mit wachsender Wartezeit je Konto.
  Ob es ein Konto gibt, verrät weder die Antwort noch ihre Dauer. Eine gelungene Anmeldung zählt nicht.
- **AC-4 Links** zum Setzen eines Kennworts gelten 24 Stunden und einmal; höchstens drei je Stunde und Konto. Danach
  enden alle anderen Anmeldungen der Person.
- **AC-5 Eine Anmeldung endet** nach 14 Tagen ohne Benutzung, spätestens nach 90 Tagen, beim Sperren der Person sofort.
- **AC-6 Was man nicht sehen darf, gibt es nicht** (404). Was man sieht, aber nicht darf, wird mit einem Satz
  abgelehnt (403).
- **AC-7 Schulen laden selbst ein**, aber nur an ihre Schule und nur als {invited}.
- **AC-8 Vertretung**: Ist die zuständige Person abwesend, fährt, wen sie als Vertretung genannt hat, sonst die nächste
  im Bezirk, die da ist. Wer als Vertretung genannt ist, hat in diesen Tagen auch deren Bezirksrechte.
- **AC-9 Die letzte Administration** kann weder entzogen noch gesperrt werden.
"""


def roles() -> str:
    """Return the table of roles: what they are called and where they are held."""
    rows = [f"| {ROLE_LABELS[role]} | `{role}` | {_PLACES[PLACE_OF[role]]} |" for role in Role]
    return "\n".join(["| Rolle | Kennung | Ort |", "|---|---|---|", *rows])


def matrix() -> str:
    """Return the matrix of roles and verbs."""
    heads = [ROLE_LABELS[role] for role in Role]
    rows = [
        f"| {verb.value} | " + " | ".join("ja" if role in GRANTED[verb] else "" for role in Role) + " |"
        for verb in Verb
    ]
    return "\n".join([f"| darf | {' | '.join(heads)} |", "|---|" + ":-:|" * len(heads), *rows])


def document() -> str:
    """Return the whole file."""
    invited = " oder ".join(ROLE_LABELS[role] for role in Role if role in SCHOOL_INVITES)
    parts = [_INTRODUCTION.format(invited=invited), "## Rollen\n", roles(), "\n## Wer darf was\n", matrix(), ""]
    return "\n".join(parts)


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
