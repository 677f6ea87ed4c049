"""One PostgreSQL for the whole run, one database per worker, one rolled-back transaction per test."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy.orm import scoped_session, sessionmaker

from itsm.app import create_app
from itsm.config import Settings, read
from itsm.core import postgres, queue
from itsm.core.db import Model, db

SHARED = Path(__file__).parents[2] / "shared"


def test_settings(instance: Path, database_url: str) -> Settings:
    """Return settings that read nothing of the developer's own environment."""
    return read(
        {
            "ITSM_INSTANCE": str(instance),
            "ITSM_DATABASE_URL": database_url,
            "ITSM_BASE_URL": "http://localhost",
            "ITSM_SECRET_KEY": "x" * 40,
        }
    )


test_settings.__test__ = False  # type: ignore[attr-defined]


class KeptSession(scoped_session):
    """A session that outlives a request, so that a test can go on with its objects."""

    def remove(self) -> None:
        """Drop what the request left unsaved; objects are read anew when next touched."""
        self.registry().rollback()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real schools, holidays and formats beside the project."""
    if not SHARED.exists():
        pytest.skip("der Ordner ../shared mit den echten Daten fehlt")
    return SHARED


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A fresh database of this worker, with all tables and the tables of the queue."""
    folder = Path(os.environ.get("ITSM_TEST_INSTANCE", Path(tempfile.gettempdir()) / "itsm-test"))
    server = postgres.start(folder)
    name = f"test_{os.getpid()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        postgres.create(connection, name)
        url = server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
        engine = sa.create_engine(url)
        Model.metadata.create_all(engine)
        with engine.begin() as tables:
            queue.create_tables(tables)
        engine.dispose()
    yield url
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the database of this worker; CSRF has tests of its own."""
    app = create_app(test_settings(tmp_path_factory.mktemp("instance"), database_url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, SERVER_NAME="localhost")
    request_started.connect(_forget_the_last_request, app)
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
