"""Cuts a city into balanced, compact districts. Pure.

Source: docs/rules/schools.md, SC-12 to SC-18. The search itself stands in district_search.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itsm.core.errors import DomainError
from itsm.org.district_search import Problem, search

Point = tuple[float, float]
Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]

# The promise: no load further from its share than this, where the sizes of the schools allow it.
BAND = 0.05
# How far a school would have to be nearer to another district before a new cut moves it.
KEEP_METRES = 1_500
_EARTH_METRES = 6_371_000.0


@dataclass(frozen=True)
class DistrictShape:
    """One district of a cut; `middle` is the member from which all others are nearest.

    `share` is the load the district should carry. `weighted_metres` sums load times metres to the middle.
    Units: load and share in the unit of the weights, distances in metres.
    """

    members: tuple[str, ...]
    middle: str
    load: int
    share: float
    weighted_metres: int
    longest_metres: int
    mean_metres: int

    @property
    def deviation(self) -> float:
        """How far the load lies from its share, as a part of the share; below zero it is lighter."""
        return self.load / self.share - 1 if self.share else 0.0

    @property
    def is_level(self) -> bool:
        """Whether the load keeps the promised band."""
        return abs(self.deviation) <= BAND


@dataclass(frozen=True)
class Partition:
    """A cut of the city; district 0 to count - 1 in the order of `districts`."""

    districts: tuple[DistrictShape, ...]

    @property
    def assignment(self) -> dict[str, int]:
        """The district of each member."""
        return {key: index for index, shape in enumerate(self.districts) for key in shape.members}

    @property
    def worst_deviation(self) -> float:
        """How far the load furthest from its share lies from it, as a part of the share."""
        return max(abs(shape.deviation) for shape in self.districts)

    @property
    def weighted_metres(self) -> int:
        """Load times metres to the middle, over all districts."""
        return sum(shape.weighted_metres for shape in self.districts)


@dataclass(frozen=True)
class _Unit:
    """Schools that cannot be separated, and their buildings on a plane."""

    keys: tuple[str, ...]
    buildings: Floats


def partition(
    sites: Mapping[str, Sequence[Point]],
    weights: Mapping[str, int],
    count: int,
    *,
    keep: Mapping[str, int] | None = None,
    keep_metres: float = KEEP_METRES,
    fixed: Mapping[str, int] | None = None,
    capacities: Sequence[float] | None = None,
    seed: int = 0,
) -> Partition:
    """Balanced, compact districts; who shares a building, or has several, stays in one piece.

    `sites` gives the buildings (latitude, longitude) of each school, `keep` the district a school is in now: a new cut
    leaves it there unless that is worth more than `keep_metres` or the loads demand it. `fixed` schools are in their
    district whatever it costs. A district carries its part of the `capacities` (all 1 unless given).
    Raises: DomainError for a count that is not between 1 and the number of separate places, and for fixed schools that
        contradict each other or leave a district empty.
    """
    units = _units_of(sites)
    if not 1 <= count <= len(units):
        places = "einem Standort" if len(units) == 1 else f"{len(units)} Standorten"
        raise DomainError(f"Aus {places} lassen sich nicht {count} Bezirke bilden.")
    forced = np.array([_forced_to(unit, fixed or {}) for unit in units], dtype=np.intp)
    _check_room(forced, count)
    shares = np.array([1.0] * count if capacities is None else capacities, dtype=np.float64)
    loads = np.array([float(max(1, sum(weights[key] for key in unit.keys))) for unit in units])
    problem = Problem(
        centres=np.array([unit.buildings.mean(axis=0) for unit in units]),
        weights=loads,
        targets=loads.sum() * shares / shares.sum(),
        kept=np.array([_first_of(unit, keep or {}, count) for unit in units], dtype=np.intp),
        forced=forced,
        keep_metres=float(keep_metres),
    )
    best = search(problem, seed)
    if not keep and not fixed and np.ptp(shares) == 0:
        best = _numbered_from_the_north_west(problem, best)
    return Partition(tuple(_shape(problem, units, best, district) for district in range(count)))


def _units_of(sites: Mapping[str, Sequence[Point]]) -> list[_Unit]:
    """Schools tied together by a common building, in a stable order."""
    group = {key: key for key in sites}

    def root(key: str) -> str:
        while group[key] != key:
            key = group[key]
        return key

    first_at: dict[Point, str] = {}
    for key in sorted(sites):
        for latitude, longitude in sites[key]:
            neighbour = first_at.setdefault((round(latitude, 5), round(longitude, 5)), key)
            first, second = sorted((root(key), root(neighbour)))
            group[second] = first
    tied: dict[str, list[str]] = {}
    for key in sorted(sites):
        tied.setdefault(root(key), []).append(key)
    middle = float(np.mean([latitude for key in sorted(sites) for latitude, _ in sites[key]])) if sites else 0.0
    return [
        _Unit(tuple(keys), _metres([point for key in keys for point in sites[key]], middle)) for keys in tied.values()
    ]


def _metres(points: Sequence[Point], middle: float) -> Floats:
    """Points on a plane. Across a city this errs by less than a metre per kilometre."""
    scale = math.cos(math.radians(middle))
    return np.array(
        [
            (math.radians(longitude) * scale * _EARTH_METRES, math.radians(latitude) * _EARTH_METRES)
            for latitude, longitude in points
        ]
    )


def _first_of(unit: _Unit, keep: Mapping[str, int], count: int) -> int:
    """The district of today of the first school that has one, or -1."""
    return next((keep[key] for key in unit.keys if 0 <= keep.get(key, -1) < count), -1)


def _forced_to(unit: _Unit, fixed: Mapping[str, int]) -> int:
    """The district the schools of a unit are fixed to, or -1."""
    wanted = {fixed[key]: key for key in unit.keys if key in fixed}
    if len(wanted) > 1:
        first, second, *_ = sorted(wanted.values())
        raise DomainError(
            f"Die Schulen {first} und {second} teilen sich ein Gebäude und bleiben zusammen. "
            "Bitte legen Sie beide auf denselben Bezirk fest."
        )
    return next(iter(wanted), -1)


def _check_room(forced: Indexes, count: int) -> None:
    empty = count - len(set(forced[forced >= 0].tolist()))
    if empty > (forced < 0).sum():
        raise DomainError("So viele Schulen sind festgelegt, dass ein Bezirk leer bliebe. Bitte weniger festlegen.")


def _shape(problem: Problem, units: list[_Unit], chosen: Indexes, district: int) -> DistrictShape:
    inside = [int(unit) for unit in np.flatnonzero(chosen == district)]
    points = np.concatenate([units[unit].buildings for unit in inside])
    ways = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    return DistrictShape(
        members=tuple(sorted(key for unit in inside for key in units[unit].keys)),
        middle=units[int(problem.middles(chosen)[district])].keys[0],
        load=int(problem.weights[inside].sum()),
        share=float(problem.targets[district]),
        weighted_metres=round(float(problem.ways(chosen)[inside].sum())),
        longest_metres=round(float(ways.max(initial=0.0))),
        mean_metres=round(float(ways.mean(axis=0).min())),
    )


def _numbered_from_the_north_west(problem: Problem, chosen: Indexes) -> Indexes:
    """The same cut with numbers one can find on a map: from north to south, west before east."""
    middles = [problem.centres[chosen == district].mean(axis=0) for district in range(problem.count)]
    order = sorted(
        range(problem.count), key=lambda district: (-round(middles[district][1] / 3000), middles[district][0])
    )
    rank = {district: position for position, district in enumerate(order)}
    return np.array([rank[int(district)] for district in chosen], dtype=np.intp)
