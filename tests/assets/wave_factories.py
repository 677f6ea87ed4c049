"""Waves of the tests: a plain factory with dull defaults. It commits, as a request would."""

from itertools import count
from typing import Any

from itsm.assets.kinds import Kind
from itsm.assets.models import Fairness, Wave, WaveShare
from itsm.core.db import db
from itsm.org.models import School
from tests.people import MONDAY, MONDAY_9AM

_numbers = count(1)


def make_wave(*schools: School, count: int = 24, quarter: tuple[int, int] = (2030, 1), **more: Any) -> Wave:
    """Save an ordered wave of iPads with a share of one quarter for each school."""
    year, number = quarter
    values: dict[str, Any] = {
        "name": f"Austausch {next(_numbers)}",
        "kind": Kind.IPAD,
        "first_year": year,
        "last_year": year,
        "quantity": count,
        "price_cents": 37_900,
        "fairness": Fairness.OLDEST_FIRST,
        "stock_on": MONDAY,
        "created_at": MONDAY_9AM,
        "ordered_at": MONDAY_9AM,
        "left_over": {str(year): 5},
        "shares": [WaveShare(school=school, year=year, quarter=number, count=count) for school in schools],
    }
    wave = Wave(**(values | more))
    db.session.add(wave)
    db.session.commit()
    return wave
