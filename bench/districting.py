"""How near the proposed districts come to what is possible: two invented cities, with a proven lower bound.

The bound is Lagrangian: without the demand that every unit is served exactly once, each middle picks the units worth
most to it inside the band of loads, split where that is cheaper. No cut inside the band can cost less.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itsm.org.districting import BAND, Partition, Point, partition

Floats = NDArray[np.float64]

SITES, DISTRICTS = 178, 11
ITERATIONS = 1_500
# So many rounds without a better bound halve the step.
_PATIENCE = 25


@dataclass(frozen=True)
class Row:
    """One city: how far above the bound, how level, how long, and how many schools a later cut moves.

    `moved` after workloads changed, with the price for leaving; `moved_freely` without it.
    """

    city: str
    above_bound_percent: float
    deviation_percent: float
    cpu_seconds: float
    moved: int
    moved_freely: int


def rows() -> list[Row]:
    """Cut both cities, bound them, and cut them again after the numbers of pupils have changed."""
    return [_row(f"Stadt {name}", seed) for name, seed in (("A", 2), ("B", 4))]


def lines(measured: list[Row]) -> list[str]:
    """The rows as a table."""
    heads = f"{'Bezirke':10}{'über Schranke':>15}{'Abweichung':>12}{'CPU':>9}{'Umzüge':>9}{'ohne Erhalt':>13}"
    return [
        heads,
        *(
            f"{row.city:10}{row.above_bound_percent:>13.1f} %{row.deviation_percent:>10.1f} %"
            f"{row.cpu_seconds:>7.1f} s{row.moved:>9}{row.moved_freely:>13}"
            for row in measured
        ),
    ]


def invented_city(seed: int) -> tuple[dict[str, list[Point]], dict[str, int]]:
    """Quarters and scattered schools in a city of 24 by 20 kilometres; sizes as skewed as real ones."""
    rng = np.random.default_rng(seed)
    quarters = rng.uniform(0, 1, (8, 2))
    near = quarters[rng.integers(8, size=SITES)] + rng.normal(0, 0.07, (SITES, 2))
    spots = np.where(rng.random((SITES, 1)) < 0.6, near, rng.uniform(0, 1, (SITES, 2)))
    sizes = np.clip(np.exp(rng.normal(5.8, 0.5, SITES)), 60, 1400).astype(int)
    keys = [f"{100000 + index}" for index in range(SITES)]
    sites: dict[str, list[Point]] = {
        key: [(51.42 + 0.18 * float(north), 7.3 + 0.34 * float(east))]
        for key, (north, east) in zip(keys, spots, strict=True)
    }
    return sites, dict(zip(keys, map(int, sizes), strict=True))


def lower_bound(sites: dict[str, list[Point]], weights: dict[str, int], count: int, known: float) -> float:
    """Weighted metres below which no cut of these schools with loads inside the band can lie.

    `known` is the cost of a cut; it only sets the length of the steps.
    """
    points = np.radians([sites[key][0] for key in sites])
    points[:, 1] *= np.cos(points[:, 0].mean())
    metres = 6_371_000.0 * np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    load = np.array([float(weights[key]) for key in sites])
    band = load.sum() / count * np.array([1 - BAND, 1 + BAND])
    prices = load * np.sort(metres, axis=1)[:, len(load) // count] * 0.8
    best, best_prices, step, waited, direction = -np.inf, prices, 1.0, 0, np.zeros(len(load))
    for _ in range(ITERATIONS):
        value, gap = _relaxed(metres, load, band, count, prices)
        if value > best:
            best, best_prices, waited = value, prices, 0
        elif (waited := waited + 1) >= _PATIENCE:
            step, waited, prices = step / 1.6, 0, best_prices
        direction = 0.3 * direction + 0.7 * gap
        prices = prices + step * max(known - value, 0.0) / max(float(direction @ direction), 1e-9) * direction
    return float(best)


def _relaxed(metres: Floats, load: Floats, band: Floats, count: int, prices: Floats) -> tuple[float, Floats]:
    """The best `count` middles when serving unit i is worth `prices[i]`, and by how much each unit is served amiss."""
    worth = metres - (prices / load)[:, None]
    order = np.argsort(worth, axis=0)
    sorted_worth, sorted_load = np.take_along_axis(worth, order, 0), load[order]
    before = np.cumsum(sorted_load, axis=0) - sorted_load
    wanted = np.clip((sorted_load * (sorted_worth < 0)).sum(axis=0), *band)
    taken = np.clip(wanted - before, 0.0, sorted_load)
    values = (taken * sorted_worth).sum(axis=0)
    middles = np.argpartition(values, count)[:count]
    served = np.zeros((len(load), count))
    served[order[:, middles], np.arange(count)] = taken[:, middles]
    return float(prices.sum() + values[middles].sum()), np.asarray(1.0 - served.sum(axis=1) / load)


def _row(name: str, seed: int) -> Row:
    sites, weights = invented_city(seed)
    start = time.process_time()
    cut = partition(sites, weights, DISTRICTS)
    seconds = time.process_time() - start
    bound = lower_bound(sites, weights, DISTRICTS, cut.weighted_metres)
    rng = np.random.default_rng(seed)
    grown = {key: max(60, round(weight * float(np.exp(rng.normal(0, 0.15))))) for key, weight in weights.items()}
    return Row(
        city=name,
        above_bound_percent=100 * (cut.weighted_metres / bound - 1),
        deviation_percent=100 * cut.worst_deviation,
        cpu_seconds=seconds,
        moved=_moved(cut, partition(sites, grown, DISTRICTS, keep=cut.assignment)),
        moved_freely=_moved(cut, partition(sites, grown, DISTRICTS, keep=cut.assignment, keep_metres=0)),
    )


def _moved(before: Partition, after: Partition) -> int:
    return sum(after.assignment[key] != district for key, district in before.assignment.items())


if __name__ == "__main__":
    print("\n".join(lines(rows())))
