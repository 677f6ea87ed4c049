"""How long the drives between all schools of a city take to estimate."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench import table
from itsm.dispatch.distance import Place, Travel, tables

SITES = (178, 1780)


@dataclass(frozen=True)
class Row:
    """A table of so many sites."""

    sites: int
    cpu_seconds: float


def rows() -> list[Row]:
    """Estimate the drives between places scattered over a city."""
    return [_row(count) for count in SITES]


def _row(count: int) -> Row:
    spots = np.random.default_rng(1).uniform((51.42, 7.30), (51.60, 7.64), (count, 2))
    places = [Place(float(lat), float(lon)) for lat, lon in spots]
    begun = time.process_time()
    tables(places, Travel())
    return Row(count, time.process_time() - begun)


def lines(measured: Sequence[Row]) -> list[str]:
    """The rows as a table."""
    heads = ("Fahrzeiten", "CPU s")
    return table.lines(heads, [(f"{row.sites} × {row.sites}", table.number(row.cpu_seconds, 2)) for row in measured])
