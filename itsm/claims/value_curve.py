"""The value of a device over its expected use as a small picture, and the table beside it; pure.

Source: docs/rules/claims.md, CL-19.
"""

from dataclasses import dataclass, replace
from datetime import date

from itsm.claims.valuation import Inputs, months_later, value

# The picture, in its own units: the line lies between these corners.
LEFT, RIGHT, TOP, BOTTOM = 20, 460, 36, 160
_MOST_POINTS = 60
# Right of here a sum beside the marked day would leave the picture; so wide is one.
_SUM_WIDE = 95


@dataclass(frozen=True)
class Point:
    """A day, the value on it, and where it lies in the picture."""

    on: date
    cents: int
    x: float
    y: float


@dataclass(frozen=True)
class Curve:
    """The line, the marked day on it, and its yearly values with that day among them."""

    line: str
    first: Point
    marked: Point
    last: Point
    rows: tuple[Point, ...]

    @property
    def names_first(self) -> bool:
        """Whether the sum at the beginning has room beside that of the marked day."""
        return self.marked.x > LEFT + _SUM_WIDE

    @property
    def turns(self) -> bool:
        """Whether the sum of the marked day ends with the picture instead of standing beside its point."""
        return self.marked.x > RIGHT - _SUM_WIDE


def curve(inputs: Inputs) -> Curve:
    """Return the value from the first day in service to the end of the expected use, or to the day if that is later."""
    life, step = inputs.life_months, max(1, inputs.life_months // _MOST_POINTS)
    monthly = [months_later(inputs.in_service_on, month) for month in (*range(0, life, step), life)]
    yearly = [months_later(inputs.in_service_on, month) for month in range(0, life + 1, 12)]
    days = sorted({*monthly, *yearly, inputs.damaged_on})
    span = (days[-1] - days[0]).days
    points = {day: _point(inputs, day, (day - days[0]).days, span) for day in days}
    return Curve(
        line=" ".join(f"{point.x:.1f},{point.y:.1f}" for point in points.values()),
        first=points[days[0]],
        marked=points[inputs.damaged_on],
        last=points[days[-1]],
        rows=tuple(points[day] for day in sorted({*yearly, inputs.damaged_on})),
    )


def _point(inputs: Inputs, on: date, passed: int, span: int) -> Point:
    cents = value(replace(inputs, damaged_on=on)).cents
    share = cents / inputs.base_cents if inputs.base_cents else 0
    return Point(on, cents, LEFT + (RIGHT - LEFT) * passed / span, BOTTOM - (BOTTOM - TOP) * share)
