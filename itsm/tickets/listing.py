"""One page of the list: tab, filters, order and keyset, in as few selects as possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.core import keyset
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.org.models import School
from itsm.tickets import devices, policy, search
from itsm.tickets.models import SupportGroup, Ticket
from itsm.tickets.states import OPEN, State

COUNTED = 500
EXPORTED = 20_000

TABS = {"meine": "Meine", "offen": "Offen", "wartet": "Wartet", "alle": "Alle"}

# word: (what the list is in the order of, whether it falls)
ORDERS: dict[str, tuple[keyset.Keys, bool]] = {
    "neu": ((Ticket.id,), True),
    "alt": ((Ticket.id,), False),
    "prio": ((Ticket.priority, Ticket.id), False),
    "stand": ((Ticket.state_at, Ticket.id), True),
    "stand-alt": ((Ticket.state_at, Ticket.id), False),
}


_COLUMNS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.title,
    Ticket.place,
    Ticket.state,
    Ticket.state_at,
    Ticket.created_at,
    Ticket.priority,
    Ticket.school_id,
    School.short_name.label("school"),
    School.number.label("school_number"),
    User.name.label("assignee"),
    SupportGroup.name.label("group"),
)


@dataclass(frozen=True)
class Page:
    """The rows of a page and the cursor of the next one."""

    rows: Sequence[sa.Row[Any]]
    cursor: str | None


def tab_filter(actor: Actor, tab: str) -> sa.ColumnElement[bool]:
    """Return what a tab shows this person, apart from what they may see."""
    works = actor.may_somewhere(Verb.TICKET_WORK)
    second_level = actor.may_somewhere(Verb.TICKET_SECOND_LEVEL) and not works
    if tab == "meine":
        if works or second_level:
            return sa.and_(Ticket.assignee_id == actor.user_id, Ticket.state.in_(sorted(OPEN)))
        return Ticket.reporter_id == actor.user_id
    if tab == "offen":
        return Ticket.state.in_([State.SECOND_LEVEL] if second_level else sorted(OPEN))
    if tab == "wartet":
        waiting = [State.WAITING_SCHOOL, State.WAITING_SUPPLIER]
        return Ticket.state.in_(waiting if works or second_level else [State.WAITING_SCHOOL])
    return sa.true()


def counts(actor: Actor) -> dict[str, int]:
    """Return how many tickets each tab has, counted up to a limit so that it stays quick; one select."""
    return dict(zip(TABS, db.session.execute(_counts_select(actor)).one(), strict=True))


@lru_cache(maxsize=4096)
def _counts_select(actor: Actor) -> sa.Select[Any]:
    visible = policy.visible_to(actor)
    parts: list[Any] = []
    for tab in TABS:
        some = sa.select(sa.literal(1)).select_from(Ticket).where(visible, tab_filter(actor, tab)).limit(COUNTED)
        parts.append(sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery())
    select: sa.Select[Any] = sa.select(*parts)
    return select


def page(actor: Actor, tab: str, line: str, order: str, cursor: str, at: datetime) -> Page:
    """Return one page of the list.

    Raises: DomainError for a filter, an order or a cursor that nobody's page has sent.
    """
    select = _select(actor, tab, line, at)
    keys, falls = _order(order)
    return Page(*keyset.cut(db.session.execute(keyset.begun(select, keys, cursor, falls=falls)).all(), keys))


def export(actor: Actor, tab: str, line: str, at: datetime) -> Sequence[sa.Row[Any]]:
    """Return the rows of the list for a file, newest first.

    All at once: the file is written after the request, when a cursor on the server would have gone.
    """
    select = _select(actor, tab, line, at).add_columns(devices.numbers().label("devices"))
    return db.session.execute(select.order_by(Ticket.id.desc()).limit(EXPORTED)).all()


def _select(actor: Actor, tab: str, line: str, at: datetime) -> sa.Select[Any]:
    if tab not in TABS:
        raise DomainError("Diese Ansicht gibt es nicht.")
    found = search.filters(actor, line, at)
    return _tab_select(actor, tab).where(*found) if found else _tab_select(actor, tab)


@lru_cache(maxsize=4096)
def _tab_select(actor: Actor, tab: str) -> sa.Select[Any]:
    return (
        sa.select(*_COLUMNS)
        .join(School, School.id == Ticket.school_id)
        .outerjoin(User, User.id == Ticket.assignee_id)
        .outerjoin(SupportGroup, SupportGroup.id == Ticket.group_id)
        .where(policy.visible_to(actor), tab_filter(actor, tab))
    )


def _order(order: str) -> tuple[keyset.Keys, bool]:
    if order not in ORDERS:
        raise DomainError("So lässt sich die Liste nicht sortieren.")
    return ORDERS[order]
