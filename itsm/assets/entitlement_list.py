"""The city's page: one class at all schools a person sees, filtered, sorted and summed up per school form.

Source: docs/rules/entitlement.md, EN-6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from itsm.assets.entitlement.keys import KEYED
from itsm.assets.entitlement_queries import Line, Standing, seen_schools, standings
from itsm.assets.kinds import LABELS, Kind
from itsm.core.access import Actor
from itsm.core.errors import DomainError
from itsm.core.search import parse
from itsm.org.models import School
from itsm.org.search import KEYS

HELP = "Filter: form:gymnasium bezirk:3 ort:44139"
COLUMNS = (
    "Schulnummer",
    "Schule",
    "Schulform",
    "Bezirk",
    "Geräteklasse",
    "Soll",
    "Bestand",
    "Lücke",
    "Überschuss",
    "Rechenweg",
)
ORDERS = {"luecke": "Lücke", "ueberschuss": "Überschuss", "schule": "Schule"}


@dataclass
class Sum:
    """What schools of one form have together; schools without sizes are counted apart."""

    label: str
    schools: int = 0
    target: int = 0
    stock: int = 0
    missing: int = 0
    over: int = 0
    unknown: int = 0

    def add(self, line: Line) -> None:
        """Add a school."""
        if line.target is None or line.difference is None:
            self.unknown += 1
            return
        self.schools += 1
        self.target += line.target.count
        self.stock += line.stock
        self.missing += max(-line.difference, 0)
        self.over += max(line.difference, 0)


@dataclass(frozen=True)
class Overview:
    """The rows of a class in the order asked for, a sum per school form, and the sum of all."""

    rows: Sequence[tuple[Standing, Line]]
    forms: Sequence[Sum]
    whole: Sum


def find(actor: Actor, line: str, on: date) -> list[Standing]:
    """Return where the schools stand that the actor sees and that fit the search line.

    Raises: DomainError for a search line longer than anybody types.
    """
    return standings(seen_schools(actor, *_filters(actor, line)), on)


def overview(found: Sequence[Standing], kind: Kind, order: str) -> Overview:
    """Return one class of these schools.

    Raises: DomainError for an order that nobody's page has sent.
    """
    if order not in ORDERS:
        raise DomainError("So lässt sich die Liste nicht sortieren.")
    rows = [(standing, standing.lines[kind]) for standing in found]
    if order != "schule":
        sign = 1 if order == "luecke" else -1
        # Schools without sizes come last; equal ones stay in the order of their names.
        rows.sort(key=lambda row: (row[1].difference is None, sign * (row[1].difference or 0)))
    forms: dict[str, Sum] = {}
    whole = Sum("Alle")
    for standing, line in rows:
        forms.setdefault(standing.school.form, Sum(standing.school.form)).add(line)
        whole.add(line)
    return Overview(rows, sorted(forms.values(), key=lambda one: one.label), whole)


def kind_named(name: str) -> Kind:
    """Return the class of this name.

    Raises: DomainError for a class without a key.
    """
    if name not in KEYED:
        raise DomainError("Für diese Geräteklasse gibt es keinen Ausstattungsschlüssel.")
    return Kind(name)


def cells(found: Sequence[Standing]) -> Iterator[tuple[object, ...]]:
    """Yield a line per school and class for a spreadsheet.

    Gap and surplus stand apart: a cell that begins with a minus would be marked as text.
    """
    for standing in found:
        school = standing.school
        for kind, line in standing.lines.items():
            district = school.district.name if school.district else ""
            yield school.number, school.name, school.form, district, LABELS[kind], *_figures(line)


def _figures(line: Line) -> tuple[object, ...]:
    if line.target is None or line.difference is None:
        return "", line.stock, "", "", "noch keine Zahlen"
    return (
        line.target.count,
        line.stock,
        max(-line.difference, 0),
        max(line.difference, 0),
        "; ".join(line.target.lines),
    )


def _filters(actor: Actor, line: str) -> list[sa.ColumnElement[bool]]:
    typed = parse(line, KEYS)
    words = [
        sa.or_(School.number.icontains(word, autoescape=True), School.name.icontains(word, autoescape=True))
        for word in typed.text.split()
    ]
    return [*(KEYS[word](actor, value) for word, value in typed.filters), *words]
