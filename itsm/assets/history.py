"""The history of a device in words: names instead of row numbers, each kind of name with one query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.device_words import CHANGES
from itsm.assets.models import Device, DeviceChange, DeviceModel
from itsm.assets.states import LABELS, State
from itsm.assets.words import COLUMNS
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.german import euros
from itsm.org.models import Room, School, Site

NOTHING = "–"
# What is said of a device this person does not see.
ELSEWHERE = "ein anderes Gerät"

Names = dict[str, dict[Any, str]]
_MONEY = frozenset({"price_cents", "cost_cents"})
_TOLD = frozenset({"state", "school_id"})
_DAYS = frozenset({"purchased_on", "in_service_on", "warranty_until"})


@dataclass(frozen=True)
class Line:
    """One change: when, who, what, and each column as (name, before, after)."""

    at: datetime
    who: str
    title: str
    text: str
    pairs: tuple[tuple[str, str, str], ...]


def lines(actor: Actor, changes: Sequence[DeviceChange]) -> list[Line]:
    """Return the changes as people read them; at most six queries however many there are.

    Of what happened where the person sees no devices, only kind, day, state and school are told.
    """
    names = _names(actor, changes)
    here = _happened_here(actor, changes)
    return [_line(change, names, is_here=is_here) for change, is_here in zip(changes, here, strict=True)]


def _happened_here(actor: Actor, changes: Sequence[DeviceChange]) -> list[bool]:
    """Say of each change whether the device was then where the person sees devices, before it and after; now it is."""
    moves = [change.before["school_id"] for change in changes if "school_id" in change.before]
    schools = db.session.scalars(sa.select(School).where(School.id.in_(moves))).all() if any(moves) else ()
    seen: dict[int | None, bool] = {school.id: policy.may_see_at(actor, school) for school in schools}
    seen[None] = actor.may(Verb.DEVICE_SEE)
    found, is_here = [], True
    for change in reversed(changes):
        was_here = seen.get(change.before["school_id"], False) if "school_id" in change.before else is_here
        found.append(is_here and was_here)
        is_here = was_here
    return found[::-1]


def _line(change: DeviceChange, names: Names, *, is_here: bool) -> Line:
    columns = [name for name in {**change.before, **change.after} if name != "state" or change.before]
    return Line(
        at=change.at,
        who=_who(change) if is_here else "andere Stelle",
        title=CHANGES.get(change.what, "Geändert"),
        text=change.text if is_here else "",
        pairs=tuple(
            (
                COLUMNS.get(name, name),
                _said(name, change.before.get(name), names),
                _said(name, change.after.get(name), names),
            )
            for name in columns
            if is_here or name in _TOLD
        ),
    )


def _who(change: DeviceChange) -> str:
    if change.author:
        return change.author.name
    return f"Datei {change.imported.filename}" if change.imported else "System"


def _said(column: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return NOTHING
    if column in names:
        return names[column].get(value, ELSEWHERE if column in _DEVICES else "gelöscht")
    if column == "state":
        return LABELS[State(value)]
    if column in _MONEY:
        return euros(value)
    return f"{date.fromisoformat(value):%d.%m.%Y}" if column in _DAYS else str(value)


def _names(actor: Actor, changes: Iterable[DeviceChange]) -> Names:
    wanted: dict[str, set[Any]] = defaultdict(set)
    for change in changes:
        for values in (change.before, change.after):
            for column, value in values.items():
                if value is not None:
                    wanted[column].add(value)
    of_devices = {value for column in _DEVICES for value in wanted[column]}
    named = {column: _look_up(select(), wanted[column]) for column, select in _SELECTS.items()}
    tags = sa.select(Device.id, Device.tag).where(policy.visible_to(actor))
    return named | dict.fromkeys(_DEVICES, _look_up(tags, of_devices))


def _look_up(select: Any, ids: set[Any]) -> dict[Any, str]:
    if not ids:
        return {}
    key = next(iter(select.selected_columns))
    return {row[0]: row[1] for row in db.session.execute(select.where(key.in_(sorted(ids))))}


_DEVICES = ("case_id", "replaced_by_id")
_SELECTS: dict[str, Callable[[], Any]] = {
    "model_id": lambda: sa.select(DeviceModel.id, sa.func.trim(DeviceModel.maker + " " + DeviceModel.name)),
    "school_id": lambda: sa.select(School.id, School.short_name),
    "site_id": lambda: sa.select(Site.id, sa.func.coalesce(sa.func.nullif(Site.name, ""), Site.street)),
    "room_id": lambda: sa.select(Room.id, Room.name),
}
