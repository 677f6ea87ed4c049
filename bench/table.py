"""Plain tables: the first column to the left, all others to the right."""

from collections.abc import Sequence


def lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows under their heads, each column as wide as its widest text."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return [
        "  ".join(
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (heads, *rows)
    ]


def number(value: float | None, digits: int = 3) -> str:
    """A German number; nothing where there is none."""
    return "–" if value is None else f"{value:.{digits}f}".replace(".", ",")
