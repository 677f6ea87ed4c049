"""A plan as rows of a file: one per school and quarter."""

from collections.abc import Iterator

from itsm.assets.waves.summary import Summary

COLUMNS = ("Schulnummer", "Schule", "Schulform", "Jahr", "Quartal", "Geräte", "Geliefert", "Kosten in Euro")


def rows(summary: Summary) -> Iterator[tuple[str | int | float, ...]]:
    """Return the cells of each share, in the order of the quarters."""
    for share in summary.shares:
        yield (
            share.number,
            share.name,
            share.form,
            share.quarter.year,
            share.quarter.number,
            share.count,
            share.delivered,
            share.count * summary.price_cents / 100,
        )
