"""The search line of the list: word → filter, and free text in German."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.core import clock, search
from itsm.core.access import Actor
from itsm.core.errors import DomainError
from itsm.org.models import District, School
from itsm.org.search import district_named, school_named
from itsm.tickets import devices
from itsm.tickets.models import FaultType, Ticket
from itsm.tickets.states import DONE, OPEN, State

_NUMBER = re.compile(r"(?:s-?|#)(\d{1,9})", re.IGNORECASE)
_DAYS = re.compile(r"(\d{1,4})\s*(?:t|tage?|d)?", re.IGNORECASE)
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")

Filter = Callable[[Actor, str, datetime], sa.ColumnElement[bool]]

STATES: dict[str, frozenset[State]] = {
    "offen": OPEN,
    "erledigt": DONE,
    "wartet": frozenset({State.WAITING_SCHOOL, State.WAITING_SUPPLIER}),
    "gemeldet": frozenset({State.NEW}),
    "angenommen": frozenset({State.ACCEPTED}),
    "geplant": frozenset({State.PLANNED}),
    "schule": frozenset({State.WAITING_SCHOOL}),
    "lieferung": frozenset({State.WAITING_SUPPLIER}),
    "systemhaus": frozenset({State.SECOND_LEVEL}),
    "gelöst": frozenset({State.SOLVED}),
    "abgeschlossen": frozenset({State.CLOSED}),
    "zurückgezogen": frozenset({State.WITHDRAWN}),
}


def _status(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    states = STATES.get(value.lower())
    if states is None:
        raise DomainError(f"Den Stand „{value}“ gibt es nicht. Möglich sind: {', '.join(STATES)}.")
    return Ticket.state.in_(sorted(states))


def _school(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    return Ticket.school_id.in_(sa.select(School.id).where(school_named(value)))


def _district(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    return Ticket.district_id.in_(sa.select(District.id).where(district_named(value)))


def _room(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    return sa.func.lower(Ticket.place) == value.lower()


def _kind(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    named = FaultType.name.icontains(value, autoescape=True)
    return Ticket.fault_type_id.in_(sa.select(FaultType.id).where(named))


def _priority(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    if value not in {"1", "2", "3", "4", "5"}:
        raise DomainError("Eine Priorität ist eine Zahl von 1 bis 5, zum Beispiel prio:1.")
    return Ticket.priority == int(value)


def _who(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    if value.lower() == "ich":
        return Ticket.assignee_id == actor.user_id
    if value.lower() == "niemand":
        return Ticket.assignee_id.is_(None)
    return Ticket.assignee_id.in_(sa.select(User.id).where(User.name.icontains(value, autoescape=True)))


def _since(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    return Ticket.created_at >= _moment(value, at)


def _device(actor: Actor, value: str, at: datetime) -> sa.ColumnElement[bool]:
    return devices.about(value)


WORDS: dict[str, Filter] = {
    "status": _status,
    "schule": _school,
    "raum": _room,
    "bezirk": _district,
    "art": _kind,
    "prio": _priority,
    "wer": _who,
    "seit": _since,
    "gerät": _device,
    "geraet": _device,
}
HELP = "Filter: status:offen · schule:100132 · raum:2.14 · bezirk:3 · art:Display · prio:1 · wer:ich · seit:7 · gerät:…"


def filters(actor: Actor, line: str, at: datetime) -> list[sa.ColumnElement[bool]]:
    """Return the filters of a search line; the caller starts with `visible_to`.

    Raises: DomainError naming the word that cannot be understood.
    """
    parsed = search.parse(line, WORDS)
    found = [WORDS[word](actor, value, at) for word, value in parsed.filters]
    text = parsed.text.strip()
    if number := _NUMBER.fullmatch(text):
        found.append(Ticket.id == int(number[1]))
    elif text:
        found.append(Ticket.search.bool_op("@@")(sa.func.websearch_to_tsquery("german", text)))
    return found


def _moment(value: str, at: datetime) -> datetime:
    today = clock.local_day(at)
    try:
        if value.lower() == "heute":
            day = today
        elif found := _GERMAN_DATE.fullmatch(value):
            day = today.replace(int(found[3]), int(found[2]), int(found[1]))
        elif found := _DAYS.fullmatch(value):
            day = today - timedelta(days=int(found[1]))
        else:
            day = today.fromisoformat(value)
        return clock.at_local(day, time())
    except (ValueError, OverflowError) as error:
        raise DomainError("„seit“ braucht ein Datum oder Tage: seit:1.9.2026, seit:7 oder seit:heute.") from error
