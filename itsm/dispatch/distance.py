"""Road metres and driving times between places, estimated from the air line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from geopy.distance import geodesic
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = NDArray[np.int64]

# The ruler below is exact to a metre up to here; farther pairs go to geopy one by one.
RULER_REACH_METRES = 50_000
_RULER_STEP_DEGREES = 0.05
_MIN_RULER_MARKS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map.

    Units: degrees, WGS 84.
    """

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class SpeedBand:
    """How fast the part of a road up to `up_to_metres` is driven."""

    up_to_metres: float
    kmh: float


@dataclass(frozen=True, slots=True)
class Travel:
    """What turns an air line into a drive.

    The bands apply to the parts of a road, like tax bands to the parts of an income:
    so a longer road never takes less time. `parking_minutes` is paid once for each
    change of place.
    """

    detour: float = 1.3
    bands: tuple[SpeedBand, ...] = (
        SpeedBand(2_000, 22),
        SpeedBand(6_000, 32),
        SpeedBand(math.inf, 45),
    )
    parking_minutes: int = 3


@dataclass(frozen=True, slots=True)
class Leg:
    """One drive from door to door."""

    metres: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Drives between all places, row = from, column = to; need not be symmetric."""

    metres: tuple[tuple[int, ...], ...]
    seconds: tuple[tuple[int, ...], ...]

    @property
    def minutes(self) -> tuple[tuple[int, ...], ...]:
        """The times in whole minutes, rounded up."""
        return tuple(tuple(_minutes(seconds) for seconds in row) for row in self.seconds)

    def leg(self, origin: int, target: int) -> Leg:
        """The drive from one row's place to one column's."""
        return Leg(self.metres[origin][target], _minutes(self.seconds[origin][target]))


def air_line_metres(origin: Place, target: Place) -> float:
    """Length of the shortest line over the ellipsoid."""
    ends = (origin.lat, origin.lon), (target.lat, target.lon)
    return float(geodesic(*ends).meters)


def leg(origin: Place, target: Place, travel: Travel) -> Leg:
    """The drive between two places, minutes rounded up."""
    seconds, metres = _drive(np.array([[air_line_metres(origin, target)]]), travel)
    return Leg(int(metres[0, 0]), _minutes(int(seconds[0, 0])))


def matrix(places: Sequence[Place], travel: Travel) -> Matrix:
    """All drives between the places, within a metre of air line of `leg`."""
    return matrix_of(*tables(places, travel))


def matrix_of(seconds: Table, metres: Table) -> Matrix:
    """The same drives for readers who want no arrays."""
    return Matrix(_rows(metres), _rows(seconds))


def tables(places: Sequence[Place], travel: Travel) -> tuple[Table, Table]:
    """All drives between the places as arrays: seconds and metres, row = from, column = to."""
    if not places:
        nothing: Table = np.zeros((0, 0), dtype=np.int64)
        return nothing, nothing
    return _drive(_air_lines(places), travel)


def _drive(air: Floats, travel: Travel) -> tuple[Table, Table]:
    road = np.rint(air * travel.detour)
    hours = np.zeros_like(road)
    lower = 0.0
    for band in travel.bands:
        part = np.clip(road, lower, band.up_to_metres) - lower
        hours += part / 1000 / band.kmh
        lower = band.up_to_metres
    parking = np.where(road > 0, travel.parking_minutes * 60, 0)
    # A ten-millionth of a second less, so that 720.0000000001 is not rounded up to 721.
    seconds = np.ceil(hours * 3600 - 1e-7) + parking
    return seconds.astype(np.int64), road.astype(np.int64)


def _minutes(seconds: int) -> int:
    """Whole minutes, rounded up."""
    return -(-seconds // 60)


def _air_lines(places: Sequence[Place]) -> Floats:
    """Air lines between all pairs.

    geopy needs a tenth of a millisecond for a pair, 178 buildings have 15,753 pairs. So
    geopy measures how long a degree is at a few latitudes of the area, and a flat map
    with that ruler (the mid-latitude rule) gives the near pairs.
    """
    lat = np.array([place.lat for place in places])
    lon = np.array([place.lon for place in places])
    middle = (lat[:, None] + lat[None, :]) / 2
    north_metres, east_metres = _ruler(middle)
    north = (lat[:, None] - lat[None, :]) * north_metres
    east = (lon[:, None] - lon[None, :]) * east_metres
    air: Floats = np.hypot(north, east)
    for origin, target in zip(*np.nonzero(air > RULER_REACH_METRES), strict=True):
        air[origin, target] = air_line_metres(places[origin], places[target])
    return air


def _ruler(lat: Floats) -> tuple[Floats, Floats]:
    """Metres per degree to the north and to the east at each latitude."""
    low, high = float(lat.min()), float(lat.max())
    marks = max(_MIN_RULER_MARKS, math.ceil((high - low) / _RULER_STEP_DEGREES) + 1)
    grid = np.linspace(low, high, marks)
    half = _RULER_STEP_DEGREES / 2
    north = [geodesic((at - half, 0), (at + half, 0)).meters for at in grid]
    east = [geodesic((at, -half), (at, half)).meters for at in grid]
    scale = 1 / _RULER_STEP_DEGREES
    return (
        np.interp(lat, grid, np.array(north) * scale),
        np.interp(lat, grid, np.array(east) * scale),
    )


def _rows(values: Table) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())
