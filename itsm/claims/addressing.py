"""To whom a letter of a claim goes.

Source: docs/rules/claims.md, CL-24.
"""

from dataclasses import dataclass
from datetime import date

from itsm.claims import ages
from itsm.claims.models import BY_AGE, Debtor, Ground

GROUNDS = {
    Ground.PUPIL: "Schüler*in",
    Ground.GUARDIAN_CONTRACT: "Erziehungsberechtigte aus dem Leihvertrag",
    Ground.SUPERVISION: "Erziehungsberechtigte wegen verletzter Aufsicht (§ 832 BGB)",
    Ground.THIRD_PARTY: "Dritte Person",
    Ground.STATE: "Land Nordrhein-Westfalen für eine Lehrkraft",
}


@dataclass(frozen=True)
class Addressee:
    """Who is written to, and for whom: `child` is the minor whose guardians get the letter, else blank."""

    name: str
    child: str = ""


def addressee(debtor: Debtor, on: date) -> Addressee:
    """Return to whom a letter of a day goes: for a minor who owes the guardians, everybody else themselves."""
    if debtor.ground not in BY_AGE or debtor.born_on is None or ages.is_of_age(debtor.born_on, on):
        return Addressee(debtor.name)
    return Addressee(debtor.guardian or f"Erziehungsberechtigte von {debtor.name}", debtor.name)
