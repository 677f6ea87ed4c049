"""One page of the list of cases: tab, filters and keyset; every select begins with who may see it.

Source: docs/rules/claims.md, CL-4.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from itsm.assets.serials import clean
from itsm.claims import policy
from itsm.claims.kinds import KINDS
from itsm.claims.models import DamageCase, Incident
from itsm.claims.states import LABELS, OPEN
from itsm.core import keyset, search
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.org.models import District, School
from itsm.org.search import district_named, school_named

OF_THING = 8
TABS = {"offen": "Offen", "meine": "Von mir gemeldet", "alle": "Alle"}
_NUMBER = re.compile(r"(?:sf-?|#)?(\d{1,9})", re.IGNORECASE)
HELP = "Filter: art:diebstahl stand:gemeldet schule:100132 bezirk:3"


Page = keyset.Page[sa.Row[Any]]
_KEYS = (DamageCase.id,)
_COLUMNS: tuple[Any, ...] = (
    DamageCase.id,
    DamageCase.kind,
    DamageCase.state,
    DamageCase.device_label,
    DamageCase.found_on,
    Incident.discovered_on,
    Incident.reported_at,
    Incident.police_reference,
    School.short_name.label("school"),
)


def page(actor: Actor, tab: str, line: str, cursor: str) -> Page:
    """Return one page of the list, newest first.

    Raises: DomainError for a tab, a filter or a cursor that nobody's page has sent.
    """
    if tab not in TABS:
        raise DomainError("Diese Ansicht gibt es nicht.")
    found = _filters(actor, line)
    select = keyset.begun(_select(actor).where(_of_tab(actor, tab), *found), _KEYS, cursor, falls=True)
    tabs = {name: _of_tab(actor, name) for name in TABS}
    counts = keyset.counts(tabs, _select(actor).where(*found))
    return Page(*keyset.cut(db.session.execute(select).all(), _KEYS), counts)


def of_device(actor: Actor, device_id: int) -> Sequence[sa.Row[Any]]:
    """Return the latest cases of a device this person sees."""
    return _latest(actor, DamageCase.device_id == device_id)


def of_school(actor: Actor, school_id: int) -> Sequence[sa.Row[Any]]:
    """Return the latest cases of a school this person sees."""
    return _latest(actor, DamageCase.school_id == school_id)


def found(actor: Actor, text: str) -> Sequence[sa.Row[Any]]:
    """Return the latest cases with these words; filters are for the list alone."""
    words = search.parse(text, {}).text.split()
    return _latest(actor, sa.and_(*(_text(word) for word in words))) if words else []


def _latest(actor: Actor, where: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
    return db.session.execute(_select(actor).where(where).order_by(DamageCase.id.desc()).limit(OF_THING)).all()


def _select(actor: Actor) -> sa.Select[Any]:
    joined = sa.select(*_COLUMNS).join(DamageCase.incident).join(DamageCase.school)
    return joined.where(policy.visible_to(actor))


def _of_tab(actor: Actor, tab: str) -> sa.ColumnElement[bool]:
    if tab == "offen":
        return DamageCase.state.in_(sorted(OPEN))
    return Incident.reporter_id == actor.user_id if tab == "meine" else sa.true()


def _filters(actor: Actor, line: str) -> list[sa.ColumnElement[bool]]:
    taken = search.parse(line, WORDS)
    filters = [WORDS[word](actor, value) for word, value in taken.filters]
    return filters + [_text(word) for word in taken.text.split()]


def _text(word: str) -> sa.ColumnElement[bool]:
    """A word is the number of a case, a part of the device's name, or of the school's."""
    parts = [
        DamageCase.device_label.icontains(word, autoescape=True),
        DamageCase.device_label.icontains(clean(word), autoescape=True),
        School.short_name.icontains(word, autoescape=True),
    ]
    if number := _NUMBER.fullmatch(word):
        parts.append(DamageCase.id == int(number[1]))
    return sa.or_(*parts)


def _kind(_: Actor, value: str) -> sa.ColumnElement[bool]:
    return DamageCase.kind.in_(search.meant(value, KINDS, "Die Art"))


def _state(_: Actor, value: str) -> sa.ColumnElement[bool]:
    return DamageCase.state.in_(search.meant(value, LABELS, "Den Stand"))


def _school(_: Actor, value: str) -> sa.ColumnElement[bool]:
    return school_named(value)


def _district(_: Actor, value: str) -> sa.ColumnElement[bool]:
    return School.district_id.in_(sa.select(District.id).where(district_named(value)))


WORDS: dict[str, Callable[[Actor, str], sa.ColumnElement[bool]]] = {
    "art": _kind,
    "stand": _state,
    "schule": _school,
    "bezirk": _district,
}
