"""One PostgreSQL for the whole run, one database per worker, one rolled-back transaction per test."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import scoped_session, sessionmaker

from itsm.app import create_app
from itsm.core.db import Model, db
from tests.databases import new_database, settings_for
from tests.demo_city import demo_city as demo_city
from tests.saving import KeptSession, send_savepoints_plainly

# On a busy machine an example may take long: no test fails for the time it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first: at the end the workers share out small tests, and none waits for another.

    What looks at variants of pages comes after those who look at the pages.
    """
    long = ("browser", "runtime")
    items.sort(key=lambda item: (item.path.parent.name not in long, item.get_closest_marker("variant") is not None))


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what one application of this run has compiled: all workers and every city of a browser show the same."""
    folder = tmp_path_factory.getbasetemp()
    kept = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "templates"
    kept.mkdir(exist_ok=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(kept))}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real schools, holidays and formats beside the project."""
    if not SHARED.exists():
        pytest.skip("der Ordner ../shared mit den echten Daten fehlt")
    return SHARED


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A fresh database of this worker, with all tables and the tables of the queue."""
    with new_database("test") as url:
        yield url


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the database of this worker; CSRF has tests of its own."""
    app = create_app(settings_for(tmp_path_factory.mktemp("instance"), database_url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, SERVER_NAME="localhost")
    request_started.connect(_forget_the_last_request, app)
    # It and the tests themselves live as long as the run: the collector need not walk through them again and again,
    # nor after every few hundred objects.
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
    with app.app_context():
        send_savepoints_plainly(db.engine.dialect)
    yield app
    with app.app_context():
        db.engine.dispose()


def _forget_the_last_request(app: Flask, **_: object) -> None:
    """Empty `g`: requests of a test share its context, and the person of the first would stay for all."""
    for name in list(g):
        g.pop(name)


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session]:
    """The session of a test: commits become savepoints, and all is rolled back at the end."""
    with app.app_context():
        connection = db.engine.connect()
        transaction = connection.begin()
        before = db.session
        kept = db.session = KeptSession(  # type: ignore[assignment]
            sessionmaker(bind=connection, join_transaction_mode="create_savepoint")
        )
        yield db.session
        kept.registry().close()
        db.session = before
        transaction.rollback()
        connection.close()


@pytest.fixture
def client(app: Flask, session: scoped_session) -> FlaskClient:
    """A browser without JavaScript that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def emptied(app: Flask) -> Iterator[None]:
    """Real commits of several connections; all tables are emptied afterwards."""
    with app.app_context():
        yield
        db.session.remove()
        names = ", ".join(f'"{table.name}"' for table in Model.metadata.sorted_tables)
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {names}, procrastinate_jobs RESTART IDENTITY CASCADE"))
