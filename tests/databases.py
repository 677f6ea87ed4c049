"""Fresh databases on one PostgreSQL that is shared by the whole run."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from itsm.config import Settings, read
from itsm.core import postgres, queue
from itsm.core.db import Model


@contextmanager
def new_database(name: str, *, with_tables: bool = True, copy_of: str = "") -> Iterator[str]:
    """Make a database, with all tables and the tables of the queue unless asked not to, and drop it at the end.

    A copy holds what the database at that address does; nobody may be connected to that one.
    """
    server = postgres.start(Path(os.environ.get("ITSM_TEST_INSTANCE", Path(tempfile.gettempdir()) / "itsm-test")))
    database = f"{name}_{os.getpid()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        postgres.create(connection, database, sa.make_url(copy_of).database or "" if copy_of else "template0")
    url = server.get_uri(database).replace("postgresql://", "postgresql+psycopg://", 1)
    if with_tables and not copy_of:
        engine = sa.create_engine(url)
        Model.metadata.create_all(engine)
        with engine.begin() as tables:
            queue.create_tables(tables)
        engine.dispose()
    yield url
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def settings_for(instance: Path, database_url: str, **more: str) -> Settings:
    """Return settings that read nothing of the developer's own environment."""
    return read(
        {
            "ITSM_INSTANCE": str(instance),
            "ITSM_DATABASE_URL": database_url,
            "ITSM_BASE_URL": "http://localhost",
            "ITSM_SECRET_KEY": "x" * 40,
            **more,
        }
    )
