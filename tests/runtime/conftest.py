"""Databases of their own for tests that commit, migrate or start processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from itsm.app import create_app
from itsm.core.db import db
from itsm.operations import schema
from tests.databases import new_database, settings_for


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of an empty database beside the one of this worker."""
    with new_database("empty", with_tables=False) as url:
        yield url


@pytest.fixture(scope="session")
def migrated() -> Iterator[str]:
    """The address of a database at the newest migration that is only copied: copying takes a tenth of migrating."""
    with new_database("migrated", with_tables=False) as url:
        schema.migrate(url)
        yield url


@pytest.fixture
def migrated_database(migrated: str) -> Iterator[str]:
    """The address of a migrated database of the test's own."""
    with new_database("own", copy_of=migrated) as url:
        yield url


@pytest.fixture
def own_app(migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a migrated database of its own, where commits are real."""
    app = create_app(settings_for(tmp_path, migrated_database))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
