"""Rows on their way into the empty database, with numbers given beforehand so that they can name each other."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from itsm.core.db import Model, db

Row = dict[str, Any]


class Rows:
    """Rows per table, in the order in which tables were first used."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[Row]] = defaultdict(list)

    def add(self, model: type[Model], **values: Any) -> int:
        """Add a row and return the number it will have."""
        rows = self._rows[model]
        number = len(rows) + 1
        rows.append({"id": number, **values} if "id" in model.__table__.c else values)
        return number

    def of(self, model: type[Model]) -> list[Row]:
        """Return the rows of a table so far."""
        return self._rows[model]

    def insert(self) -> dict[str, int]:
        """Insert everything and let the sequences go on behind it; return the number of rows per table."""
        for model, rows in self._rows.items():
            db.session.execute(sa.insert(model.metadata.tables[model.__tablename__]), rows)
            if "id" in model.__table__.c:
                db.session.execute(
                    sa.text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"),
                    {"table": f'"{model.__tablename__}"', "last": len(rows)},
                )
        return {model.__tablename__: len(rows) for model, rows in self._rows.items()}
