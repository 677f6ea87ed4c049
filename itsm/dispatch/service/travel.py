"""Drives between places: from the routing server where one is configured, estimated where not."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from itsm.dispatch import distance, figures, osrm, travel
from itsm.dispatch.distance import Leg, Matrix, Place, Table
from itsm.dispatch.travel import Known, Point

# A plan waits no longer for all its blocks together; what is kept by then need not be asked again.
LONGEST_WAIT_SECONDS = 10.0
ESTIMATED = "Fahrzeiten geschätzt:"
SLOW = "Der Routendienst braucht zu lange; beim nächsten Planen geht es weiter."

Block = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Drives:
    """All drives between some places: integer seconds and metres, row = from, column = to.

    `estimated` says that at least one drive comes from the air line; `note` is the sentence for the person
    who plans, empty unless a configured server left something open.
    """

    seconds: Table
    metres: Table
    estimated: bool
    note: str

    @property
    def matrix(self) -> Matrix:
        """The same for readers who want no arrays, with whole minutes."""
        return distance.matrix_of(self.seconds, self.metres)

    def leg(self, origin: int, target: int) -> Leg:
        """One drive, minutes rounded up."""
        ends = np.ix_([origin], [target])
        return distance.matrix_of(self.seconds[ends], self.metres[ends]).leg(0, 0)


def matrix_for(places: Sequence[Place], on: date, *, ask: bool = True) -> Drives:
    """Return the drives between the places on a day; never fails for want of a server.

    With `ask` off only what is known already is used: a page does not wait for a server.
    Source: docs/rules/visits.md, VI-39 and VI-40.
    """
    assumed = figures.travel_on(on)
    seconds, metres = distance.tables(places, assumed)
    base = osrm.address()
    if not base or not places:
        return Drives(seconds, metres, estimated=len(places) > 1, note="")
    points = [travel.point_of(place) for place in places]
    number = {point: position for position, point in enumerate(dict.fromkeys(points))}
    found, trouble = _from_roads(base, list(number), ask)
    index = np.array([number[point] for point in points])
    pairs = np.ix_(index, index)
    road_seconds, road_metres = found.seconds[pairs], found.metres[pairs]
    is_road = ~np.isnan(road_seconds)
    parking = assumed.parking_minutes * 60
    seconds[is_road] = road_seconds[is_road].astype(np.int64) + parking
    metres[is_road] = road_metres[is_road].astype(np.int64)
    is_same = index[:, None] == index[None, :]
    seconds[is_same] = metres[is_same] = 0
    open_pairs = np.isnan(found.seconds) & ~np.eye(len(number), dtype=np.bool_)
    return Drives(seconds, metres, bool(open_pairs.any()), _note(found, open_pairs, trouble))


def _from_roads(base: str, points: list[Point], ask: bool) -> tuple[Known, str]:
    """What the server says about different points, asking what is missing; and what went wrong."""
    source = travel.source_of(base)
    found = travel.known(source, points)
    if found.is_asked.all():
        return found, ""
    trouble = travel.failure(source)
    if ask and not trouble:
        trouble = _ask(base, source, points, found)
    return found, trouble


def _ask(base: str, source: str, points: list[Point], found: Known) -> str:
    """Fill in what is missing, block by block, until done or out of luck; return what went wrong."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    with osrm.client() as asking:
        for rows, columns in blocks(~found.is_asked):
            if time.monotonic() > until:
                return SLOW
            origins, targets = [points[row] for row in rows], [points[column] for column in columns]
            try:
                seconds, metres = osrm.table(asking, base, origins, targets)
            except osrm.Unavailable as error:
                travel.note_failure(source, str(error))
                return str(error)
            is_open = np.isnan(seconds) | np.isnan(metres)
            seconds[is_open] = metres[is_open] = np.nan
            # Rounded up like the estimate, yet 192.0000001 is not 193.
            seconds, metres = np.ceil(seconds - 1e-6), np.rint(metres)
            travel.keep(source, origins, targets, seconds, metres)
            at = np.ix_(rows, columns)
            found.seconds[at], found.metres[at], found.is_asked[at] = seconds, metres, True
            np.fill_diagonal(found.seconds, np.nan)
    return ""


def blocks(is_missing: NDArray[np.bool_]) -> Iterator[Block]:
    """Cover all missing pairs by blocks of rows and columns small enough for one question.

    Only missing pairs are asked, apart from the way from a place to itself, which costs nothing and
    would cut the block of all pairs in two.
    """
    open_pairs = is_missing.copy()
    while open_pairs.any():
        rows, columns = _largest_rectangle(open_pairs)
        open_pairs[np.ix_(rows, columns)] = False
        yield from _tiles(rows, columns)


def _largest_rectangle(is_missing: NDArray[np.bool_]) -> Block:
    """Rows and columns around the fullest row whose pairs are all missing, the way to itself aside."""
    free = is_missing | np.eye(len(is_missing), dtype=np.bool_)
    first = int(is_missing.sum(axis=1).argmax())
    best: Block = ([], [])
    for columns in (np.nonzero(is_missing[first])[0], np.nonzero(free[first])[0]):
        rows = np.nonzero(free[:, columns].all(axis=1) & is_missing[:, columns].any(axis=1))[0]
        if len(rows) * len(columns) > len(best[0]) * len(best[1]):
            best = rows.tolist(), columns.tolist()
    return best


def _tiles(rows: list[int], columns: list[int]) -> Iterator[Block]:
    half = osrm.LARGEST_TABLE // 2
    height = max(half, osrm.LARGEST_TABLE - len(columns))
    width = osrm.LARGEST_TABLE - min(height, len(rows))
    for top in range(0, len(rows), height):
        for left in range(0, len(columns), width):
            yield rows[top : top + height], columns[left : left + width]


def _note(found: Known, open_pairs: NDArray[np.bool_], trouble: str) -> str:
    if trouble:
        return f"{ESTIMATED} {trouble}"
    without_road = int((open_pairs & found.is_asked).sum())
    if without_road:
        ways = "eine Fahrt" if without_road == 1 else f"{without_road} Fahrten"
        return f"{ESTIMATED} Für {ways} kennt der Routendienst keine Straße."
    if open_pairs.any():
        return f"{ESTIMATED} Noch nicht alle Fahrten sind beim Routendienst erfragt."
    return ""
