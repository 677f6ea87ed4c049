"""Sheets of labels one can buy: how many on an A4 page, how large, how far apart.

Source: docs/rules/labels.md, LB-4 (the makers' templates; every grid is centred on its page).
"""

from dataclasses import dataclass
from enum import StrEnum

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210.0, 297.0


class Format(StrEnum):
    """The sheets on offer, by the name of the first one we know of."""

    L4732 = "L4732"
    L4778 = "L4778"
    L6011 = "L6011"
    L4773 = "L4773"
    Z3490 = "3490"


@dataclass(frozen=True)
class Grid:
    """The labels of a sheet; rows touch each other, columns lie `gap_mm` apart."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    gap_mm: float
    what: str

    @property
    def labels(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    @property
    def words(self) -> str:
        """What the sheet is, in words."""
        return f"{self.what}, {self.labels} je Bogen"

    def corner_mm(self, position: int) -> tuple[float, float]:
        """Return the distance of a label from the left and the upper edge; positions run by rows, from 0."""
        row, column = divmod(position, self.columns)
        left = (PAGE_WIDTH_MM - self.columns * self.width_mm - (self.columns - 1) * self.gap_mm) / 2
        top = (PAGE_HEIGHT_MM - self.rows * self.height_mm) / 2
        return left + column * (self.width_mm + self.gap_mm), top + row * self.height_mm


# The makers count in inches: a gap of 2,54 mm, heights in steps of 1/6 inch.
GRIDS = {
    Format.L4732: Grid(5, 16, 35.56, 16.93, 2.54, "35,6 × 16,9 mm, ablösbar"),
    Format.L4778: Grid(4, 12, 45.72, 21.17, 2.54, "45,7 × 21,2 mm, wetterfest"),
    Format.L6011: Grid(3, 9, 63.5, 29.63, 2.54, "63,5 × 29,6 mm, Typenschild"),
    Format.L4773: Grid(3, 8, 63.5, 33.87, 2.54, "63,5 × 33,9 mm, wetterfest"),
    Format.Z3490: Grid(3, 8, 70.0, 36.0, 0.0, "70 × 36 mm, ohne Rand"),
}
