"""The fewest trips that carry given numbers of devices, then the shortest: solved exactly by HiGHS. Pure.

Source: docs/rules/entitlement.md, EN-8. A trip is a pair of schools that something is carried between: the
transportation problem with a fixed charge per pair. Fit for a dozen schools; `redistribution` cuts larger cities.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

Loads = dict[tuple[int, int], int]


def fewest(surplus: Sequence[int], gaps: Sequence[int], metres: Sequence[Sequence[int]]) -> Loads:
    """Return how many devices go from which surplus to which gap: all that are possible.

    The scarcer side is used up. Among all ways to do so: as few pairs as possible, among those the least metres.
    """
    pairs = list(product(range(len(surplus)), range(len(gaps))))
    if not pairs:
        return {}
    # First which trips, with loads in parts of a device, which is far quicker; then what each of them carries.
    trips = _solved(_model(surplus, gaps, metres, pairs), whole=False)[len(pairs) :]
    chosen = [pair for pair, is_made in zip(pairs, trips, strict=True) if is_made > 0.5]
    loads = _solved(_model(surplus, gaps, metres, chosen), whole=True)[: len(chosen)]
    return {pair: round(load) for pair, load in zip(chosen, loads, strict=True)}


def cost(loads: Loads, metres: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return what makes one plan better than another: its pairs, then the metres between them."""
    return len(loads), sum(metres[here][there] for here, there in loads)


def _model(
    surplus: Sequence[int], gaps: Sequence[int], metres: Sequence[Sequence[int]], pairs: Sequence[tuple[int, int]]
) -> Any:
    """One column per pair for the load, one for the trip; rows for both sides, and no load without its trip."""
    # Loading HiGHS takes a fifth of a second; most processes never solve anything.
    import highspy

    size, givers, sides = len(pairs), len(surplus), len(surplus) + len(gaps)
    most = np.array([min(surplus[here], gaps[there]) for here, there in pairs], dtype=float)
    matrix = np.zeros((sides + size, 2 * size))
    for column, (here, there) in enumerate(pairs):
        matrix[[here, givers + there, sides + column], column] = 1
        matrix[sides + column, size + column] = -most[column]
    # One trip less outweighs all metres: the cheapest plan never has a circle, so never more trips than this.
    fixed = (sides - 1) * max(map(max, metres)) + 1
    both = np.array([*surplus, *gaps], dtype=float)
    used_up = both.copy()
    used_up[slice(givers, None) if sum(surplus) <= sum(gaps) else slice(0, givers)] = 0
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = 2 * size, sides + size
    model.col_cost_ = np.array([0.0] * size + [float(fixed + metres[here][there]) for here, there in pairs])
    model.col_lower_, model.col_upper_ = np.zeros(2 * size), np.concatenate([most, np.ones(size)])
    model.row_lower_ = np.concatenate([used_up, np.full(size, -highspy.kHighsInf)])
    model.row_upper_ = np.concatenate([both, np.zeros(size)])
    columns, rows = np.nonzero(matrix.T)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.searchsorted(columns, np.arange(2 * size + 1)).astype(np.int32)
    model.a_matrix_.index_ = rows.astype(np.int32)
    model.a_matrix_.value_ = matrix.T[columns, rows]
    return model


def _solved(model: Any, *, whole: bool) -> list[float]:
    """The columns of the cheapest solution; trips are always whole, loads only if `whole`."""
    import highspy

    size = model.num_col_ // 2
    parts = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
    model.integrality_ = [parts] * size + [highspy.HighsVarType.kInteger] * size
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    # One thread and no limit of time: the same schools give the same trips on any machine.
    options = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    return list(solver.getSolution().col_value)
