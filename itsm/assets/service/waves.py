"""Make, order and delete waves, and turn their quarters into deliveries.

Source: docs/rules/waves.md, WV-9 to WV-11.
"""

import re
from datetime import datetime

import sqlalchemy as sa

from itsm.assets import policy, wave_queries
from itsm.assets.events import DeliveryWanted, DeviceTaskSettled
from itsm.assets.kinds import LABELS, PLURALS
from itsm.assets.models import DeviceTask, TaskKind, Wave, WaveShare
from itsm.assets.wave_planning import Draft, planned
from itsm.assets.waves.plan import Quarter
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.events import publish

# Names are given one after the other, so that a second tap is told that its plan is saved already.
_NAMES = 5_400
# "22", "22 geliefert, 2 fehlen", "22 von 24"; but not "2 fehlen".
_DELIVERED = re.compile(r"(\d{1,6})\s*(?:$|geliefert|getauscht|von\b)", re.IGNORECASE)


def make(actor: Actor, draft: Draft, name: str, at: datetime) -> Wave:
    """Plan a wave with the stock of today and keep the plan under a name.

    Raises: NotAllowed unless the actor plans the exchange; DomainError for a name that is taken, or without a plan.
    """
    require_planning(actor)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_NAMES)))
    if db.session.scalar(sa.select(Wave.id).where(Wave.name == name)):
        raise DomainError(f"Einen Austausch „{name}“ gibt es schon. Bitte wählen Sie einen anderen Namen.")
    today = clock.local_day(at)
    summary = planned(draft, today).summary
    wave = Wave(
        name=name,
        kind=draft.kind,
        first_year=draft.first_year,
        last_year=draft.last_year,
        quantity=draft.quantity,
        budget_cents=draft.budget_cents,
        price_cents=draft.price_cents,
        fairness=draft.fairness,
        stock_on=today,
        created_at=at,
        created_by=actor.name,
        left_over={str(year): devices for year, devices in summary.left_over.items()},
        shares=[
            WaveShare(
                school_id=share.school_id, year=share.quarter.year, quarter=share.quarter.number, count=share.count
            )
            for share in summary.shares
        ],
    )
    db.session.add(wave)
    db.session.flush()
    return wave


def order(actor: Actor, wave: Wave, at: datetime) -> None:
    """Make a draft the plan that holds; from now on the schools see their shares. A second time does nothing."""
    require_planning(actor)
    _lock(wave)
    wave.ordered_at = wave.ordered_at or at
    db.session.flush()


def delete(actor: Actor, wave: Wave) -> None:
    """Delete a draft.

    Raises: DomainError for a wave that has been ordered.
    """
    require_planning(actor)
    _lock(wave)
    if wave.ordered_at is not None:
        raise DomainError("Dieser Austausch ist beauftragt und lässt sich nicht mehr löschen.")
    db.session.delete(wave)
    db.session.flush()


def deliver(actor: Actor, wave: Wave, quarter: Quarter, at: datetime) -> int:
    """Make a delivery task for each share of a quarter that has none, and say how many (WV-10).

    Raises: NotFound for a quarter that gets nothing; DomainError for a draft, or a quarter that is over.
    """
    require_planning(actor)
    _lock(wave)
    today = clock.local_day(at)
    if quarter not in {wave_queries.quarter_of(share) for share in wave.shares}:
        raise NotFound("In diesem Quartal bringt der Austausch nichts.")
    if wave.ordered_at is None:
        raise DomainError("Dieser Austausch ist noch ein Entwurf. Bitte beauftragen Sie ihn zuerst.")
    if quarter.last_on < today:
        raise DomainError("Dieses Quartal ist vorbei. Bitte planen Sie, was offen ist, in einem neuen Austausch.")
    of_quarter = (WaveShare.year == quarter.year, WaveShare.quarter == quarter.number)
    shares = db.session.scalars(wave_queries.without_task(wave).where(*of_quarter).order_by(WaveShare.id)).all()
    tasks = [_delivery(wave, share, quarter, at) for share in shares]
    db.session.add_all(tasks)
    db.session.flush()
    for task in tasks:
        publish(DeliveryWanted(task.id, task.school_id, max(quarter.first_on, today), quarter.last_on, at))
    return len(tasks)


def _lock(wave: Wave) -> None:
    """Read the wave as it stands now: of two taps of the same moment the second finds what the first has done."""
    anew = sa.select(Wave).where(Wave.id == wave.id).with_for_update().execution_options(populate_existing=True)
    if db.session.scalar(anew) is None:
        raise NotFound(wave_queries.UNSEEN)


def _delivery(wave: Wave, share: WaveShare, quarter: Quarter, at: datetime) -> DeviceTask:
    one = f"1 {LABELS[wave.kind]} liefern und das alte Gerät"
    more = f"{share.count} {PLURALS[wave.kind]} liefern und die alten"
    return DeviceTask(
        school_id=share.school_id,
        wave_share_id=share.id,
        kind=TaskKind.DELIVERY,
        text=f"{one if share.count == 1 else more} mitnehmen",
        due_on=quarter.last_on,
        created_at=at,
    )


def delivery_settled(event: DeviceTaskSettled) -> None:
    """Count what a delivery has brought; one that was taken up again has brought nothing yet (WV-11)."""
    task = db.session.get_one(DeviceTask, event.task_id)
    if task.wave_share_id is None:
        return
    share = db.session.get_one(WaveShare, task.wave_share_id)
    entered = _DELIVERED.match(task.outcome)
    brought = min(int(entered[1]), share.count) if entered else share.count
    share.delivered = brought if task.done_at is not None else 0
    db.session.flush()


def require_planning(actor: Actor) -> None:
    """Raise NotAllowed for somebody who does not plan the exchange."""
    if not policy.may_plan_life_cycle(actor):
        raise NotAllowed("Den Austausch planen das Systemhaus und die Teamleitung.")
