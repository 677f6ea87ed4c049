"""The tables the compiled search works on, and what their columns hold.

Numba keeps compiled code per file and does not see a change here: who changes this file touches kernel.py as well.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]

NEVER = 1 << 40
# The tour of a job that is left out.
OUT = -1

# Columns of the tables. Few wide tables instead of many arrays: each array costs a count of references per call.
SITE, DURATION, LEAVE = range(3)
DAY, ORIGIN, BASE, START, END, LATEST, NEEDS, PAUSE_FROM, PAUSE_TO, PAUSE, FROZEN = range(11)
SIZE, BACK, CENTS = range(3)
READY, RESTED, LIMIT, LIMIT_RESTED = range(4)
FIRST, LAST = range(2)
OPENS, CLOSES = range(2)


class Week(NamedTuple):
    """The question: tables of jobs (SITE to LEAVE) and of shifts (DAY to FROZEN), one row per tour.

    `spans` holds when jobs may begin (OPENS, CLOSES), `spans_of` per job and day which rows of it
    (FIRST, LAST). `price` is that of a job in a tour but for the drive, `foreign` that of an arrival
    per tour and site, `overtime` that of a second, `slack` that of a usual detour. `near` lists the
    nearest jobs of each, `rank` its places in the orders.
    """

    seconds: Shorts
    cents: Shorts
    foreign: Shorts
    jobs: Ints
    shifts: Ints
    price: Ints
    spans: Ints
    spans_of: Ints
    near: Shorts
    rank: Shorts
    overtime: float
    slack: float


class Tours(NamedTuple):
    """An answer: the tour of each job, SIZE, BACK and CENTS of each tour, its stops, and the times of each stop.

    READY and RESTED say when the stop before is left without and with the break behind, LIMIT and
    LIMIT_RESTED by when the stop must be reached so that the rest can be driven.
    """

    of: Ints
    heads: Ints
    stops: Shorts
    times: Ints


class Scratch(NamedTuple):
    """Room for one step: jobs to place, touched tours, the state of the random numbers, the best answer."""

    todo: Ints
    fresh: Ints
    touched: Ints
    changed: Ints
    random: NDArray[np.uint64]
    total: Ints
    best_heads: Ints
    best_stops: Shorts


def twin(tours: Tours) -> Tours:
    """Copy an answer."""
    return Tours(tours.of.copy(), tours.heads.copy(), tours.stops.copy(), tours.times.copy())


def scratch(week: Week, start: Tours, seed: int) -> Scratch:
    """Make room for a search from an answer on."""
    jobs, tours = week.price.shape
    cents = int(start.heads[:, CENTS].sum() + week.jobs[start.of == OUT, LEAVE].sum())
    # Neighbouring seeds shall not walk alike: spread them over all bits (Knuth), never zero.
    state = (seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % (1 << 64) | 1

    def blank(size: int) -> Ints:
        return np.zeros(size, np.int64)

    return Scratch(
        todo=blank(jobs),
        fresh=np.ones(jobs, np.int64),
        touched=blank(tours),
        changed=blank(tours),
        random=np.array([state], np.uint64),
        total=np.array([cents, cents], np.int64),
        best_heads=start.heads.copy(),
        best_stops=start.stops.copy(),
    )
