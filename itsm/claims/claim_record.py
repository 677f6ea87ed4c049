"""What the page of a claim shows besides the claim itself: where it stands before one person, and what comes next.

Source: docs/rules/claims.md, CL-38.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts.models import User
from itsm.accounts.queries import holders
from itsm.claims import gates, policy
from itsm.claims.claim_limits import clocks_of
from itsm.claims.gates import Gate
from itsm.claims.limitation import Clock
from itsm.claims.models import Claim, ClaimEntry, ClaimItem, DamageCase
from itsm.claims.service import bookings
from itsm.claims.states import BEFORE_DEMAND, OWED, ClaimState, State
from itsm.claims.valuation import WHOLE
from itsm.claims.value_words import calculation, exact_euros, figured
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict

# The step that comes next, by state.
_STEPS = {ClaimState.EXAMINING: "hear", ClaimState.HEARING: "propose", ClaimState.PROPOSED: "approve"}
_WARN = timedelta(days=60)


@dataclass(frozen=True)
class Standing:
    """A claim as it stands before one person: what decides which buttons the page has."""

    actor: Actor
    claim: Claim
    on: date

    @property
    def is_open(self) -> bool:
        """Whether nobody has been asked to pay yet."""
        return self.claim.state in BEFORE_DEMAND

    @property
    def is_owed(self) -> bool:
        """Whether money is owed."""
        return self.claim.state in OWED

    @cached_property
    def gates(self) -> list[Gate]:
        """Every gate up to the demand."""
        return gates.gates(self.claim, self.on)

    @cached_property
    def missing(self) -> list[str]:
        """What is missing for the step that comes next."""
        return gates.missing(self.claim, self.on, _STEPS.get(self.claim.state, "demand")) if self.is_open else []

    @property
    def reached(self) -> tuple[str, ...]:
        """The steps whose gates matter now."""
        step = _STEPS.get(self.claim.state, "demand")
        return gates.STEPS[: gates.STEPS.index(step) + 1]

    @property
    def is_petty(self) -> bool:
        """Whether the amount is so small that nothing is claimed."""
        valued = all(item.valuation_id is not None for item in self.claim.items)
        return self.is_open and valued and self.sum_cents <= gates.limit_cents(self.claim, self.on)

    @property
    def open_cents(self) -> int:
        """What is still to be paid."""
        return bookings.balance(self.claim).open_cents

    @property
    def is_light(self) -> bool:
        """Whether the fault was found too small to claim anything."""
        return self.is_open and self.claim.fault is not None and self.claim.fault not in gates.GRAVE

    @property
    def is_found(self) -> bool:
        """Whether a device is there again for which nobody has been asked to pay."""
        return self.is_open and any(item.case.state is State.FOUND for item in self.claim.items)

    @property
    def should_drop(self) -> bool:
        """Whether the page proposes to drop the claim."""
        return self.is_petty or self.is_light or self.is_found

    @property
    def sum_cents(self) -> int:
        """What the devices come to."""
        return gates.sum_cents(self.claim)

    @property
    def why_drop(self) -> list[str]:
        """Why the page proposes to drop the claim."""
        of = {"verschulden": self.is_light, "bagatelle": self.is_petty, "geraete": self.is_found}
        return [sentence for gate in self.gates if of.get(gate.slug) for sentence in gate.missing]

    @property
    def hearing_over(self) -> bool:
        """Whether the hearing was answered, by the only debtor, or its term is over."""
        until, is_joint = self.claim.hearing_until, len(self.claim.debtors) > 1
        is_answered = self.claim.answered_on is not None and not is_joint
        return is_answered or (until is not None and self.on > until)

    @property
    def is_overdue(self) -> bool:
        """Whether the day to pay is over."""
        return self.is_owed and self.claim.due_on is not None and self.on > self.claim.due_on

    @property
    def may_approve(self) -> bool:
        """Whether this person may approve the amount."""
        return policy.may_approve(self.actor, self.claim)

    @property
    def may_waive(self) -> bool:
        """Whether this person may decide on the waiver that was asked for."""
        return self.claim.waiver_asked_by_id is not None and policy.may_waive(self.actor, self.claim)

    @cached_property
    def approvers(self) -> list[User]:
        """Who else may approve, or agree to a waiver."""
        barred = self.claim.amount_people if self.is_open else {self.claim.waiver_asked_by_id}
        found = [one for one in holders(Role.CLAIMS_APPROVER, self.on) if one.id not in barred]
        return [one for one in found if one.id != self.actor.user_id]

    @cached_property
    def clocks(self) -> list[Clock]:
        """Both limitation clocks, the earlier one first."""
        return clocks_of(self.claim)

    @property
    def is_near_limit(self) -> bool:
        """Whether the earlier clock is within the first warning."""
        if not self.clocks or self.claim.over_at is not None:
            return False
        return not self.clocks[0].is_held and self.clocks[0].ends_on <= self.on + _WARN

    @cached_property
    def siblings(self) -> list[DamageCase]:
        """The other cases of the incident that could be taken in: in no claim that counts, nor found or withdrawn."""
        taken = sa.select(ClaimItem.case_id).join(Claim).where(Claim.state != ClaimState.CANCELLED)
        return list(
            db.session.scalars(
                sa.select(DamageCase)
                .where(
                    DamageCase.incident_id == self.claim.incident_id,
                    DamageCase.id.not_in(taken),
                    DamageCase.state.not_in((State.FOUND, State.WITHDRAWN)),
                )
                .order_by(DamageCase.id)
            )
        )

    @cached_property
    def entries(self) -> list[ClaimEntry]:
        """The history, the newest last."""
        return list(
            db.session.scalars(
                sa.select(ClaimEntry)
                .where(ClaimEntry.claim_id == self.claim.id)
                .order_by(ClaimEntry.id)
                .options(joinedload(ClaimEntry.author))
            )
        )


def stamp(claim: Claim) -> str:
    """Return what tells whether a claim, its amount or what would be waived has changed since somebody looked."""
    seen = f"{claim.version_id}.{gates.sum_cents(claim)}"
    # What is waived is what is open, and that changes with the money alone.
    return seen if claim.waiver_asked_by_id is None else f"{seen}.{bookings.last_id(claim)}"


def as_seen(claim: Claim, seen: str | None) -> None:
    """Check that a claim is as it was when the person looked.

    Raises: Conflict if it has changed meanwhile.
    """
    if seen != stamp(claim):
        raise Conflict(
            "Die Forderung hat sich geändert, seit Sie die Seite geöffnet haben. Bitte laden Sie sie neu und prüfen "
            "Sie den neuen Stand."
        )


def line(item: ClaimItem) -> str:
    """Return in one line how what is asked for a device came about: value, wreck, repair, quota, insurer."""
    if item.valuation is None:
        return "Der Zeitwert fehlt noch."
    loss = max(0, item.valuation.value_cents - item.wreck_cents)
    parts = [calculation(figured(item.valuation))]
    if item.wreck_cents:
        parts.append(f"das kaputte Gerät ist noch {exact_euros(item.wreck_cents)} wert, bleiben {exact_euros(loss)}")
    if item.repair_cents is not None:
        paper = "Rechnung" if item.repair and item.repair.invoice_gross_cents else "Angebot, ohne Mehrwertsteuer"
        words = f"Reparatur {exact_euros(item.repair_cents)} ({paper})"
        counts = "das ist nicht mehr" if item.repair_cents <= loss else "das ist mehr und zählt nicht"
        parts.append(f"{words}: {counts}")
    if item.accessory_cents:
        parts.append(f"dazu Zubehör {exact_euros(item.accessory_cents)}")
    if item.quota_basis_points != WHOLE:
        parts.append(f"davon {item.quota_basis_points // 100} %")
    if item.insurer_cents:
        parts.append(f"die Versicherung zahlt {exact_euros(item.insurer_cents)}")
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts)} = {exact_euros(item.amount_cents)}"
