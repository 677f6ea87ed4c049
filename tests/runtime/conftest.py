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


@pytest.fixture
def own_app(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a migrated database of its own, where commits are real."""
    schema.migrate(empty_database)
    app = create_app(settings_for(tmp_path, empty_database))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
