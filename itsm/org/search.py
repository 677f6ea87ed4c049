"""The list of schools as a search line asks for it: words are filters, the rest is text."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.search import Filter, parse
from itsm.org import policy
from itsm.org.models import District, School, SchoolSite, Site
from itsm.org.queries import is_number
from itsm.org.school_forms import SCHOOL_FORMS

PAGE = 50


def school_named(value: str) -> sa.ColumnElement[bool]:
    """Return the filter of the schools somebody means by a number or a part of the name."""
    if value.isdigit():
        return School.number == value
    return sa.or_(*(name.icontains(value, autoescape=True) for name in (School.name, School.short_name)))


def district_named(value: str) -> sa.ColumnElement[bool]:
    """Return the filter of the districts somebody means by a number or a part of the name."""
    if value.isdecimal() and len(value) < 6:
        return District.number == int(value)
    return District.name.icontains(value, autoescape=True)


def _district(_: Actor, value: str) -> sa.ColumnElement[bool]:
    if value.casefold() in ("ohne", "keiner"):
        return School.district_id.is_(None)
    return School.district.has(district_named(value))


def _form(_: Actor, value: str) -> sa.ColumnElement[bool]:
    keys = [key for key, name in SCHOOL_FORMS.items() if value.casefold() in name.casefold() or value == key]
    return School.form_key.in_(keys)


def _place(_: Actor, value: str) -> sa.ColumnElement[bool]:
    return School.places.any(
        SchoolSite.site.has(
            sa.or_(Site.street.icontains(value, autoescape=True), Site.postcode.startswith(value, autoescape=True))
        )
    )


KEYS: dict[str, Filter] = {"bezirk": _district, "form": _form, "ort": _place}

# Tab to its filter; the first is what a person sees without choosing.
TABS: dict[str, tuple[str, sa.ColumnElement[bool]]] = {
    "offen": ("Schulen", School.closed_at.is_(None)),
    "ohne": ("Ohne Bezirk", sa.and_(School.closed_at.is_(None), School.district_id.is_(None))),
    "geschlossen": ("Geschlossen", School.closed_at.is_not(None)),
}


@dataclass(frozen=True)
class SchoolPage:
    """One page of the list, how many each tab has, and where the next page begins."""

    schools: Sequence[School]
    counts: dict[str, int]
    next_after: str | None


def find(actor: Actor, line: str, tab: str, after: str = "") -> SchoolPage:
    """The schools an actor sees that fit the line, by name, from `after` on.

    Raises: DomainError for a tab that does not exist.
    """
    fits = _fits(actor, line)
    rows = db.session.scalars(_listed(fits, tab).where(_behind(after)).limit(PAGE + 1)).all()
    more = len(rows) > PAGE
    return SchoolPage(rows[:PAGE], _counts(fits), rows[PAGE - 1].number if more else None)


def find_all(actor: Actor, line: str, tab: str) -> Sequence[School]:
    """The whole list, for a file.

    Raises: DomainError for a tab that does not exist.
    """
    return db.session.scalars(_listed(_fits(actor, line), tab)).all()


def _listed(fits: sa.ColumnElement[bool], tab: str) -> sa.Select[School]:
    if tab not in TABS:
        raise DomainError("Diese Ansicht gibt es nicht. Bitte wählen Sie eine der Registerkarten.")
    return (
        sa.select(School)
        .where(fits, TABS[tab][1])
        .order_by(School.name, School.number)
        .options(joinedload(School.district), selectinload(School.places).joinedload(SchoolSite.site))
    )


def _fits(actor: Actor, line: str) -> sa.ColumnElement[bool]:
    return sa.and_(policy.visible_to(actor), *_filters(actor, line))


def _filters(actor: Actor, line: str) -> list[sa.ColumnElement[bool]]:
    typed = parse(line, KEYS)
    filters = [KEYS[word](actor, value) for word, value in typed.filters]
    return filters + [_text(word) for word in typed.text.split()]


def _text(word: str) -> sa.ColumnElement[bool]:
    columns = (School.number, School.name, School.short_name)
    return sa.or_(*(column.icontains(word, autoescape=True) for column in columns), _place_of(word))


def _place_of(word: str) -> sa.ColumnElement[bool]:
    return School.places.any(SchoolSite.site.has(Site.street.icontains(word, autoescape=True)))


def _behind(after: str) -> sa.ColumnElement[bool]:
    if not is_number(after):
        return sa.true()
    mark = sa.select(School.name, School.number).where(School.number == after).subquery()
    return sa.or_(
        School.name > sa.select(mark.c.name).scalar_subquery(),
        sa.and_(School.name == sa.select(mark.c.name).scalar_subquery(), School.number > after),
    )


def _counts(fits: sa.ColumnElement[bool]) -> dict[str, int]:
    counts = [sa.func.count(School.id).filter(condition).label(key) for key, (_, condition) in TABS.items()]
    row = db.session.execute(sa.select(*counts).where(fits)).one()
    return dict(zip(TABS, row, strict=True))


def short_list(actor: Actor, text: str, limit: int = 8) -> Sequence[School]:
    """The first open schools for the one search box of the product."""
    if not text.strip():
        return []
    fits = [_text(word) for word in text.split()]
    return db.session.scalars(
        sa.select(School)
        .where(policy.visible_to(actor), School.closed_at.is_(None), *fits)
        .order_by(School.name, School.number)
        .limit(limit)
        .options(joinedload(School.district))
    ).all()
