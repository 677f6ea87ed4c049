"""The schema of the database: which migration it is at, and bringing it to the newest."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from itsm.config import Settings
from itsm.core import postgres
from itsm.core.errors import DomainError
from itsm.operations import start

MIGRATIONS = Path(__file__).parents[2] / "migrations"
# Two processes that start together must not both migrate.
_LOCK = 4_178_213_001


def address(settings: Settings) -> str:
    """Return the address of the database; the embedded server is started if it is the one."""
    return settings.database_url or postgres.url(settings.instance)


def newest() -> str:
    """Return the name of the last migration."""
    return (MIGRATIONS / ".head").read_text("utf-8").strip()


def names() -> list[str]:
    """Return the names of all migrations, the newest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def current(connection: sa.Connection) -> str | None:
    """Return the name of the migration the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str, target: str = "head") -> tuple[str | None, str | None]:
    """Bring a database to a migration; return where it was and where it is.

    At the newest one it holds what a city starts with.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = current(connection)
        _move(connection, target, before)
        after = current(connection)
        if after == newest() != before:
            start.enter(connection, is_new=before is None)
        connection.commit()
    return before, after


def ensure_newest(settings: Settings) -> None:
    """Migrate the embedded database; leave a database of the operator alone.

    Raises: DomainError if the operator's database is not at the newest migration.
    """
    url = address(settings)
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        is_newest = current(connection) == newest()
    if is_newest:
        return
    if settings.database_url:
        raise DomainError("Das Schema der Datenbank ist nicht auf dem neuesten Stand. Bitte zuerst: itsm migrate")
    migrate(url)


def _move(connection: sa.Connection, target: str, before: str | None) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    # From the newest to the empty database, in which order a way down goes.
    stations = [*names(), "base"]
    wanted = stations[0] if target == "head" else target
    if stations.index(wanted) > stations.index(before or "base"):
        command.downgrade(config, wanted)
    else:
        command.upgrade(config, wanted)
