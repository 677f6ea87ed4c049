"""Compile the search ahead, so that the first plan does not wait: python -m itsm.dispatch.planner.week.warm."""

import numpy as np

from itsm.dispatch.planner.week.model import Job, Problem, Shift, Worker
from itsm.dispatch.planner.week.solve import Budget, solve


def warm_up() -> None:
    """Plan one job of one worker."""
    nowhere = np.zeros((1, 1), np.int64)
    worker = Worker("worker", 0, 0, (Shift(0, 0, 3600),))
    job = Job("job", 0, 0, 60, ((0, 3600),), 1, (0,))
    solve(Problem(1, (0,), (worker,), (job,), nowhere, nowhere), Budget(iterations=1))


if __name__ == "__main__":
    warm_up()
