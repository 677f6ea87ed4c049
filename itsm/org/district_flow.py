"""Who goes to which middle at the least way, every load inside its band: a flow solved by HiGHS. Pure.

Source: docs/rules/schools.md, SC-12. With the middles given, this is a transportation problem with a lower and an
upper bound per district. Its linear relaxation leaves few units split, and its reduced costs say which choices can
still be part of a better whole solution, so that the search over whole units is small.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The search over whole units looks at so many choices besides one for each: the most promising ones.
_MORE_CHOICES = 220
_MOST_NODES = 40
_GAP = 2e-3


@dataclass(frozen=True)
class Flow:
    """Shares of each unit per district, their cost, and what each choice not taken would cost more."""

    cost: float
    shares: Floats
    reduced: Floats


class Transport:
    """The transportation problem of one city; only the costs change from call to call, so each starts warm.

    `lowest` and `highest` bound the load of each district; a load outside costs `penalty` per unit of load, so that
    there is always an answer. `allowed` says which unit may go to which district.
    """

    def __init__(
        self, weights: Floats, lowest: Floats, highest: Floats, penalty: float, allowed: NDArray[np.bool_]
    ) -> None:
        self._scale = float(weights.mean())
        self._weights = weights / self._scale
        self._band = lowest / self._scale, highest / self._scale
        self._penalty = penalty
        self._allowed = allowed
        self._all = np.ones(allowed.shape, dtype=bool)
        self._cost_scale = 1.0 / max(penalty, 1e-9)
        self._warm = self._model(self._all, np.zeros(allowed.shape), whole=False)
        self._columns = np.arange(allowed.size, dtype=np.int32)

    def relaxed(self, costs: Floats) -> Flow:
        """The cheapest flow; a few units may be split between districts."""
        scaled = self._scaled(costs)
        self._warm.changeColsCost(costs.size, self._columns, scaled.ravel())
        self._warm.run()
        solution = self._warm.getSolution()
        size, back = costs.size, self._scale / self._cost_scale
        return Flow(
            cost=float(self._warm.getInfo().objective_function_value) * back,
            shares=np.array(solution.col_value[:size]).reshape(costs.shape),
            reduced=np.array(solution.col_dual[:size]).reshape(costs.shape) * back,
        )

    def whole(self, costs: Floats, flow: Flow, most: float) -> NDArray[np.intp] | None:
        """The cheapest flow without split units that costs less than `most`; None if none was found.

        A choice whose reduced cost exceeds the distance between both bounds cannot be part of it.
        """
        reduced = np.where(self._allowed, flow.reduced, np.inf)
        most_choices = len(costs) + _MORE_CHOICES
        dearest = (
            np.partition(reduced, most_choices, axis=None)[most_choices] if reduced.size > most_choices else np.inf
        )
        open_choices = self._allowed & (reduced <= min(most - flow.cost, float(dearest)))
        if not open_choices.any(axis=1).all():
            return None
        solver = self._model(open_choices, self._scaled(costs), whole=True)
        solver.run()
        values = solver.getSolution().col_value
        if not len(values):
            return None
        shares = np.zeros(costs.shape)
        shares[open_choices] = values[: int(open_choices.sum())]
        found = np.asarray(shares.argmax(axis=1), dtype=np.intp)
        return found if shares.max(axis=1).min() > 0.5 else None

    def _scaled(self, costs: Floats) -> Floats:
        # Numbers near one: the solver's tolerances are absolute.
        return np.asarray(np.where(self._allowed, costs, 0.0) * (self._cost_scale / self._scale))

    def _model(self, choices: NDArray[np.bool_], costs: Floats, *, whole: bool) -> Any:
        # Loading HiGHS takes a fifth of a second; most processes never solve anything.
        import highspy

        units, districts = choices.shape
        rows, columns = np.nonzero(choices)
        size = len(rows)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size + 2 * districts, units + districts
        model.col_cost_ = np.concatenate([costs[choices], np.full(2 * districts, self._penalty * self._cost_scale)])
        model.col_lower_ = np.zeros(model.num_col_)
        upper = self._allowed[choices].astype(float)
        model.col_upper_ = np.concatenate([upper, np.full(2 * districts, 2 * self._weights.sum())])
        model.row_lower_ = np.concatenate([np.ones(units), self._band[0]])
        model.row_upper_ = np.concatenate([np.ones(units), self._band[1]])
        each = units + np.arange(districts)
        pairs = np.column_stack([rows, units + columns]).ravel()
        values = np.column_stack([np.ones(size), self._weights[rows]]).ravel()
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        starts = np.concatenate([np.arange(size) * 2, 2 * size + np.arange(2 * districts + 1)])
        model.a_matrix_.start_ = starts.astype(np.int32)
        model.a_matrix_.index_ = np.concatenate([pairs, each, each]).astype(np.int32)
        model.a_matrix_.value_ = np.concatenate([values, np.ones(districts), -np.ones(districts)])
        if whole:
            kinds = [highspy.HighsVarType.kInteger] * size + [highspy.HighsVarType.kContinuous] * (2 * districts)
            model.integrality_ = kinds
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        # One thread and a limit of nodes, never of time: the same city gives the same cut on any machine.
        options = {"output_flag": False, "threads": 1, "presolve": "on" if whole else "off"}
        for name, value in (options | ({"mip_max_nodes": _MOST_NODES, "mip_rel_gap": _GAP} if whole else {})).items():
            solver.setOptionValue(name, value)
        solver.passModel(model)
        return solver
