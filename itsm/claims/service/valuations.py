"""The value of the device of a case and of its accessories: made once, kept with everything it was reckoned from.

Source: docs/rules/claims.md, CL-10 to CL-18.
"""

from dataclasses import dataclass
from datetime import date, datetime

from itsm.assets import kinds as device_kinds
from itsm.claims import figures, queries, valuation
from itsm.claims.kinds import Accessory
from itsm.claims.models import DamageCase, Valuation, ValuationPolicy
from itsm.claims.service import cases
from itsm.claims.service.valuation_policies import policy_on
from itsm.claims.states import State
from itsm.claims.valuation import Convention, Inputs
from itsm.claims.value_words import exact_euros, name_of
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError

_SAME = ("policy_id", "base_cents", "in_service_on", "damaged_on", "life_months", "months", "value_cents", "sources")


@dataclass(frozen=True)
class Typed:
    """What a clerk types: where the file of the device has nothing, and a lower price of a replacement."""

    accessory: Accessory | None = None
    price_cents: int | None = None
    replacement_cents: int | None = None
    in_service_on: date | None = None
    life_months: int | None = None


@dataclass(frozen=True)
class Found:
    """What a value is reckoned from as far as it is known, and where each comes from."""

    base_cents: int | None
    in_service_on: date | None
    life_months: int | None
    sources: dict[str, str]

    @property
    def is_complete(self) -> bool:
        """Whether a value can be reckoned without typing anything."""
        return None not in (self.base_cents, self.in_service_on, self.life_months)


def found(case: DamageCase, typed: Typed | None = None) -> Found:
    """Return what is known about the device of a case, or about an accessory; the file goes before what is typed."""
    typed = typed or Typed()
    base_cents, base = _base(case, typed)
    device = case.device
    known_on = device.in_service_on if device else None
    in_service_on = (typed.in_service_on or known_on) if typed.accessory else (known_on or typed.in_service_on)
    life_months = _life_months(case, typed)
    sources = {"base": base, "in_service": "device" if in_service_on and in_service_on == known_on else "typed"}
    return Found(base_cents, in_service_on, life_months, sources)


def inputs_of(case: DamageCase, version: ValuationPolicy, typed: Typed | None = None) -> tuple[Inputs, dict[str, str]]:
    """Return what the value of a case is reckoned from, and where it comes from.

    Raises: DomainError if the price, the day in service or the expected use is known nowhere.
    """
    known = found(case, typed)
    if known.base_cents is None:
        raise DomainError("Der Kaufpreis ist nicht bekannt. Bitte tragen Sie ihn ein.")
    if known.in_service_on is None:
        raise DomainError("Der Tag der Inbetriebnahme ist nicht bekannt. Bitte tragen Sie ihn ein.")
    if known.life_months is None:
        raise DomainError("Die erwartete Nutzung ist nicht bekannt. Bitte tragen Sie sie ein.")
    inputs = Inputs(
        known.base_cents,
        known.in_service_on,
        case.incident.day,
        known.life_months,
        Convention(version.convention),
        version.floor_basis_points,
    )
    return inputs, known.sources


def value_case(actor: Actor, case: DamageCase, at: datetime, typed: Typed | None = None) -> Valuation:
    """Reckon the value on the day of the damage and keep it; the same again is no new valuation, others are a new row.

    Raises: NotAllowed for everybody but the claims staff; DomainError for a case that was found or withdrawn, an
        accessory that was not affected, or something that is missing or cannot be.
    """
    cases.check_work(actor)
    typed = typed or Typed()
    if case.state in (State.FOUND, State.WITHDRAWN):
        raise DomainError(f"Der Fall {case.number} ist zu Ende ohne Schaden. Hier gibt es nichts zu bewerten.")
    if typed.accessory and typed.accessory not in case.accessories:
        raise DomainError("Dieses Zubehör ist nicht betroffen. Bitte ergänzen Sie es zuerst im Fall.")
    version = policy_on(case.incident.day)
    inputs, sources = inputs_of(case, version, typed)
    row = _row(case, version, inputs, sources, actor, at)
    row.accessory = typed.accessory or ""
    latest = queries.latest_valuation(case, row.accessory)
    if latest is not None and all(getattr(latest, name) == getattr(row, name) for name in _SAME):
        return latest
    db.session.add(row)
    words = f"Zeitwert ({name_of(row)}): {exact_euros(row.value_cents)} am {row.damaged_on:%d.%m.%Y}."
    cases.note(actor, case, "value", at, words)
    db.session.flush()
    return row


def _row(
    case: DamageCase, version: ValuationPolicy, inputs: Inputs, sources: dict[str, str], actor: Actor, at: datetime
) -> Valuation:
    worth = valuation.value(inputs, clock.local_day(at))
    return Valuation(
        case_id=case.id,
        at=at,
        author_id=actor.user_id,
        policy_id=version.id,
        convention=inputs.convention.value,
        base_cents=inputs.base_cents,
        in_service_on=inputs.in_service_on,
        damaged_on=inputs.damaged_on,
        life_months=inputs.life_months,
        floor_basis_points=inputs.floor_basis_points,
        months=worth.months,
        value_cents=worth.cents,
        sources=sources,
    )


def _base(case: DamageCase, typed: Typed) -> tuple[int | None, str]:
    """Return the price the value falls from: what was paid, else what the model costs; a lower replacement wins."""
    device = None if typed.accessory else case.device
    paid = device.price_cents if device else None
    price, source = (paid, "price") if paid is not None else (typed.price_cents, "typed")
    if price is None and device is not None:
        price, source = device.model.price_cents, "model"
    if typed.replacement_cents is not None and (price is None or typed.replacement_cents < price):
        return typed.replacement_cents, "replacement"
    return price, source


def _life_months(case: DamageCase, typed: Typed) -> int | None:
    """Return the expected use as it held on the day of the damage."""
    if typed.accessory:
        return figures.whole(figures.ACCESSORY_MONTHS, case.incident.day)
    if case.device is None:
        return typed.life_months
    return device_kinds.life_months(case.incident.day)[case.device.kind]
