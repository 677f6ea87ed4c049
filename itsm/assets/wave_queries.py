"""Saved waves, and of each the shares a person sees.

Source: docs/rules/waves.md, WV-9.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.models import DeviceTask, Wave, WaveShare
from itsm.assets.waves.plan import Quarter
from itsm.assets.waves.summary import Share, Summary
from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.org.models import School

UNSEEN = "Diesen Austausch gibt es nicht, oder Sie haben darauf keinen Zugriff."


def require_look(actor: Actor) -> None:
    """Raise NotAllowed for somebody who sees no exchange at all."""
    if not actor.may_somewhere(Verb.LIFE_CYCLE_SEE):
        raise NotAllowed("Den Austausch sehen die Medienkoordination, die Schulleitung und die Schul-IT.")


def sees_all(actor: Actor) -> bool:
    """Say whether this person sees the whole city, and with it drafts and budgets."""
    return actor.scope(Verb.LIFE_CYCLE_SEE).everywhere


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the waves somebody sees: all, or the ordered ones that reach their schools."""
    if sees_all(actor):
        return sa.true()
    mine = sa.select(WaveShare.wave_id).join(School).where(policy.life_cycle_schools(actor))
    return sa.and_(Wave.ordered_at.is_not(None), Wave.id.in_(mine))


def listed(actor: Actor) -> Sequence[tuple[Wave, int, int]]:
    """Return each wave with the devices planned and delivered at the schools this person sees, the newest first."""
    sums = (
        sa.select(
            WaveShare.wave_id,
            sa.func.sum(WaveShare.count).label("planned"),
            sa.func.sum(WaveShare.delivered).label("delivered"),
        )
        .join(School)
        .where(policy.life_cycle_schools(actor))
        .group_by(WaveShare.wave_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Wave, sums.c.planned, sums.c.delivered)
        .join(sums, sums.c.wave_id == Wave.id)
        .where(visible_to(actor))
        .order_by(Wave.id.desc())
    )
    return [(wave, int(planned), int(delivered)) for wave, planned, delivered in rows]


def get_for(actor: Actor, wave_id: int) -> Wave:
    """Return a wave.

    Raises: NotFound for one the actor does not see.
    """
    wanted = Wave.id == wave_id if 0 < wave_id <= LARGEST_ID else sa.false()
    found = db.session.scalar(sa.select(Wave).where(wanted, visible_to(actor)))
    if found is None:
        raise NotFound(UNSEEN)
    return found


def summary_of(actor: Actor, wave: Wave) -> Summary:
    """Return the shares of a wave at the schools this person sees; what stays over age only with the whole city."""
    rows = db.session.execute(
        sa.select(WaveShare, School)
        .join(School)
        .where(WaveShare.wave_id == wave.id, policy.life_cycle_schools(actor))
        .order_by(WaveShare.year, WaveShare.quarter, School.number)
    )
    shares = [
        Share(school.id, school.number, school.short_name, school.form, quarter_of(share), share.count, share.delivered)
        for share, school in rows
    ]
    left_over = {int(year): devices for year, devices in sorted(wave.left_over.items())} if sees_all(actor) else {}
    return Summary(shares, wave.price_cents, left_over)


def quarter_of(share: WaveShare) -> Quarter:
    """Return the quarter of a share."""
    return Quarter(share.year, share.quarter)


def without_task(wave: Wave) -> sa.Select[WaveShare]:
    """Return the shares of a wave nobody has made a delivery of."""
    made = sa.select(DeviceTask.wave_share_id).where(DeviceTask.wave_share_id.is_not(None))
    return sa.select(WaveShare).where(WaveShare.wave_id == wave.id, WaveShare.id.not_in(made))


def quarters_to_deliver(wave: Wave) -> set[Quarter]:
    """Return the quarters for which deliveries are still to be made."""
    return {quarter_of(share) for share in db.session.scalars(without_task(wave))}


def coming_to(school: School) -> Sequence[tuple[Wave, WaveShare]]:
    """Return what ordered waves still bring to a school, in order."""
    rows = db.session.execute(
        sa.select(Wave, WaveShare)
        .join(WaveShare, WaveShare.wave_id == Wave.id)
        .where(WaveShare.school_id == school.id, Wave.ordered_at.is_not(None), WaveShare.delivered < WaveShare.count)
        .order_by(WaveShare.year, WaveShare.quarter, WaveShare.id)
    )
    return [(wave, share) for wave, share in rows]
