"""The list of all cases on the clerk's desk: tab, filters, order and keyset; the same few selects however many.

Source: docs/rules/claims.md, CL-99.
"""

import re
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts.models import User
from itsm.assets import kinds as classes
from itsm.assets.models import Device, DeviceModel
from itsm.claims import desk, policy
from itsm.claims.kinds import KINDS
from itsm.claims.models import Claim, ClaimItem, DamageCase, Incident
from itsm.claims.states import LABELS, OVER, State
from itsm.core import keyset, search
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.org.models import District, School
from itsm.org.search import district_named, school_named

TABS = {"offen": "Offen", "meine": "Meine", "neu": "Neu", "abgeschlossen": "Abgeschlossen", "alle": "Alle"}
# word: whether the number falls
ORDERS = {"neu": True, "alt": False}
Clause = sa.ColumnElement[bool]
_NUMBER = re.compile(r"(sf|f)-?(\d{1,9})", re.IGNORECASE)


Page = keyset.Page[DamageCase]
_KEYS = (DamageCase.id,)


def page(actor: Actor, tab: str, line: str, order: str, cursor: str, on: date) -> Page:
    """Return one page of the list.

    Raises: DomainError for a tab, a filter, an order or a cursor that nobody's page has sent.
    """
    if tab not in TABS or order not in ORDERS:
        raise DomainError("Diese Ansicht gibt es nicht.")
    found = filters(actor, line, on)
    select = sa.select(DamageCase).where(policy.visible_to(actor), _of_tab(actor, tab), *found)
    rows = db.session.scalars(
        keyset.begun(select, _KEYS, cursor, falls=ORDERS[order]).options(
            joinedload(DamageCase.school),
            joinedload(DamageCase.clerk),
            joinedload(DamageCase.device),
            joinedload(DamageCase.incident),
            selectinload(DamageCase.repairs),
        )
    ).all()
    return Page(*keyset.cut(rows, _KEYS), counts(actor, found))


def counts(actor: Actor, found: Sequence[Clause] = ()) -> dict[str, int]:
    """Return how many cases each tab has under these filters; one select."""
    visible = sa.select(DamageCase).where(policy.visible_to(actor), *found)
    return keyset.counts({tab: _of_tab(actor, tab) for tab in TABS}, visible)


def filters(actor: Actor, line: str, on: date) -> list[Clause]:
    """Return the filters of a search line.

    Raises: DomainError naming the word that cannot be understood.
    """
    parsed = search.parse(line, WORDS)
    found = [WORDS[word](actor, value, on) for word, value in parsed.filters]
    return found + [_named(word.strip('"')) for word in parsed.text.split()]


def _of_tab(actor: Actor, tab: str) -> Clause:
    if tab == "offen":
        return DamageCase.over_at.is_(None)
    if tab == "meine":
        return sa.and_(DamageCase.over_at.is_(None), DamageCase.clerk_id == actor.user_id)
    if tab == "neu":
        return DamageCase.state == State.REPORTED
    return DamageCase.state.in_(sorted(OVER)) if tab == "abgeschlossen" else sa.true()


def _kind(actor: Actor, value: str, on: date) -> Clause:
    return DamageCase.kind.in_(search.meant(value, KINDS, "Die Art"))


def _state(actor: Actor, value: str, on: date) -> Clause:
    return DamageCase.state.in_(search.meant(value, LABELS, "Den Stand"))


def _school(actor: Actor, value: str, on: date) -> Clause:
    return DamageCase.school_id.in_(sa.select(School.id).where(school_named(value)))


def _district(actor: Actor, value: str, on: date) -> Clause:
    schools = sa.select(School.id).join(District, District.id == School.district_id).where(district_named(value))
    return DamageCase.school_id.in_(schools)


def _class(actor: Actor, value: str, on: date) -> Clause:
    found = search.meant(value, classes.LABELS, "Die Geräteart")
    devices = sa.select(Device.id).join(DeviceModel, DeviceModel.id == Device.model_id)
    return DamageCase.device_id.in_(devices.where(DeviceModel.kind.in_(found)))


def _claim(actor: Actor, value: str, on: date) -> Clause:
    claimed = {"ja": DamageCase.has_claim.is_(True), "nein": DamageCase.has_claim.is_(False)}
    found = (claimed | {"offen": DamageCase.has_claim.is_(None)}).get(value.casefold())
    if found is None:
        raise DomainError("Bitte schreiben Sie forderung:ja, forderung:nein oder forderung:offen.")
    return found


def _year(actor: Actor, value: str, on: date) -> Clause:
    if not (value.isascii() and value.isdigit() and len(value) == 4 and value != "0000"):
        raise DomainError("Bitte schreiben Sie das Jahr mit vier Ziffern, zum Beispiel jahr:2026.")
    day = sa.func.coalesce(Incident.happened_on, Incident.discovered_on)
    first, last = date(int(value), 1, 1), date(int(value), 12, 31)
    return DamageCase.incident_id.in_(sa.select(Incident.id).where(day.between(first, last)))


def _clerk(actor: Actor, value: str, on: date) -> Clause:
    if value.casefold() == "ich":
        return DamageCase.clerk_id == actor.user_id
    if value.casefold() == "niemand":
        return DamageCase.clerk_id.is_(None)
    return DamageCase.clerk_id.in_(sa.select(User.id).where(User.name.icontains(value, autoescape=True)))


def _block(actor: Actor, value: str, on: date) -> Clause:
    """What stands in one block of the desk, or in any that is due today; of a claim, all its cases."""
    due = [block.slug for block in desk.BLOCKS if block.group is desk.Group.DUE]
    wanted = due if value.casefold() in ("überfällig", "heute") else [value.casefold()]
    if not set(wanted) <= set(desk.BY_SLUG):
        raise DomainError(f"Das gibt es nicht. Möglich sind: heute, {', '.join(desk.BY_SLUG)}.")
    parts: list[Clause] = []
    for slug in wanted:
        rows = desk.BY_SLUG[slug].select(actor, on).order_by(None).subquery()
        of_claim = sa.select(ClaimItem.case_id).where(ClaimItem.claim_id.in_(sa.select(rows.c.claim_id)))
        parts += [DamageCase.id.in_(sa.select(rows.c.case_id)), DamageCase.id.in_(of_claim)]
    return sa.or_(*parts)


WORDS = {
    "art": _kind,
    "stand": _state,
    "schule": _school,
    "bezirk": _district,
    "gerät": _class,
    "forderung": _claim,
    "jahr": _year,
    "bei": _clerk,
    "fällig": _block,
}
HELP = (
    "Filter: art:Diebstahl · stand:geprüft · schule:100132 · bezirk:3 · gerät:iPad · forderung:ja · jahr:2026 · "
    "bei:ich · fällig:heute"
)


def _named(word: str) -> Clause:
    """A number of a case or claim, a tag, a serial number, or part of what the device was called."""
    if found := _NUMBER.fullmatch(word):
        number = int(found[2])
        if found[1].lower() == "sf":
            return DamageCase.id == number
        return DamageCase.id.in_(sa.select(ClaimItem.case_id).join(Claim).where(Claim.id == number))
    code = word.upper()
    devices = sa.select(Device.id).where(
        sa.or_(Device.tag.startswith(code, autoescape=True), Device.serial.startswith(code, autoescape=True))
    )
    return sa.or_(DamageCase.device_id.in_(devices), DamageCase.device_label.icontains(word, autoescape=True))
