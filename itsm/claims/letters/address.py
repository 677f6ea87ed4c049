"""To whom a letter goes: the pupil of age, those who bring up a minor, everybody else as themselves.

Source: docs/rules/claims.md, CL-52.
"""

import unicodedata
from datetime import date

from itsm.claims import ages
from itsm.claims.models import Debtor, Ground

# The address field holds six lines of this length.
_LONGEST = 60


def is_minor(debtor: Debtor, on: date) -> bool:
    """Say whether a debtor is a pupil under age on the day of the letter."""
    return debtor.ground is Ground.PUPIL and debtor.born_on is not None and not ages.is_of_age(debtor.born_on, on)


def lines(debtor: Debtor, on: date) -> list[str]:
    """Return the lines of the address field."""
    who = [debtor.name]
    if is_minor(debtor, on):
        who = [debtor.guardian] if debtor.guardian.strip() else []
        who += ["An die Erziehungsberechtigten von" if not who else "Erziehungsberechtigte von", debtor.name]
    place = f"{debtor.postcode} {debtor.city}"
    return [_cut(line) for one in (*who, debtor.street, place) if (line := clean(one))]


def salutation(debtor: Debtor, on: date) -> str:
    """Return how a letter begins; it does not guess whether somebody is a man or a woman."""
    if debtor.ground is Ground.STATE:
        return "Sehr geehrte Damen und Herren,"
    if is_minor(debtor, on):
        return "Sehr geehrte Erziehungsberechtigte,"
    return f"Guten Tag {_cut(clean(debtor.name))},"


def clean(text: str) -> str:
    """Return a text as one line without signs that are not seen, which could turn what stands beside them."""
    seen = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)
    return " ".join(seen.split())


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
