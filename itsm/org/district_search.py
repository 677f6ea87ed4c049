"""The search for a cut: middles by exchange, loads by flow, then whole units by relocation and swap. Pure.

Source: docs/rules/schools.md, SC-12. A capacitated p-median problem with a band of loads: Lorena and Senne 2004
alternate assignment and medians; here the assignment is a flow (district_flow), so loads are level from the start.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from itsm.org.district_flow import Flow, Transport

Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]

# The search keeps a little inside the promised five per cent, so that a rounded figure never shows more.
AIM = 0.0499
# How many times the longest way a unit of load outside the band costs: at first, and where that is too little.
USUAL, FIRM = 4.0, 20.0
STARTS, EXCHANGES, ROUNDED = 10, 60, 5
# Work for a city of ordinary size: units times districts. A larger one gets fewer tries, never fewer than these.
_ORDINARY = 2_500
_LEAST_TRIES = 3
_ROUNDS = 12
# A set of middles that far from the best one after its second flow is not followed further.
_HOPELESS = 1.05
_FORBIDDEN = 1e13
_EMPTY = 1e15


class Problem:
    """The numbers of one cut: a unit is one or more schools that cannot be separated.

    Units: centres and `keep_metres` in metres, weights and targets in the unit of the weights. `kept` and `forced` hold
    a district or -1.
    """

    def __init__(
        self,
        centres: Floats,
        weights: Floats,
        targets: Floats,
        kept: Indexes,
        forced: Indexes,
        keep_metres: float,
        firmness: float = USUAL,
    ) -> None:
        self.centres, self.weights, self.targets = centres, weights, targets
        self.kept, self.forced, self.keep_metres = kept, forced, keep_metres
        self.firmness = firmness
        self.count = len(targets)
        self.everyone = np.arange(len(weights))

    @cached_property
    def distances(self) -> Floats:
        """Metres between every two units."""
        return np.asarray(np.linalg.norm(self.centres[:, None, :] - self.centres[None, :, :], axis=2))

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Which unit may go to which district."""
        free = self.forced[:, None] < 0
        return np.asarray(free | (self.forced[:, None] == np.arange(self.count)[None, :]))

    @cached_property
    def extra(self) -> Floats:
        """What a choice costs besides the way: leaving the district of today, or one it may not leave.

        Half of the price is the same for every school, so that few schools change and not few pupils.
        """
        leaves = (self.kept[:, None] != np.arange(self.count)[None, :]) & (self.kept[:, None] >= 0)
        price = self.keep_metres * (self.weights + self.weights.mean()) / 2
        return np.asarray(leaves * price[:, None] + ~self.allowed * _FORBIDDEN)

    @cached_property
    def penalty_metres(self) -> float:
        """What a unit of load outside the band costs: more than any way, and any leaving, could save."""
        return float(self.firmness * (self.distances.max(initial=1.0) + self.keep_metres) + 1)

    def outside(self, chosen: Indexes) -> float:
        """The load that lies outside the band, over all districts."""
        return float(np.maximum(np.abs(self.loads(chosen) - self.targets) - AIM * self.targets, 0.0).sum())

    @property
    def firmer(self) -> "Problem":
        """The same cut at a price of uneven loads for which whole schools change places."""
        return Problem(
            self.centres, self.weights, self.targets, self.kept, self.forced, self.keep_metres, firmness=FIRM
        )

    def loads(self, chosen: Indexes) -> Floats:
        """The load of each district."""
        return np.asarray(np.bincount(chosen, weights=self.weights, minlength=self.count), dtype=np.float64)

    def penalty(self, loads: Floats, targets: Floats) -> Floats:
        """What uneven loads cost; a district without a school is never worth it."""
        outside = np.abs(loads - targets) - AIM * targets
        return np.asarray(np.maximum(outside, 0.0) * self.penalty_metres + (loads < 0.5 * self.least) * _EMPTY)

    @cached_property
    def least(self) -> float:
        """The smallest weight."""
        return float(self.weights.min())

    def costs(self, middles: Indexes) -> Floats:
        """Cost of each unit in each district, given the unit in the middle of each district."""
        return np.asarray(self.distances[:, middles] * self.weights[:, None] + self.extra)

    def middles(self, chosen: Indexes) -> Indexes:
        """Per district the member from which all others are nearest."""
        found = np.zeros(self.count, dtype=np.intp)
        for district in range(self.count):
            members = np.flatnonzero(chosen == district)
            if len(members):
                ways = self.weights[members] @ self.distances[np.ix_(members, members)]
                found[district] = members[int(ways.argmin())]
        return found

    def ways(self, chosen: Indexes) -> Floats:
        """The weighted metres of each unit to the middle of its district."""
        return np.asarray(self.distances[self.everyone, self.middles(chosen)[chosen]] * self.weights)

    def cost(self, chosen: Indexes) -> float:
        """What the search makes small."""
        extra = self.extra[self.everyone, chosen].sum()
        return float(self.ways(chosen).sum() + extra + self.penalty(self.loads(chosen), self.targets).sum())


