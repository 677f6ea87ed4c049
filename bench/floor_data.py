"""The one table of the floor."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """Base of the one table."""


class Item(Model):
    """A row of the one table."""

    __tablename__ = "floor_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    text: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), index=True)


def fill(url: str, rows: int) -> None:
    """Make the table with this many rows."""
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        Model.metadata.create_all(connection)
        connection.execute(sa.text(_ROWS), {"rows": rows})


_ROWS = """
INSERT INTO floor_item (state, title, text, made_at)
SELECT CASE WHEN n % 50 = 0 THEN 'open' ELSE 'done' END, 'Titel ' || n, repeat('Wort ', 20),
    now() - make_interval(mins => n)
FROM generate_series(1, :rows) AS n
"""
