"""The list of loans: tabs, search line, pages; every select begins with who may see it.

Source: docs/rules/loans.md, LO-10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from itsm.assets import policy
from itsm.assets.models import Device, DeviceModel, Loan
from itsm.assets.serials import clean
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.search import parse

PAGE = 25
LAST_PAGE = 1000
COUNTED = 1000
EXPORTED = 20_000

TABS = {"aktuell": "Aktuell", "ueberfaellig": "Überfällig", "unbestaetigt": "Nicht bestätigt", "zurueck": "Zurück"}


@dataclass(frozen=True)
class Page:
    """The loans of a page, and whether more follow."""

    loans: Sequence[Loan]
    has_more: bool


def page(actor: Actor, tab: str, line: str, number: int, on: date) -> Page:
    """Return one page of the list, counted from 1.

    Raises: DomainError for a tab, a page or a search line that nobody's page has sent.
    """
    if not 1 <= number <= LAST_PAGE:
        raise DomainError("Diese Seite der Liste gibt es nicht. Bitte beginnen Sie von vorn.")
    select = _select(actor, tab, line, on).limit(PAGE + 1).offset((number - 1) * PAGE)
    found = db.session.scalars(select).all()
    return Page(found[:PAGE], len(found) > PAGE)


def export(actor: Actor, tab: str, line: str, on: date) -> Sequence[Loan]:
    """Return the loans of the list for a file."""
    return db.session.scalars(_select(actor, tab, line, on).limit(EXPORTED)).all()


def counts(actor: Actor, on: date) -> dict[str, int]:
    """Return how many loans each tab has, counted up to a limit so that it stays quick; one select."""
    parts: list[Any] = []
    for tab in TABS:
        some = sa.select(sa.literal(1)).where(policy.visible_loans(actor), _in_tab(tab, on)).limit(COUNTED)
        parts.append(sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery())
    return dict(zip(TABS, db.session.execute(sa.select(*parts)).one(), strict=True))


def _select(actor: Actor, tab: str, line: str, on: date) -> sa.Select[Loan]:
    # What is overdue longest comes first there; elsewhere the newest.
    order = (Loan.due_on, Loan.id) if tab == "ueberfaellig" else (Loan.id.desc(),)
    return (
        sa.select(Loan)
        .join(Loan.device)
        .join(Device.model)
        .where(policy.visible_loans(actor), _in_tab(tab, on), *_matching(line))
        .order_by(*order)
        .options(
            contains_eager(Loan.device).contains_eager(Device.model),
            joinedload(Loan.school, innerjoin=True),
        )
    )


def _in_tab(tab: str, on: date) -> sa.ColumnElement[bool]:
    is_open = Loan.returned_at.is_(None)
    match tab:
        case "aktuell":
            return is_open
        case "ueberfaellig":
            return sa.and_(is_open, Loan.due_on < on)
        case "unbestaetigt":
            return sa.and_(is_open, Loan.acknowledged_at.is_(None))
        case "zurueck":
            return Loan.returned_at.is_not(None)
    raise DomainError("Diese Ansicht gibt es nicht. Bitte wählen Sie oben eine andere.")


def _matching(line: str) -> list[sa.ColumnElement[bool]]:
    """Each word of the line is part of the name, the class, the start of a number, or part of the model."""
    return [
        sa.or_(
            sa.func.lower(Loan.holder_name).contains(word.lower(), autoescape=True),
            sa.func.lower(Loan.holder_group) == word.lower(),
            Device.tag.startswith(clean(word), autoescape=True),
            Device.serial.startswith(clean(word), autoescape=True),
            sa.func.lower(DeviceModel.name).contains(word.lower(), autoescape=True),
        )
        for word in parse(line, {}).text.split()
    ]
