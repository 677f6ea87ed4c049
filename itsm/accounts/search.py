"""The search line of the list of people: words with a colon are filters, the rest is name or address."""

from collections.abc import Callable

import sqlalchemy as sa

from itsm.accounts import policy, queries
from itsm.accounts.models import GrantRow, User
from itsm.core.access import ROLE_LABELS, Actor, Role
from itsm.core.db import db
from itsm.core.search import parse
from itsm.org.models import District, School

PAGE = 50

TABS = {
    "alle": ("Alle", sa.true()),
    "aktiv": ("Aktiv", sa.and_(User.disabled_at.is_(None), User.password_hash != "")),
    "eingeladen": ("Eingeladen", sa.and_(User.disabled_at.is_(None), User.password_hash == "")),
    "gesperrt": ("Gesperrt", User.disabled_at.is_not(None)),
}


def _with(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return User.id.in_(sa.select(GrantRow.user_id).where(condition))


def _role(value: str) -> sa.ColumnElement[bool]:
    wanted = value.lower()
    roles = [role for role in Role if wanted in (role.value, ROLE_LABELS[role].lower())]
    return _with(GrantRow.role.in_(roles)) if roles else sa.false()


def _school(value: str) -> sa.ColumnElement[bool]:
    return _with(GrantRow.school_id.in_(sa.select(School.id).where(School.number == value)))


def _district(value: str) -> sa.ColumnElement[bool]:
    if not value.isdecimal() or len(value) > 4:
        return sa.false()
    return _with(GrantRow.district_id.in_(sa.select(District.id).where(District.number == int(value))))


KEYS: dict[str, Callable[[str], sa.ColumnElement[bool]]] = {"rolle": _role, "schule": _school, "bezirk": _district}


def conditions(line: str) -> list[sa.ColumnElement[bool]]:
    """Return the filters of a search line.

    Raises: DomainError if the line is longer than anybody types.
    """
    parsed = parse(line, KEYS)
    words = [
        sa.or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        for word in parsed.text.replace('"', " ").split()
    ]
    return [KEYS[word](value) for word, value in parsed.filters] + words


def page_of_people(actor: Actor, line: str, tab: str, after: int | None) -> tuple[list[User], bool]:
    """Return a page of the people this person sees, by name, and whether more follow; `after` is the last id seen."""
    order = sa.tuple_(sa.func.lower(User.name), User.id)
    query = (
        sa.select(User)
        .where(policy.visible_to(actor), TABS[tab][1], *conditions(line))
        .options(*queries.with_places())
        .order_by(sa.func.lower(User.name), User.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        last = sa.select(sa.func.lower(User.name), User.id).where(User.id == after).scalar_subquery()
        query = query.where(order > last)
    found = list(db.session.scalars(query))
    return found[:PAGE], len(found) > PAGE


def counts_of_people(actor: Actor, line: str) -> dict[str, int]:
    """Return how many people each tab holds; one query."""
    counts = [sa.func.count().filter(condition).label(tab) for tab, (_, condition) in TABS.items()]
    row = db.session.execute(sa.select(*counts).where(policy.visible_to(actor), *conditions(line))).one()
    return dict(row._mapping)