def search(problem: Problem, seed: int) -> Indexes:
    """The best cut found: a district for each unit. The same seed gives the same cut.

    Where the usual price of uneven loads leaves some outside the band, a firmer one is tried as well.
    """
    found = _search(problem, seed)
    if problem.outside(found) == 0:
        return found
    return min([found, _search(problem.firmer, seed)], key=lambda cut: (problem.outside(cut), problem.cost(cut)))


def _search(problem: Problem, seed: int) -> Indexes:
    rng = np.random.default_rng(seed)
    effort = min(1.0, _ORDINARY / (len(problem.weights) * problem.count))
    band = problem.targets * (1 - AIM), problem.targets * (1 + AIM)
    transport = Transport(problem.weights, *band, problem.penalty_metres, problem.allowed)
    tried = _Tried(problem, transport)
    for middles in _today(problem):
        tried.settle(middles)
    for _ in range(max(_LEAST_TRIES, round(STARTS * effort))):
        tried.settle(_named(problem, _spread(problem, rng)))
    for _ in range(max(_LEAST_TRIES, round(EXCHANGES * effort))):
        tried.settle(_exchanged(problem, tried.best, rng))
    near = tried.ranked[:ROUNDED]
    # The set with the best flow and the one that rounds best; often they are the same.
    sets = {near[0], min(near, key=lambda middles: problem.cost(tried.rounded(middles)))}
    return min([*map(tried.whole, sorted(sets)), *_kept(problem)], key=problem.cost)


class _Tried:
    """Sets of middles with their flows, best first."""

    def __init__(self, problem: Problem, transport: Transport) -> None:
        self.problem, self.transport = problem, transport
        self.flows: dict[tuple[int, ...], Flow] = {}
        self.lowest = float("inf")

    @property
    def ranked(self) -> list[tuple[int, ...]]:
        return sorted(self.flows, key=lambda middles: (self.flows[middles].cost, middles))

    @property
    def best(self) -> Indexes:
        return np.array(self.ranked[0], dtype=np.intp)

    def settle(self, middles: Indexes) -> None:
        """Flow to the middles, take the middles of what flowed, until they stay where they are."""
        for round_ in range(_ROUNDS):
            flow = self.transport.relaxed(self.problem.costs(middles))
            known = self.flows.get(tuple(middles.tolist()))
            self.flows[tuple(middles.tolist())] = flow
            moved = self.problem.distances @ (self.problem.weights[:, None] * flow.shares)
            following = np.asarray(moved.argmin(axis=0), dtype=np.intp)
            hopeless = round_ > 0 and flow.cost > _HOPELESS * self.lowest
            self.lowest = min(self.lowest, flow.cost)
            if known or hopeless or len(set(following.tolist())) < len(following) or np.array_equal(following, middles):
                return
            middles = following

    def rounded(self, middles: tuple[int, ...]) -> Indexes:
        """The flow without split units by relocation and swap."""
        return _descend(self.problem, np.asarray(self.flows[middles].shares.argmax(axis=1), dtype=np.intp))

    def whole(self, middles: tuple[int, ...]) -> Indexes:
        """The flow without split units, searched through; it takes its time, so only the best set gets it."""
        problem, costs = self.problem, self.problem.costs(np.array(middles, dtype=np.intp))
        rounded = self.rounded(middles)
        extra = costs[problem.everyone, rounded].sum() + problem.penalty(problem.loads(rounded), problem.targets).sum()
        exact = self.transport.whole(costs, self.flows[middles], float(extra))
        found = [rounded] if exact is None else [rounded, _descend(problem, exact)]
        return min(found, key=problem.cost)


def _today(problem: Problem) -> list[Indexes]:
    """The middles of today, if every district has one."""
    if not set(range(problem.count)) <= set(problem.kept.tolist()):
        return []
    return [problem.middles(problem.kept)]


def _kept(problem: Problem) -> list[Indexes]:
    """The districts of today with as few moves as the band needs; who is in none goes to the nearest."""
    return [
        _descend(problem, np.where(problem.kept >= 0, problem.kept, problem.costs(middles).argmin(axis=1)))
        for middles in _today(problem)
    ]


