"""Cuts a city into balanced, compact districts: power diagram, then relocate and swap. Pure.

Source: docs/rules/schools.md, SC-12. The multipliers of a power diagram (a weighted Voronoi diagram)
keep districts convex while they pull the loads together; Aurenhammer, Hoffmann, Aronov 1998.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from itsm.core.errors import DomainError

Point = tuple[float, float]
Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]

STARTS = 24
# The search aims inside the promised five per cent, so that rounding cannot leave it.
AIM = 0.04
# What a pupil outside the aim costs in metres: more than any way across a city.
_PENALTY_METRES = 30_000.0
_EMPTY_PENALTY = 1e15
# How far a school would have to be nearer to another district before a new cut moves it.
_KEEP_METRES = 1_500.0
_POWER_ROUNDS = 40
_DESCENT_ROUNDS = 30
_EARTH_METRES = 6_371_000.0


@dataclass(frozen=True)
class DistrictShape:
    """One district of a cut; `middle` is the member from which all others are nearest.

    Units: load in the unit of the weights, distances in metres.
    """

    members: tuple[str, ...]
    middle: str
    load: int
    longest_metres: int
    mean_metres: int


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
        """How far the load furthest from the mean lies from it, as a share of the mean."""
        loads = [shape.load for shape in self.districts]
        mean = sum(loads) / len(loads)
        return max(abs(load / mean - 1) for load in loads) if mean else 0.0


def partition(
    sites: Mapping[str, Sequence[Point]],
    weights: Mapping[str, int],
    count: int,
    *,
    keep: Mapping[str, int] | None = None,
    seed: int = 0,
) -> Partition:
    """Balanced, compact districts; who shares a building, or has several, stays in one piece.

    `sites` gives the buildings (latitude, longitude) of each school, `keep` the district a school
    is in now: a new cut leaves it there unless moving it is worth more than 1.5 km.
    Raises: DomainError for a count that is not between 1 and the number of separate places.
    """
    units = _units_of(sites)
    if not 1 <= count <= len(units):
        raise DomainError(f"Aus {len(units)} Standorten lassen sich nicht {count} Bezirke bilden.")
    problem = _Problem(sites, weights, units, count, keep or {})
    rng = np.random.default_rng(seed)
    starts = [*_today(problem), *(_power_diagram(problem, _spread(problem, rng)) for _ in range(STARTS))]
    best = min((_descend(problem, start) for start in starts), key=problem.cost)
    if not keep:
        best = _numbered_from_the_north_west(problem, best)
    return Partition(tuple(problem.shape(best, district) for district in range(count)))


def _units_of(sites: Mapping[str, Sequence[Point]]) -> list[list[str]]:
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
    units: dict[str, list[str]] = {}
    for key in sorted(sites):
        units.setdefault(root(key), []).append(key)
    return list(units.values())


class _Problem:
    """The numbers of one cut: a unit is one or more schools that cannot be separated."""

    def __init__(
        self,
        sites: Mapping[str, Sequence[Point]],
        weights: Mapping[str, int],
        units: list[list[str]],
        count: int,
        keep: Mapping[str, int],
    ) -> None:
        self.units = units
        self.count = count
        self.buildings = [_metres([point for key in unit for point in sites[key]], sites) for unit in units]
        self.centres = np.array([points.mean(axis=0) for points in self.buildings])
        self.weights = np.array([float(max(1, sum(weights[key] for key in unit))) for unit in units])
        self.target = float(self.weights.sum()) / count
        self.kept = np.array([_kept_by(unit, keep, count) for unit in units])

    @cached_property
    def distances(self) -> Floats:
        """Metres between every two units."""
        return np.asarray(np.linalg.norm(self.centres[:, None, :] - self.centres[None, :, :], axis=2))

    @cached_property
    def effort(self) -> Floats:
        """What a metre of way costs per unit: half for its size, half because every place is visited."""
        return np.asarray((self.weights + self.weights.mean()) / 2)

    @cached_property
    def keep_bonus(self) -> Floats:
        """What it costs a unit, per district, to leave the district it is in."""
        leaves = (self.kept[:, None] != np.arange(self.count)[None, :]) & (self.kept[:, None] >= 0)
        return np.asarray(leaves * (_KEEP_METRES * self.effort)[:, None])

    def loads(self, chosen: Indexes) -> Floats:
        return np.asarray(np.bincount(chosen, weights=self.weights, minlength=self.count), dtype=np.float64)

    def penalty(self, loads: Floats) -> Floats:
        """What an uneven load costs; a district without a school is never worth it."""
        outside = np.abs(loads - self.target) - AIM * self.target
        return np.asarray(np.maximum(outside, 0.0) * _PENALTY_METRES + (loads < 0.5) * _EMPTY_PENALTY)

    def costs(self, medoids: Indexes) -> Floats:
        """Cost of each unit in each district, given the unit in the middle of each district."""
        return np.asarray(self.distances[:, medoids] * self.effort[:, None] + self.keep_bonus)

    def medoids(self, chosen: Indexes) -> Indexes:
        """Per district the unit from which all others are nearest."""
        found = np.zeros(self.count, dtype=np.intp)
        for district in range(self.count):
            members = np.flatnonzero(chosen == district)
            if len(members):
                ways = (self.distances[np.ix_(members, members)] * self.effort[members][:, None]).sum(axis=0)
                found[district] = members[int(ways.argmin())]
        return found

    def cost(self, chosen: Indexes) -> float:
        ways = self.costs(self.medoids(chosen))[np.arange(len(chosen)), chosen].sum()
        return float(ways + self.penalty(self.loads(chosen)).sum())

    def shape(self, chosen: Indexes, district: int) -> DistrictShape:
        inside = [int(unit) for unit in np.flatnonzero(chosen == district)]
        points = np.concatenate([self.buildings[unit] for unit in inside]) if inside else np.zeros((0, 2))
        ways = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
        return DistrictShape(
            members=tuple(sorted(key for unit in inside for key in self.units[unit])),
            middle=self.units[int(self.medoids(chosen)[district])][0],
            load=int(self.weights[inside].sum()),
            longest_metres=round(float(ways.max(initial=0.0))),
            mean_metres=round(float(ways.mean(axis=0).min())) if len(points) else 0,
        )


def _metres(points: Sequence[Point], sites: Mapping[str, Sequence[Point]]) -> Floats:
    """Points on a plane. Across a city this errs by less than a metre per kilometre."""
    middle = float(np.mean([latitude for key in sorted(sites) for latitude, _ in sites[key]]))
    scale = math.cos(math.radians(middle))
    return np.array(
        [
            (math.radians(longitude) * scale * _EARTH_METRES, math.radians(latitude) * _EARTH_METRES)
            for latitude, longitude in points
        ]
    )


def _kept_by(unit: list[str], keep: Mapping[str, int], count: int) -> int:
    known = [keep[key] for key in unit if 0 <= keep.get(key, -1) < count]
    return known[0] if known else -1


def _today(problem: _Problem) -> list[Indexes]:
    """The districts of today as one start; who is in none goes to the nearest."""
    if not set(range(problem.count)) <= set(problem.kept.tolist()):
        return []
    centres = np.array([problem.centres[problem.kept == index].mean(axis=0) for index in range(problem.count)])
    nearest = np.linalg.norm(problem.centres[:, None, :] - centres[None, :, :], axis=2).argmin(axis=1)
    return [np.where(problem.kept >= 0, problem.kept, nearest)]


def _spread(problem: _Problem, rng: np.random.Generator) -> Floats:
    """k-means++: each further centre with a chance that grows with the squared distance to the others."""
    chosen = [int(rng.choice(len(problem.weights), p=problem.weights / problem.weights.sum()))]
    while len(chosen) < problem.count:
        nearest = problem.distances[:, chosen].min(axis=1) ** 2 * problem.weights
        nearest[chosen] = 0.0
        even = np.isin(np.arange(len(nearest)), chosen, invert=True).astype(float)
        chances = nearest if nearest.sum() > 0 else even
        chosen.append(int(rng.choice(len(nearest), p=chances / chances.sum())))
    return np.asarray(problem.centres[chosen])


def _power_diagram(problem: _Problem, centres: Floats) -> Indexes:
    """Nearest centre by squared distance plus a multiplier that is raised where the load is above target."""
    multipliers = np.zeros(problem.count)
    scale = float(np.median(problem.distances)) ** 2 / problem.count
    chosen = np.zeros(len(problem.weights), dtype=np.intp)
    for _ in range(_POWER_ROUNDS):
        squared = ((problem.centres[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        chosen = (squared + multipliers[None, :]).argmin(axis=1)
        multipliers += scale * (problem.loads(chosen) / problem.target - 1) / 4
        centres = _middles(problem, chosen, centres)
    return chosen


def _middles(problem: _Problem, chosen: Indexes, before: Floats) -> Floats:
    """The weighted middle of each district; one without members stays where it was."""
    effort = np.bincount(chosen, weights=problem.effort, minlength=problem.count)
    sums = [np.bincount(chosen, weights=problem.effort * axis, minlength=problem.count) for axis in problem.centres.T]
    filled = effort > 0
    return np.asarray(
        np.where(filled[:, None], np.stack(sums, axis=1) / np.where(filled, effort, 1.0)[:, None], before)
    )


def _descend(problem: _Problem, chosen: Indexes) -> Indexes:
    """Move and exchange units, then take new middles, until neither helps."""
    _fill_empty(problem, chosen)
    for _ in range(_DESCENT_ROUNDS):
        before = chosen.copy()
        _relocate_and_swap(problem, problem.costs(problem.medoids(chosen)), chosen)
        if np.array_equal(before, chosen):
            break
    return chosen


def _fill_empty(problem: _Problem, chosen: Indexes) -> None:
    """Give a district that got nobody the unit furthest from the middle of a district with several."""
    for district in np.setdiff1d(np.arange(problem.count), chosen):
        ways = problem.distances[np.arange(len(chosen)), problem.medoids(chosen)[chosen]]
        alone = np.bincount(chosen, minlength=problem.count)[chosen] == 1
        chosen[int(np.where(alone, -1.0, ways).argmax())] = district


def _relocate_and_swap(problem: _Problem, costs: Floats, chosen: Indexes) -> None:
    """Take the best move as long as one helps, and the best exchange when none does: it costs more to look for."""
    least = -1e-6 * float(costs[np.arange(len(chosen)), chosen].mean())
    for _ in range(4 * len(chosen)):
        loads = problem.loads(chosen)
        moves = _relocation_gains(problem, costs, chosen, loads)
        unit, district = np.unravel_index(int(moves.argmin()), moves.shape)
        if moves[unit, district] < least:
            chosen[unit] = district
            continue
        swaps = _swap_gains(problem, costs, chosen, loads)
        first, second = np.unravel_index(int(swaps.argmin()), swaps.shape)
        if swaps[first, second] >= least:
            return
        chosen[first], chosen[second] = chosen[second], chosen[first]


def _relocation_gains(problem: _Problem, costs: Floats, chosen: Indexes, loads: Floats) -> Floats:
    """Change of cost when unit i goes to district c."""
    everyone, weights, now = np.arange(len(chosen)), problem.weights, problem.penalty(loads)
    leaving = problem.penalty(loads[chosen] - weights) - now[chosen]
    arriving = problem.penalty(loads[None, :] + weights[:, None]) - now[None, :]
    gains = costs - costs[everyone, chosen][:, None] + leaving[:, None] + arriving
    gains[everyone, chosen] = 0.0
    return np.asarray(gains)


def _swap_gains(problem: _Problem, costs: Floats, chosen: Indexes, loads: Floats) -> Floats:
    """Change of cost when units i and j exchange their districts."""
    everyone, weights, now = np.arange(len(chosen)), problem.weights, problem.penalty(loads)
    there = costs[:, chosen] - costs[everyone, chosen][:, None]
    new_load = problem.penalty(loads[chosen][:, None] - weights[:, None] + weights[None, :]) - now[chosen][:, None]
    gains = there + there.T + new_load + new_load.T
    gains[chosen[:, None] == chosen[None, :]] = 0.0
    return np.asarray(gains)


def _numbered_from_the_north_west(problem: _Problem, chosen: Indexes) -> Indexes:
    """The same cut with numbers one can find on a map: from north to south, west before east."""
    middles = [problem.centres[chosen == district].mean(axis=0) for district in range(problem.count)]
    order = sorted(
        range(problem.count), key=lambda district: (-round(middles[district][1] / 3000), middles[district][0])
    )
    rank = {district: position for position, district in enumerate(order)}
    return np.array([rank[int(district)] for district in chosen], dtype=np.intp)
