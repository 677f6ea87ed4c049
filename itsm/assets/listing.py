"""One page of the device list: tab, filters, order and keyset; two selects."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.assets import policy, search
from itsm.assets.models import Device, DeviceModel, Loan
from itsm.assets.states import GONE, OVER, State
from itsm.core import keyset
from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError
from itsm.core.forms import single_line
from itsm.org.models import Room, School, Site

PAGE = 25
# So many devices are put in order one by one; more are read in the order of an index.
FEW = 5_000
# Rows of an export that lie in memory at a time.
CHUNK = 2_000

# What a tab is called, and the states it shows.
TABS: dict[str, tuple[str, frozenset[State]]] = {
    "einsatz": ("Im Einsatz", frozenset({State.IN_USE, State.LENT})),
    "lager": ("Im Lager", frozenset({State.IN_STOCK})),
    "defekt": ("Beschädigt oder in Reparatur", frozenset({State.DAMAGED, State.IN_REPAIR})),
    "weg": ("Nicht mehr da", GONE | OVER),
    "alle": ("Alle", frozenset(State)),
}

# word: (what the id breaks the ties of, whether it falls)
ORDERS: dict[str, tuple[Any, bool]] = {
    "nummer": (Device.tag, False),
    "nummer-ab": (Device.tag, True),
    "alt": (search.IN_SERVICE, False),
    "jung": (search.IN_SERVICE, True),
    "stand": (Device.state_at, True),
    "stand-alt": (Device.state_at, False),
}

_CASE = aliased(Device)
_SHOWN: tuple[Any, ...] = (
    Device.id,
    Device.tag,
    Device.serial,
    Device.state,
    Device.state_at,
    Device.in_service_on,
    Device.slot,
    DeviceModel.kind,
    DeviceModel.maker,
    DeviceModel.name.label("model"),
    School.short_name.label("school"),
    Room.name.label("room"),
    _CASE.tag.label("case"),
)
_EXPORTED: tuple[Any, ...] = (
    *_SHOWN,
    School.number.label("school_number"),
    sa.func.coalesce(sa.func.nullif(Site.name, ""), Site.street).label("site"),
    Device.purchased_on,
    Device.price_cents,
    Device.order_number,
    Device.funding,
    Device.warranty_until,
    Device.mdm_id,
    Device.note,
)


Page = keyset.Page[sa.Row[Any]]


def sees_holders(actor: Actor) -> bool:
    """Say whether the list has a column of holders for this person."""
    return actor.may_somewhere(Verb.LOAN_SEE)


def page(actor: Actor, tab: str, line: str, order: str, cursor: str, on: date) -> Page:
    """Return one page of the list.

    Raises: DomainError for a filter, a tab, an order or a cursor that nobody's page has sent.
    """
    if order not in ORDERS:
        raise DomainError("So lässt sich die Liste nicht sortieren.")
    where = _where(actor, tab, line, on)
    found = _counts(where[:-1])
    here = _page_of(where, order, cursor, is_few=found[tab] <= FEW)
    select = _select(actor, _SHOWN).join(here, here.c.id == Device.id).order_by(*_by(here.c.key, here.c.id, order))
    rows = db.session.execute(select).all()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Page(rows, _cursor_of(rows[-1], order) if more else None, found)


def _page_of(where: list[sa.ColumnElement[bool]], order: str, cursor: str, *, is_few: bool) -> sa.Subquery:
    """Return the numbers of the devices of a page, one more than it shows, before anything is joined to them."""
    key, falls = ORDERS[order]
    row_id: Any = Device.id
    found: sa.Select[Any] = sa.select(row_id, key.label("key")).where(*where)
    if is_few:
        # Or the planner follows the index of the order through all devices to find these few.
        few = found.cte("few").prefix_with("MATERIALIZED")
        found, key, row_id = sa.select(few), few.c.key, few.c.id
    if cursor:
        here, there = sa.tuple_(key, row_id), sa.tuple_(*_read_cursor(cursor, order))
        found = found.where(here < there if falls else here > there)
    return found.order_by(*_by(key, row_id, order)).limit(PAGE + 1).subquery()


def _by(key: Any, row_id: Any, order: str) -> tuple[Any, Any]:
    return (key.desc(), row_id.desc()) if ORDERS[order][1] else (key, row_id)


def counts(actor: Actor) -> dict[str, int]:
    """Return how many devices each tab has without any filter."""
    return _counts([policy.visible_to(actor)])


def export(actor: Actor, tab: str, line: str, on: date) -> Iterator[sa.Row[Any]]:
    """Return the rows of the list for a file, by number; they come from the database in portions."""
    select = _select(actor, _EXPORTED).outerjoin(Site, Site.id == Device.site_id).where(*_where(actor, tab, line, on))
    return iter(db.session.execute(select.order_by(Device.tag), execution_options={"yield_per": CHUNK}))


def _where(actor: Actor, tab: str, line: str, on: date) -> list[sa.ColumnElement[bool]]:
    """Return what the person may see, what the line asks for, and last what the tab shows."""
    if tab not in TABS:
        raise DomainError("Diese Ansicht gibt es nicht.")
    in_tab = sa.true() if tab == "alle" else Device.state.in_(sorted(TABS[tab][1]))
    return [policy.visible_to(actor), *search.filters(actor, line, on), in_tab]


def _select(actor: Actor, columns: Sequence[Any]) -> sa.Select[tuple[Any, ...]]:
    select = (
        sa.select(*columns)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .outerjoin(School, School.id == Device.school_id)
        .outerjoin(Room, Room.id == Device.room_id)
        .outerjoin(_CASE, _CASE.id == Device.case_id)
    )
    if sees_holders(actor):
        held = sa.and_(Loan.device_id == Device.id, Loan.returned_at.is_(None), policy.visible_loans(actor))
        select = select.outerjoin(Loan, held).add_columns(
            Loan.holder_name.label("holder"), Loan.holder_group.label("holder_group")
        )
    return select


def _counts(where: list[sa.ColumnElement[bool]]) -> dict[str, int]:
    rows = db.session.execute(sa.select(Device.state, sa.func.count()).where(*where).group_by(Device.state)).all()
    return {tab: sum(count for state, count in rows if state in states) for tab, (_, states) in TABS.items()}


def _cursor_of(row: sa.Row[Any], order: str) -> str:
    if order.startswith("nummer"):
        return f"{row.id}_{row.tag}"
    if order.startswith("stand"):
        return f"{row.id}_{row.state_at.isoformat()}"
    return f"{row.id}_{row.in_service_on or 'infinity'}"


def _read_cursor(cursor: str, order: str) -> tuple[Any, int]:
    row_id, _, value = cursor.partition("_")
    try:
        if not row_id.isdecimal() or int(row_id) > LARGEST_ID:
            raise ValueError(row_id)
        if order.startswith("nummer"):
            return single_line(value), int(row_id)
        if order.startswith("stand"):
            return datetime.fromisoformat(value).astimezone(UTC), int(row_id)
        infinite = value == "infinity"
        return sa.literal_column("'infinity'::date") if infinite else date.fromisoformat(value), int(row_id)
    except (ValueError, OverflowError) as error:
        raise DomainError(keyset.GONE) from error