def _spread(problem: Problem, rng: np.random.Generator) -> Indexes:
    """k-means++: each further middle with a chance that grows with the squared distance to the others."""
    chosen = [int(rng.choice(len(problem.weights), p=problem.weights / problem.weights.sum()))]
    while len(chosen) < problem.count:
        chosen.append(_far_from(problem, np.array(chosen), 2, rng))
    return np.array(chosen, dtype=np.intp)


def _far_from(problem: Problem, chosen: Indexes, power: int, rng: np.random.Generator) -> int:
    chances = problem.distances[:, chosen].min(axis=1) ** power * problem.weights
    chances[chosen] = 0.0
    if not chances.sum() > 0:
        chances = np.isin(problem.everyone, chosen, invert=True).astype(float)
    return int(rng.choice(len(chances), p=chances / chances.sum()))


def _named(problem: Problem, middles: Indexes) -> Indexes:
    """The same middles in the order in which the districts of today lie nearest to them."""
    known = np.where(problem.forced >= 0, problem.forced, problem.kept)
    if (known < 0).all():
        return middles
    ways = np.zeros((problem.count, problem.count))
    for district in range(problem.count):
        members = known == district
        ways[:, district] = problem.weights[members] @ problem.distances[np.ix_(members, middles)]
    one = np.ones(problem.count)
    flow = Transport(one, one, one, float(ways.max() + 1), np.ones(ways.shape, dtype=bool)).relaxed(ways)
    return np.asarray(middles[flow.shares.argmax(axis=0)])


def _exchanged(problem: Problem, middles: Indexes, rng: np.random.Generator) -> Indexes:
    """One middle goes elsewhere, where the way to the others is far; sometimes two districts trade places."""
    changed = middles.copy()
    first, second = rng.choice(problem.count, size=2) if problem.count > 1 else (0, 0)
    if first != second and rng.random() < 0.25 and np.ptp(problem.targets) > 0:
        changed[[first, second]] = changed[[second, first]]
        return changed
    others = np.delete(changed, first)
    if len(others):
        changed[first] = _far_from(problem, others, 1, rng)
    return changed


def _descend(problem: Problem, chosen: Indexes) -> Indexes:
    """Move and exchange units, then take new middles, until neither helps."""
    chosen = np.where(problem.forced >= 0, problem.forced, chosen).astype(np.intp)
    _fill_empty(problem, chosen)
    for _ in range(_ROUNDS):
        before = chosen.copy()
        _relocate_and_swap(problem, problem.costs(problem.middles(chosen)), chosen)
        if np.array_equal(before, chosen):
            break
    return chosen


def _fill_empty(problem: Problem, chosen: Indexes) -> None:
    """Give a district that got nobody the unit furthest from the middle of a district with several."""
    for district in np.setdiff1d(np.arange(problem.count), chosen):
        ways = problem.distances[problem.everyone, problem.middles(chosen)[chosen]]
        alone = np.bincount(chosen, minlength=problem.count)[chosen] == 1
        chosen[int(np.where(alone | (problem.forced >= 0), -1.0, ways).argmax())] = district


def _relocate_and_swap(problem: Problem, costs: Floats, chosen: Indexes) -> None:
    """Take the best move as long as one helps, and the best exchange when none does: it costs more to look for."""
    least = -1e-6 * float(problem.weights.mean() * problem.distances.mean() + 1e-9)
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


def _relocation_gains(problem: Problem, costs: Floats, chosen: Indexes, loads: Floats) -> Floats:
    """Change of cost when unit i goes to district c."""
    weights, targets, now = problem.weights, problem.targets, problem.penalty(loads, problem.targets)
    leaving = problem.penalty(loads[chosen] - weights, targets[chosen]) - now[chosen]
    arriving = problem.penalty(loads[None, :] + weights[:, None], targets[None, :]) - now[None, :]
    gains = costs - costs[problem.everyone, chosen][:, None] + leaving[:, None] + arriving
    gains[problem.everyone, chosen] = 0.0
    return np.asarray(gains)


def _swap_gains(problem: Problem, costs: Floats, chosen: Indexes, loads: Floats) -> Floats:
    """Change of cost when units i and j exchange their districts."""
    weights, targets, now = problem.weights, problem.targets[chosen], problem.penalty(loads, problem.targets)
    there = costs[:, chosen] - costs[problem.everyone, chosen][:, None]
    new_loads = loads[chosen][:, None] - weights[:, None] + weights[None, :]
    new_load = problem.penalty(new_loads, targets[:, None]) - now[chosen][:, None]
    gains = there + there.T + new_load + new_load.T
    gains[chosen[:, None] == chosen[None, :]] = 0.0
    return np.asarray(gains)
