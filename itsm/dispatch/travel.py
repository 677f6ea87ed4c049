"""Drives a routing server has answered, kept so that only new pairs are asked; and when it last failed.

Written over a connection of their own: answers outlive a transaction that is taken back, a failure is
known to every process at once, and two planners that fill the same pairs never wait for each other's plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model, db
from itsm.dispatch.distance import Place

Floats = NDArray[np.float64]
# Latitude and longitude in hundred-thousandths of a degree, about a metre.
Point = tuple[int, int]

FRESH = timedelta(days=90)
PAUSE = timedelta(minutes=5)
_SCALE = 100_000


class TravelPair(Model):
    """A drive as a routing server answered it, without parking; no numbers mean: no road leads there.

    Units: coordinates in hundred-thousandths of a degree, WGS 84.
    """

    __tablename__ = "travel_pair"
    __table_args__ = (
        sa.CheckConstraint("(seconds IS NULL) = (metres IS NULL)", name="both"),
        sa.CheckConstraint("seconds >= 0 AND metres >= 0", name="positive"),
    )

    # Which server said so: another one has other roads and speeds.
    source: Mapped[str] = mapped_column(primary_key=True)
    origin_latitude: Mapped[int] = mapped_column(primary_key=True)
    origin_longitude: Mapped[int] = mapped_column(primary_key=True)
    target_latitude: Mapped[int] = mapped_column(primary_key=True)
    target_longitude: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int | None]
    metres: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class TravelFailure(Model):
    """When a routing server last failed, and the sentence that says how."""

    __tablename__ = "travel_failure"

    source: Mapped[str] = mapped_column(primary_key=True)
    failed_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    sentence: Mapped[str]


@dataclass(frozen=True)
class Known:
    """What is kept for a list of points: arrays of row = from, column = to.

    `seconds` and `metres` hold no number where nothing is known or no road leads there.
    """

    seconds: Floats
    metres: Floats
    is_asked: NDArray[np.bool_]


def source_of(address: str) -> str:
    """The short name under which answers of a server are kept."""
    return sha256(address.encode()).hexdigest()[:16]


def point_of(place: Place) -> Point:
    """The place, rounded to about a metre."""
    return round(place.lat * _SCALE), round(place.lon * _SCALE)


def known(source: str, points: Sequence[Point]) -> Known:
    """Return what the server said about the drives between different points; one query."""
    count = len(points)
    seconds, metres = np.full((count, count), np.nan), np.full((count, count), np.nan)
    is_asked = np.eye(count, dtype=np.bool_)
    number = {point: position for position, point in enumerate(points)}
    # Compared by latitude alone: the database looks a number up in a list at once, and has no good plan for
    # pairs of coordinates. The few others on the same latitude are dropped here.
    latitudes = sa.cast([latitude for latitude, _ in points], ARRAY(sa.Integer))
    rows = db.session.execute(
        sa.select(
            TravelPair.origin_latitude,
            TravelPair.origin_longitude,
            TravelPair.target_latitude,
            TravelPair.target_longitude,
            TravelPair.seconds,
            TravelPair.metres,
        ).where(
            TravelPair.source == source,
            TravelPair.asked_at > sa.func.now() - FRESH,
            TravelPair.origin_latitude == sa.any_(latitudes),
            TravelPair.target_latitude == sa.any_(latitudes),
        )
    )
    for from_latitude, from_longitude, to_latitude, to_longitude, in_seconds, in_metres in rows:
        origin = number.get((from_latitude, from_longitude))
        target = number.get((to_latitude, to_longitude))
        if origin is None or target is None:
            continue
        is_asked[origin, target] = True
        if in_seconds is not None:
            seconds[origin, target], metres[origin, target] = in_seconds, in_metres
    return Known(seconds, metres, is_asked)


def keep(source: str, origins: Sequence[Point], targets: Sequence[Point], seconds: Floats, metres: Floats) -> None:
    """Write down an answer; a newer one replaces an older one."""
    # Always in the same order, so that two planners with the same pairs wait for each other and never in a ring.
    rows = sorted(
        (*origin, *target, _whole(seconds[row, column]), _whole(metres[row, column]))
        for row, origin in enumerate(origins)
        for column, target in enumerate(targets)
        if origin != target
    )
    if not rows:
        return
    names = "origin_latitude", "origin_longitude", "target_latitude", "target_longitude", "seconds", "metres"
    columns = [sa.cast(list(column), ARRAY(sa.Integer)) for column in zip(*rows, strict=True)]
    given = sa.func.unnest(*columns).table_valued(*names).render_derived(name="given")
    new = insert(TravelPair).from_select(["source", *names], sa.select(sa.literal(source), *given.c))
    with db.engine.begin() as connection:
        connection.execute(
            new.on_conflict_do_update(
                index_elements=["source", *names[:4]],
                set_={"seconds": new.excluded.seconds, "metres": new.excluded.metres, "asked_at": sa.func.now()},
            )
        )


def note_failure(source: str, sentence: str) -> None:
    """Remember that the server failed just now."""
    new = insert(TravelFailure).values(source=source, sentence=sentence)
    with db.engine.begin() as connection:
        connection.execute(
            new.on_conflict_do_update(
                index_elements=["source"], set_={"sentence": new.excluded.sentence, "failed_at": sa.func.now()}
            )
        )


def failure(source: str) -> str:
    """Return how the server failed in the last minutes, empty if it did not."""
    # The database's clock: the processes that share this may run on several machines, and a plan's own
    # moment, which may be any day, has nothing to do with it. Not `now()`: that is when the plan began.
    recent = TravelFailure.failed_at > sa.func.clock_timestamp() - PAUSE
    return db.session.scalar(sa.select(TravelFailure.sentence).where(TravelFailure.source == source, recent)) or ""


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
