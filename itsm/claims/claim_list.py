"""One page of the list of claims: tab, filters, order and keyset; two selects."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.claims import policy
from itsm.claims.models import Claim, ClaimItem, DamageCase, Debtor
from itsm.claims.reference import found_in
from itsm.claims.states import BEFORE_DEMAND, CLAIM_LABELS, CLAIM_OVER, OWED, ClaimState
from itsm.core import keyset, search
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError
from itsm.org.models import School
from itsm.org.search import school_named

TABS = {
    "pruefen": "In Prüfung",
    "freigabe": "Wartet auf Freigabe",
    "offen": "Offen",
    "ueberfaellig": "Überfällig",
    "fertig": "Erledigt",
    "alle": "Alle",
}
# word: whether the moment of the state falls
ORDERS = {"neu": True, "alt": False}
HELP = "Filter: stand:anhörung · schule:100132 · bei:ich · grundlage:bescheid; Text: Nummer, Kassenzeichen, Name"

Clause = sa.ColumnElement[bool]


Page = keyset.Page[sa.Row[Any]]
_KEYS = (Claim.state_at, Claim.id)


def page(actor: Actor, tab: str, line: str, order: str, cursor: str, on: date) -> Page:
    """Return one page of the list.

    Raises: DomainError for a tab, a filter, an order or a cursor that nobody's page has sent.
    """
    if tab not in TABS or order not in ORDERS:
        raise DomainError("Diese Ansicht gibt es nicht.")
    found = filters(actor, line)
    select = keyset.begun(_select(actor).where(_of_tab(tab, on), *found), _KEYS, cursor, falls=ORDERS[order])
    return Page(*keyset.cut(db.session.execute(select).all(), _KEYS), counts(actor, on, found))


def counts(actor: Actor, on: date, found: Sequence[Clause] = ()) -> dict[str, int]:
    """Return how many claims each tab has under these filters; one select."""
    visible = sa.select(Claim).where(policy.claims_visible_to(actor), *found)
    return keyset.counts({tab: _of_tab(tab, on) for tab in TABS}, visible)


def filters(actor: Actor, line: str) -> list[Clause]:
    """Return the filters of a search line; the caller starts with `claims_visible_to`.

    Raises: DomainError naming the word that cannot be understood.
    """
    parsed = search.parse(line, WORDS)
    found = [WORDS[word](actor, value) for word, value in parsed.filters]
    if references := found_in(parsed.text):
        return [*found, Claim.reference.in_(references)]
    return found + [_called(word.strip('"')) for word in parsed.text.split()]


def _of_tab(tab: str, on: date) -> Clause:
    if tab == "pruefen":
        return Claim.state.in_(BEFORE_DEMAND)
    if tab == "freigabe":
        return Claim.state == ClaimState.PROPOSED
    if tab == "offen":
        return Claim.state.in_(OWED)
    if tab == "ueberfaellig":
        resting = (ClaimState.SUSPENDED, ClaimState.ENFORCED)
        return sa.and_(Claim.state.in_(OWED), Claim.state.not_in(resting), Claim.due_on < on)
    return Claim.state.in_(CLAIM_OVER) if tab == "fertig" else sa.true()


def _select(actor: Actor) -> sa.Select[Any]:
    devices = (
        sa.select(sa.func.string_agg(DamageCase.device_label, ", "))
        .join(ClaimItem, ClaimItem.case_id == DamageCase.id)
        .where(ClaimItem.claim_id == Claim.id)
        .scalar_subquery()
    )
    total = (
        sa.select(sa.func.coalesce(sa.func.sum(ClaimItem.amount_cents), 0))
        .where(ClaimItem.claim_id == Claim.id)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Claim.id,
        Claim.state,
        Claim.state_at,
        Claim.due_on,
        Claim.hearing_until,
        Claim.answered_on,
        sa.func.coalesce(Claim.amount_cents, total).label("cents"),
        School.short_name.label("school"),
        User.name.label("clerk"),
        devices.label("devices"),
    )
    return (
        sa.select(*columns)
        .join(School, School.id == Claim.school_id)
        .outerjoin(User, User.id == Claim.clerk_id)
        .where(policy.claims_visible_to(actor))
    )


def _state(actor: Actor, value: str) -> Clause:
    return Claim.state.in_(search.meant(value, CLAIM_LABELS, "Den Stand"))


def _school(actor: Actor, value: str) -> Clause:
    return Claim.school_id.in_(sa.select(School.id).where(school_named(value)))


def _clerk(actor: Actor, value: str) -> Clause:
    if value.casefold() == "ich":
        return Claim.clerk_id == actor.user_id
    return Claim.clerk_id.in_(sa.select(User.id).where(User.name.icontains(value, autoescape=True)))


def _basis(actor: Actor, value: str) -> Clause:
    from_word = {"bescheid": "public", "privat": "private"}
    if value.casefold() not in from_word:
        raise DomainError(f"Die Grundlage „{value}“ gibt es nicht. Möglich sind: bescheid, privat.")
    return Claim.legal_basis == from_word[value.casefold()]


WORDS = {"stand": _state, "schule": _school, "bei": _clerk, "grundlage": _basis}


def _called(word: str) -> Clause:
    """Find a claim by its number, its Kassenzeichen, a device, or the name of a debtor."""
    digits = word.upper().removeprefix("F-")
    parts = [
        Claim.reference.contains(word, autoescape=True),
        sa.select(Debtor.id).where(Debtor.claim_id == Claim.id, Debtor.name.icontains(word, autoescape=True)).exists(),
        sa.select(ClaimItem.id)
        .join(DamageCase, DamageCase.id == ClaimItem.case_id)
        .where(ClaimItem.claim_id == Claim.id, DamageCase.device_label.icontains(word, autoescape=True))
        .exists(),
    ]
    if digits.isascii() and digits.isdecimal() and int(digits) <= LARGEST_ID:
        parts.append(Claim.id == int(digits))
    return sa.or_(*parts)
