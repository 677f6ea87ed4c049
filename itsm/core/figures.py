"""Figures a clerk may change: dated values with a plain name, edited on one page."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model, db


@dataclass(frozen=True)
class Figure:
    """A number the product uses, its plain name, its unit and the value it starts with."""

    key: str
    label: str
    unit: str
    default: float
    lowest: float = 0
    highest: float = 1_000_000


class FigureValue(Model):
    """The value of a figure from a day on; older values stay for what was decided under them."""

    __tablename__ = "figure_value"

    key: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
    changed_by: Mapped[str] = mapped_column(default="")


FIGURES: dict[str, Figure] = {}


def define(*figures: Figure) -> None:
    """Make figures known, so that they can be read and edited."""
    FIGURES.update((figure.key, figure) for figure in figures)


def values(prefix: str, on: date) -> dict[str, float]:
    """Return every figure whose key starts with `prefix`, as it holds on that day; one query."""
    found = {key: figure.default for key, figure in FIGURES.items() if key.startswith(prefix)}
    rows = db.session.execute(
        sa.select(FigureValue.key, FigureValue.value)
        .where(FigureValue.key.startswith(prefix, autoescape=True), FigureValue.valid_from <= on)
        .order_by(FigureValue.valid_from)
    )
    found.update((key, value) for key, value in rows if key in found)
    return found


def value(key: str, on: date) -> float:
    """Return one figure as it holds on that day."""
    return values(key, on)[key]


def held(key: str, on: date) -> sa.ColumnElement[float]:
    """Return one figure as it holds on that day, for a select that uses it."""
    latest = (
        sa.select(FigureValue.value)
        .where(FigureValue.key == key, FigureValue.valid_from <= on)
        .order_by(FigureValue.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.func.coalesce(latest, FIGURES[key].default)
