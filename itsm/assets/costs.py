"""What a device has cost since its purchase; higher packages add what only they know.

Source: docs/rules/devices.md, DV-5.
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from itsm.assets.models import DeviceCost
from itsm.core.db import db

# Devices → cents spent on each; one query however many there are.
Source = Callable[[Sequence[int]], dict[int, int]]

_sources: dict[str, Source] = {}


def add_source(label: str, source: Source) -> None:
    """Let a higher package say what else was spent, under a name people read."""
    _sources[label] = source


def spent_cents(device_ids: Sequence[int]) -> dict[str, dict[int, int]]:
    """Return for each source what was spent on each of these devices; one query per source."""
    return {label: source(device_ids) for label, source in _sources.items()}


def _entered(device_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(DeviceCost.device_id, sa.func.sum(DeviceCost.cents))
        .where(DeviceCost.device_id.in_(device_ids))
        .group_by(DeviceCost.device_id)
    )
    return {device_id: int(cents) for device_id, cents in rows}


add_source("Teile und Reparaturen", _entered)
