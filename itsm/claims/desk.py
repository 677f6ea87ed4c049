"""The clerk's desk: what is due today, what is new, what waits for others; one select per block.

Source: docs/rules/claims.md, CL-99.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from itsm.assets.models import DeviceTask
from itsm.claims import lock_states, policy, queries
from itsm.claims.kinds import MISSING, Kind
from itsm.claims.limitation import GENERAL_YEARS, MARKS, RETURN_MONTHS
from itsm.claims.models import (
    RAISES,
    Booking,
    Claim,
    ClaimEntry,
    ClaimItem,
    DamageCase,
    Debtor,
    Incident,
    MdmOrder,
    Repair,
)
from itsm.claims.states import CLAIM_OVER, OPEN, OWED, ClaimState, State
from itsm.core import figures
from itsm.core.access import Actor
from itsm.core.board import Filled, filled
from itsm.core.db import db
from itsm.core.figures import Figure
from itsm.org.models import School

REPAIR_DAYS = "claims.repair_days"
figures.define(Figure(REPAIR_DAYS, "Reparatur: überfällig nach", "Tagen", 21, lowest=1, highest=180))

TO_REMIND = frozenset({ClaimState.DEMANDED, ClaimState.DUNNED})
TO_PAY = TO_REMIND | {ClaimState.INSTALMENTS}

Select = Callable[[Actor, date], sa.Select[Any]]


class Group(StrEnum):
    """Why a block stands where it does."""

    DUE = "due"
    NEW = "new"
    WAITING = "waiting"


GROUPS = {Group.DUE: "Heute fällig", Group.NEW: "Zu bearbeiten", Group.WAITING: "Wartet auf andere"}


@dataclass(frozen=True)
class Block:
    """A reason to look: its word in the address, what comes next and who must do it, what is said of its day."""

    slug: str
    group: Group
    title: str
    next_step: str
    who: str
    select: Select
    # What the day of a row is; blank where it has none.
    day: str = ""

    def fill(self, actor: Actor, on: date, limit: int) -> Filled["Block"]:
        """Return the first rows of the block for the claims staff, the most urgent first; nothing for others."""
        select = self.select(actor, on).where(sa.literal(policy.may_work(actor)))
        return filled(self, select, limit)


def fill(actor: Actor, on: date, limit: int, group: Group | None = None) -> list[Filled[Block]]:
    """Return the blocks of a group, or all, that hold something."""
    wanted = [block for block in BLOCKS if group in (None, block.group)]
    return [one for one in (block.fill(actor, on, limit) for block in wanted) if one.total]


def count_to_do(actor: Actor, on: date) -> int:
    """Return how much this person can act on today; one select."""
    return int(db.session.execute(_to_do(actor, on)).scalar_one())


# The menu of every page asks: writing the select takes longer than carrying it out.
@lru_cache(maxsize=256)
def _to_do(actor: Actor, on: date) -> sa.Select[Any]:
    number = sa.func.count()
    parts = [
        block.select(actor, on).order_by(None).with_only_columns(number, maintain_column_froms=True).scalar_subquery()
        for block in BLOCKS
        if block.group is Group.DUE or block.slug == "neu"
    ]
    return sa.select(sum(parts[1:], parts[0]))


def barred_on() -> sa.ColumnElement[date]:
    """Return the day a claim is barred: the earlier of both clocks, as `limitation.clocks` reckons them; over `Claim`.

    Needs `Incident` in the select.
    """
    known = sa.func.timezone("Europe/Berlin", Incident.reported_at)
    general = sa.func.make_date(sa.cast(sa.extract("year", known), sa.Integer) + GENERAL_YEARS, 12, 31)
    returned = (
        sa.select(sa.func.min(DamageCase.returned_on))
        .join(ClaimItem, ClaimItem.case_id == DamageCase.id)
        .where(ClaimItem.claim_id == Claim.id)
        .scalar_subquery()
    )
    half_year = sa.cast(returned + sa.func.make_interval(0, RETURN_MONTHS), sa.Date)
    return sa.func.least(general, half_year, type_=sa.Date) + Claim.suspended_days


def _rows(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns)


def _cases(actor: Actor, day: Any, *conditions: Any) -> sa.Select[Any]:
    """Rows of cases, those with the earliest day first."""
    columns = (
        DamageCase.id.label("case_id"),
        sa.cast(sa.null(), sa.Integer).label("claim_id"),
        DamageCase.device_label.label("label"),
        DamageCase.kind,
        School.short_name.label("school"),
        day.label("day"),
    )
    return (
        _rows(*columns)
        .join(School, School.id == DamageCase.school_id)
        .where(policy.visible_to(actor), *conditions)
        .order_by(day.asc().nulls_last(), DamageCase.id)
    )


def _claims(actor: Actor, day: Any, *conditions: Any) -> sa.Select[Any]:
    """Rows of claims; no name stands in them."""
    first = (
        sa.select(DamageCase.device_label)
        .join(ClaimItem, ClaimItem.case_id == DamageCase.id)
        .where(ClaimItem.claim_id == Claim.id)
        .order_by(DamageCase.id)
        .limit(1)
        .scalar_subquery()
    )
    columns = (
        sa.cast(sa.null(), sa.Integer).label("case_id"),
        Claim.id.label("claim_id"),
        first.label("label"),
        sa.cast(sa.null(), sa.Text).label("kind"),
        School.short_name.label("school"),
        day.label("day"),
    )
    return (
        _rows(*columns)
        .select_from(Claim)
        .join(School, School.id == Claim.school_id)
        .join(Incident, Incident.id == Claim.incident_id)
        .where(policy.claims_visible_to(actor), *conditions)
        .order_by(day.asc().nulls_last(), Claim.id)
    )


def _undecided(actor: Actor, on: date) -> sa.Select[Any]:
    """Cases of which nobody has said whether something is claimed, while six months from return run out."""
    return _cases(actor, queries.UNDECIDED_UNTIL, queries.undecided(on))


def _local_day(moment: Any) -> sa.ColumnElement[date]:
    return sa.cast(sa.func.timezone("Europe/Berlin", moment), sa.Date)


def _barred(actor: Actor, on: date) -> sa.Select[Any]:
    day = barred_on()
    soon = day <= on + timedelta(days=max(MARKS))
    return _claims(actor, day, Claim.state.not_in(sorted(CLAIM_OVER)), Claim.is_at_court.is_(False), soon)


def _overdue_payments(actor: Actor, on: date) -> sa.Select[Any]:
    return _claims(actor, Claim.due_on, Claim.state.in_(sorted(TO_REMIND)), Claim.due_on < on)


def _overdue_rates(actor: Actor, on: date) -> sa.Select[Any]:
    return _claims(actor, Claim.due_on, Claim.state == ClaimState.INSTALMENTS, Claim.due_on < on)


def _deferrals_over(actor: Actor, on: date) -> sa.Select[Any]:
    return _claims(actor, Claim.due_on, Claim.state == ClaimState.DEFERRED, Claim.due_on < on)


def _answered() -> sa.ColumnElement[bool]:
    """Whether the hearing was answered; the answer of one joint debtor does not speak for the others."""
    debtors = sa.select(sa.func.count()).where(Debtor.claim_id == Claim.id).scalar_subquery()
    return sa.and_(Claim.answered_on.is_not(None), debtors <= 1)


def _hearings_over(actor: Actor, on: date) -> sa.Select[Any]:
    over = sa.or_(_answered(), Claim.hearing_until < on)
    return _claims(actor, Claim.hearing_until, Claim.state == ClaimState.HEARING, over)


def _to_approve(actor: Actor, on: date) -> sa.Select[Any]:
    mine = sa.or_(Claim.proposed_by_id == actor.user_id, sa.literal(actor.user_id or 0) == sa.any_(Claim.amount_by_ids))
    may = sa.literal(policy.may_approve_claims(actor))
    return _claims(actor, _local_day(Claim.proposed_at), Claim.state == ClaimState.PROPOSED, may, ~mine)


def _to_waive(actor: Actor, on: date) -> sa.Select[Any]:
    """Waivers somebody else has asked for, for who may agree to them."""
    asked = sa.select(sa.func.max(ClaimEntry.at)).where(
        ClaimEntry.claim_id == Claim.id, ClaimEntry.what == "ask-waiver"
    )
    by_others = Claim.waiver_asked_by_id != (actor.user_id or 0)
    may = sa.literal(policy.may_approve_claims(actor))
    return _claims(actor, _local_day(asked.scalar_subquery()), Claim.state.in_(sorted(OWED)), may, by_others)


def _to_pay_back(actor: Actor, on: date) -> sa.Select[Any]:
    rest = sa.func.sum(sa.case((Booking.kind.in_(sorted(RAISES)), Booking.cents), else_=-Booking.cents))
    overpaid = (
        sa.select(Booking.claim_id)
        .where(Booking.reverses_id.is_(None), sa.not_(Booking.is_reversed))
        .group_by(Booking.claim_id)
        .having(rest < 0)
    )
    return _claims(actor, _local_day(Claim.state_at), Claim.id.in_(overpaid))


def _examining(actor: Actor, on: date) -> sa.Select[Any]:
    return _claims(actor, _local_day(Claim.state_at), Claim.state == ClaimState.EXAMINING)


def _approved(actor: Actor, on: date) -> sa.Select[Any]:
    return _claims(actor, _local_day(Claim.approved_at), Claim.state == ClaimState.APPROVED)


def _away() -> sa.ColumnElement[date | None]:
    """Since when the device of a case is away; None if it is not ordered or back."""
    return (
        sa.select(sa.func.max(Repair.ordered_on))
        .where(Repair.case_id == DamageCase.id, Repair.returned_on.is_(None), Repair.is_declined.is_(False))
        .scalar_subquery()
    )


def _repairs(actor: Actor, on: date, *, overdue: bool) -> sa.Select[Any]:
    away, latest = _away(), sa.literal(on) - sa.cast(figures.held(REPAIR_DAYS, on), sa.Integer)
    late = away < latest if overdue else sa.or_(away.is_(None), away >= latest)
    return _cases(actor, away, DamageCase.state == State.REPAIR, late)


def _new(actor: Actor, on: date) -> sa.Select[Any]:
    reported = DamageCase.state == State.REPORTED
    return _cases(actor, _local_day(DamageCase.state_at), reported, DamageCase.clerk_id.is_(None))


def _to_examine(actor: Actor, on: date) -> sa.Select[Any]:
    reported = DamageCase.state == State.REPORTED
    return _cases(actor, _local_day(DamageCase.state_at), reported, DamageCase.clerk_id.is_not(None))


def _to_decide(actor: Actor, on: date) -> sa.Select[Any]:
    planned = sa.or_(DamageCase.swap_task_id.is_(None), DamageCase.replaced_on.is_not(None))
    undecided = DamageCase.state.in_([State.EXAMINED, State.REPLACEMENT, State.WRITE_OFF])
    return _cases(actor, _local_day(DamageCase.state_at), undecided, planned)


def _without_police(actor: Actor, on: date) -> sa.Select[Any]:
    missing = (
        sa.select(Incident.id).where(Incident.id == DamageCase.incident_id, Incident.police_reference == "").exists()
    )
    day = _local_day(DamageCase.state_at)
    return _cases(actor, day, DamageCase.kind == Kind.THEFT, DamageCase.state.in_(sorted(OPEN)), missing)


def _open_locks(actor: Actor, on: date) -> sa.Select[Any]:
    is_open = MdmOrder.state.in_(sorted(lock_states.OPEN))
    since = sa.select(sa.func.min(MdmOrder.requested_at)).where(MdmOrder.case_id == DamageCase.id, is_open)
    # Few orders are open, and cases are many.
    concerned = DamageCase.id.in_(sa.select(MdmOrder.case_id).where(is_open))
    return _cases(actor, _local_day(since.scalar_subquery()), concerned)


def _said_found(actor: Actor, on: date) -> sa.Select[Any]:
    said = DamageCase.found_on.is_not(None)
    return _cases(
        actor, DamageCase.found_on, said, DamageCase.kind.in_(sorted(MISSING)), DamageCase.state != State.FOUND
    )


def _hearings(actor: Actor, on: date) -> sa.Select[Any]:
    running = sa.and_(sa.not_(_answered()), Claim.hearing_until >= on)
    return _claims(actor, Claim.hearing_until, Claim.state == ClaimState.HEARING, running)


def _on_visit(actor: Actor, on: date) -> sa.Select[Any]:
    task = sa.select(DeviceTask.id).where(DeviceTask.id == DamageCase.swap_task_id, DeviceTask.done_at.is_(None))
    since = _local_day(DamageCase.state_at)
    waits = sa.and_(DamageCase.replaced_on.is_(None), DamageCase.swap_missed_on.is_(None), task.exists())
    return _cases(actor, since, DamageCase.state.in_(sorted(OPEN)), waits)


def _swaps_missed(actor: Actor, on: date) -> sa.Select[Any]:
    waits = sa.and_(DamageCase.replaced_on.is_(None), DamageCase.swap_missed_on.is_not(None))
    return _cases(actor, DamageCase.swap_missed_on, DamageCase.state.in_(sorted(OPEN)), waits)


def _payments(actor: Actor, on: date) -> sa.Select[Any]:
    waiting = sa.or_(Claim.due_on.is_(None), Claim.due_on >= on)
    return _claims(actor, Claim.due_on, Claim.state.in_(sorted(TO_PAY)), waiting)


_OFFICE, _SCHOOL = "Schadensbearbeitung", "Schule"
# In the order of the desk.
BLOCKS = (
    Block("sperre", Group.DUE, "Sperre offen", "Freigeben oder bestätigen", _OFFICE, _open_locks, "verlangt am"),
    Block("wieder-da", Group.DUE, "Wieder da, sagt die Schule", "Fund bestätigen", _OFFICE, _said_found, "gefunden am"),
    Block("frist", Group.DUE, "Verjährung droht", "Forderung vorantreiben", _OFFICE, _barred, "Frist bis"),
    Block(
        "ohne-entscheidung",
        Group.DUE,
        "Forderung noch nicht entschieden",
        "Entscheiden, ob gefordert wird",
        _OFFICE,
        _undecided,
        "Frist bis",
    ),
    Block(
        "ueberfaellig",
        Group.DUE,
        "Zahlung überfällig",
        "Mahnen oder vollstrecken",
        _OFFICE,
        _overdue_payments,
        "fällig war",
    ),
    Block(
        "rate",
        Group.DUE,
        "Rate überfällig",
        "Nachfragen oder das Ganze fällig stellen",
        _OFFICE,
        _overdue_rates,
        "fällig war",
    ),
    Block("stundung", Group.DUE, "Stundung vorbei", "Wieder einfordern", _OFFICE, _deferrals_over, "gestundet bis"),
    Block("angehoert", Group.DUE, "Anhörung abgelaufen", "Betrag vorschlagen", _OFFICE, _hearings_over, "Frist war"),
    Block("freigabe", Group.DUE, "Zum Freigeben", "Betrag freigeben", "Sie", _to_approve, "vorgeschlagen am"),
    Block("erlass", Group.DUE, "Erlass beantragt", "Zustimmen oder ablehnen", "Sie", _to_waive, "beantragt am"),
    Block(
        "reparatur-spaet",
        Group.DUE,
        "Reparatur dauert zu lange",
        "Beim Reparaturbetrieb nachfragen",
        _OFFICE,
        lambda actor, on: _repairs(actor, on, overdue=True),
        "beauftragt am",
    ),
    Block(
        "tausch", Group.DUE, "Tausch nicht erledigt", "Neu planen oder absagen", _OFFICE, _swaps_missed, "Besuch war am"
    ),
    Block("neu", Group.NEW, "Neu", "Fall prüfen", _OFFICE, _new, "gemeldet am"),
    Block("pruefen", Group.NEW, "Wartet auf Prüfung", "Fall prüfen", _OFFICE, _to_examine, "gemeldet am"),
    Block("entscheiden", Group.NEW, "Zu entscheiden", "Entscheiden oder abschließen", _OFFICE, _to_decide, "seit"),
    Block("forderung", Group.NEW, "Forderung in Prüfung", "Vervollständigen und anhören", _OFFICE, _examining, "seit"),
    Block("versenden", Group.NEW, "Forderung freigegeben", "Forderung senden", _OFFICE, _approved, "freigegeben am"),
    Block("zurueckzahlen", Group.NEW, "Zu viel gezahlt", "Zurückzahlen", _OFFICE, _to_pay_back, "seit"),
    Block("polizei", Group.WAITING, "Aktenzeichen fehlt", "Aktenzeichen nachreichen", _SCHOOL, _without_police, "seit"),
    Block(
        "reparatur",
        Group.WAITING,
        "In Reparatur",
        "Angebot, Auftrag oder Rückgabe eintragen",
        "Reparaturbetrieb",
        lambda actor, on: _repairs(actor, on, overdue=False),
        "beauftragt am",
    ),
    Block("besuch", Group.WAITING, "Tausch beim Besuch", "Ersatzgerät bringen", "Campusmanagement", _on_visit, "seit"),
    Block("anhoerung", Group.WAITING, "Anhörung läuft", "Antwort abwarten", "angehörte Person", _hearings, "Frist bis"),
    Block("zahlung", Group.WAITING, "Zahlung erwartet", "Zahlung abwarten", "zahlende Person", _payments, "fällig am"),
)
BY_SLUG = {block.slug: block for block in BLOCKS}
