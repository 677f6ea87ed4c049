"""To whom a letter goes: the pupil of age, those who bring up a minor, everybody else as themselves.

Source: docs/rules/claims.md, CL-52.
"""

import unicodedata
from datetime import date

from itsm.claims.addressing import addressee
from itsm.claims.models import Debtor, Ground

# The address field holds six lines of this length.
_LONGEST = 60
# Signs that are not seen and could turn or hide what stands beside them.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def is_minor(debtor: Debtor, on: date) -> bool:
    """Say whether a letter of this day goes to those who bring up a minor."""
    return bool(addressee(debtor, on).child)


def lines(debtor: Debtor, on: date) -> list[str]:
    """Return the lines of the address field."""
    who = [debtor.name]
    if is_minor(debtor, on) and clean(debtor.guardian):
        who = [debtor.guardian, "als gesetzliche Vertretung von", debtor.name]
    elif is_minor(debtor, on):
        who = ["An die Erziehungsberechtigten von", debtor.name]
    place = f"{debtor.postcode} {debtor.city}"
    return [cut(line) for one in (*who, debtor.street, place) if (line := clean(one))]


def salutation(debtor: Debtor, on: date) -> str:
    """Return how a letter begins; it does not guess whether somebody is a man or a woman."""
    if debtor.ground is Ground.STATE:
        return "Sehr geehrte Damen und Herren,"
    if is_minor(debtor, on):
        return "Sehr geehrte Erziehungsberechtigte,"
    return f"Guten Tag {cut(clean(debtor.name))},"


def clean(text: str) -> str:
    """Return a text as one line without signs that are not seen."""
    return " ".join("".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text).split())


def cut(line: str) -> str:
    """Return a line no longer than the address field is wide."""
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
