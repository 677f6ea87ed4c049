"""The search line of the device list: word → filter, and free text as numbers, models and rooms."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.kinds import LABELS, PLURALS, Kind, life_months
from itsm.assets.life import WARRANTY_SOON_DAYS, over_age_before
from itsm.assets.models import Device, DeviceModel, Loan
from itsm.assets.serials import clean, readings
from itsm.assets.states import GONE, OVER, WORKING, State
from itsm.core import search
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.org.models import District, Room, School
from itsm.org.search import district_named, school_named

Clause = sa.ColumnElement[bool]
Filter = Callable[[Actor, str, date], Clause]

# Sorted behind everything that was ever in service, as the index has it.
IN_SERVICE = sa.func.coalesce(Device.in_service_on, sa.literal_column("'infinity'::date"))
_YEARS = re.compile(r"([<>])(\d{1,2})")
_DAYS = re.compile(r"\d{1,4}")

STATES: dict[str, frozenset[State]] = {
    "bestand": WORKING,
    "lager": frozenset({State.IN_STOCK}),
    "einsatz": frozenset({State.IN_USE}),
    "ausgegeben": frozenset({State.LENT}),
    "reparatur": frozenset({State.IN_REPAIR}),
    "beschädigt": frozenset({State.DAMAGED}),
    "verloren": frozenset({State.LOST}),
    "gestohlen": frozenset({State.STOLEN}),
    "weg": GONE | OVER,
    "ausgemustert": frozenset({State.RETIRED}),
    "entsorgt": frozenset({State.DISPOSED}),
}


def filters(actor: Actor, line: str, on: date) -> list[Clause]:
    """Return the filters of a search line; the caller starts with `visible_to`.

    Raises: DomainError naming the word that cannot be understood.
    """
    parsed = search.parse(line, WORDS)
    found = [WORDS[word](actor, value, on) for word, value in parsed.filters]
    return found + [_text(word.strip('"')) for word in parsed.text.split()]


def held_by(actor: Actor, name: str) -> Clause:
    """Return the filter of devices somebody of this name has, among the loans the actor sees."""
    named = Loan.holder_name.icontains(name, autoescape=True)
    return _any(
        Device.id, sa.select(Loan.device_id).where(policy.visible_loans(actor), Loan.returned_at.is_(None), named)
    )


def over_age(on: date, lives: Mapping[Kind, int]) -> Clause:
    """Return the filter of devices whose expected use is over; classes of the same use share a part."""
    parts = []
    for months in sorted(set(lives.values())):
        kinds = [kind for kind in Kind if lives[kind] == months]
        parts.append(sa.and_(_of_models(DeviceModel.kind.in_(kinds)), over_age_before(on, months) > IN_SERVICE))
    return sa.or_(*parts)


def numbered(text: str) -> Clause:
    """Return the filter of devices whose tag or serial number starts with one of the readings of a typed text."""
    return sa.or_(*(_starts(column, one) for one in readings(text) for column in (Device.tag, Device.serial)))


def _text(word: str) -> Clause:
    rooms = sa.select(Room.id).where(Room.name.istartswith(word, autoescape=True))
    return sa.or_(numbered(word), called(word), _any(Device.room_id, rooms))


def called(words: str) -> Clause:
    """Return the filter of devices of models with these words in maker and name."""
    return _of_models((DeviceModel.maker + " " + DeviceModel.name).icontains(words, autoescape=True))


def _of_models(where: Clause) -> Clause:
    # Asked beforehand: the planner has to know how many devices a model has, and there are few models.
    return Device.model_id.in_(db.session.scalars(sa.select(DeviceModel.id).where(where)).all())


def _starts(column: Any, text: str) -> Clause:
    # Not LIKE: a prepared plan knows no pattern and would leave the index.
    found: Clause = sa.and_(column >= text, column < text + "\U0010ffff")
    return found


def _any(column: Any, ids: sa.Select[Any]) -> Clause:
    # An array is computed once, so that it stays an index condition.
    found: Clause = column == sa.any_(sa.func.array(ids.scalar_subquery()))
    return found


def _number(actor: Actor, value: str, on: date) -> Clause:
    return numbered(value) if clean(value) else sa.true()


def _kind(actor: Actor, value: str, on: date) -> Clause:
    kinds = [kind for kind in Kind if _is_said(value, (LABELS[kind], PLURALS[kind], kind.value))]
    if not kinds:
        raise DomainError(f"Die Art „{value}“ gibt es nicht. Möglich sind: {', '.join(LABELS.values())}.")
    return _of_models(DeviceModel.kind.in_(kinds))


def _is_said(value: str, names: Iterable[str]) -> bool:
    return any(name.casefold().startswith(value.casefold()) for name in names)


def _model(actor: Actor, value: str, on: date) -> Clause:
    return called(value)


def _school(actor: Actor, value: str, on: date) -> Clause:
    if value.casefold() in {"keine", "stadt"}:
        return Device.school_id.is_(None)
    return _any(Device.school_id, sa.select(School.id).where(school_named(value)))


def _district(actor: Actor, value: str, on: date) -> Clause:
    schools = sa.select(School.id).join(District, District.id == School.district_id).where(district_named(value))
    return _any(Device.school_id, schools)


def _room(actor: Actor, value: str, on: date) -> Clause:
    return _any(Device.room_id, sa.select(Room.id).where(sa.func.lower(Room.name) == value.lower()))


def _case(actor: Actor, value: str, on: date) -> Clause:
    case = sa.orm.aliased(Device)
    named = sa.or_(*(case.tag == text for text in readings(value) or ("",)))
    return _any(Device.case_id, sa.select(case.id).where(named))


def _state(actor: Actor, value: str, on: date) -> Clause:
    states = STATES.get(value.casefold())
    if states is None:
        raise DomainError(f"Den Stand „{value}“ gibt es nicht. Möglich sind: {', '.join(STATES)}.")
    return Device.state.in_(sorted(states))


def _age(actor: Actor, value: str, on: date) -> Clause:
    if value.casefold() in {"über", "ueber"}:
        return over_age(on, life_months(on))
    found = _YEARS.fullmatch(value)
    if not found:
        raise DomainError("„alter“ braucht Jahre oder „über“: alter:>5, alter:<2 oder alter:über.")
    limit = _years_before(on, int(found[2]))
    return limit > IN_SERVICE if found[1] == ">" else sa.and_(limit < IN_SERVICE, Device.in_service_on.is_not(None))


def _years_before(on: date, years: int) -> date:
    last_of_february = on.month == 2 and on.day == 29
    return on.replace(year=on.year - years, day=28 if last_of_february else on.day)


def _warranty(actor: Actor, value: str, on: date) -> Clause:
    ends = {
        "läuft": Device.warranty_until >= on,
        "abgelaufen": Device.warranty_until < on,
        "ohne": Device.warranty_until.is_(None),
        "bald": Device.warranty_until.between(on, on + timedelta(days=WARRANTY_SOON_DAYS)),
    }
    if (word := value.casefold()) in ends:
        return ends[word]
    if _DAYS.fullmatch(value):
        return Device.warranty_until.between(on, on + timedelta(days=int(value)))
    raise DomainError(f"„garantie“ braucht ein Wort oder Tage: {', '.join(ends)} oder garantie:30.")


def _funding(actor: Actor, value: str, on: date) -> Clause:
    if value.casefold() == "ohne":
        return Device.funding == ""
    return Device.funding.icontains(value, autoescape=True)


def _holder(actor: Actor, value: str, on: date) -> Clause:
    if not actor.may_somewhere(Verb.LOAN_SEE):
        raise DomainError(
            "Wer ein Gerät hat, sehen nur die eigene Schule und die Schadensbearbeitung. "
            "Bitte suchen Sie nach Schule, Raum oder Gerätenummer."
        )
    return held_by(actor, value)


WORDS: dict[str, Filter] = {
    "nummer": _number,
    "art": _kind,
    "modell": _model,
    "schule": _school,
    "bezirk": _district,
    "raum": _room,
    "koffer": _case,
    "stand": _state,
    "alter": _age,
    "garantie": _warranty,
    "förderung": _funding,
    "foerderung": _funding,
    "wer": _holder,
}
HELP = (
    "Filter: art:iPad · schule:100132 · raum:2.14 · koffer:… · stand:gestohlen · alter:>5 · alter:über · "
    "garantie:bald · förderung:…"
)
