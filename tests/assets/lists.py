"""Device lists of the tests."""

from io import BytesIO
from typing import Any

from itsm.assets.importing import mapping as mappings
from itsm.assets.importing import takeover
from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.reading import open_table
from itsm.assets.importing.takeover import Outcome
from itsm.core.access import SYSTEM
from itsm.core.db import db
from tests.people import MONDAY_9AM


def csv_of(*lines: str) -> bytes:
    """Return these lines as a CSV file."""
    return "\r\n".join([*lines, ""]).encode()


def taken_over(content: bytes, mapping: Mapping | None = None, **more: Any) -> Outcome:
    """Take a list over by its own header unless a mapping is given; nothing stays of a list that was refused."""
    table = open_table(BytesIO(content))
    mapping = mapping or mappings.recognised(table.header) or mappings.propose(table.header)[0]
    with db.session.begin_nested() as attempt:
        outcome = takeover.take_over(SYSTEM, table, mapping, MONDAY_9AM, filename="liste.csv", **more)
        if outcome.import_id is None:
            attempt.rollback()
    return outcome
