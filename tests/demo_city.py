"""The demo city of today: loaded by whichever worker of the run first asks for it, and only copied from then on."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pytest

from itsm.app import create_app
from itsm.core import clock
from itsm.core.db import db
from itsm.demo.load import load
from tests.databases import new_database, settings_for


@dataclass(frozen=True)
class DemoCity:
    """A database to copy (nobody may be connected to it), the folder of its files, and when it was loaded."""

    url: str
    folder: str
    loaded_at: str

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.loaded_at)


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    """The city of this worker; the one loaded goes with the worker that did, so the others have a copy."""
    base = tmp_path_factory.getbasetemp()
    of_run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    note = of_run / "demo-city.json"
    with ExitStack() as kept:
        with _alone(of_run):
            if note.exists():
                first = DemoCity(**json.loads(note.read_text()))
                url = kept.enter_context(new_database("demo_city", copy_of=first.url))
                town = DemoCity(url, first.folder, first.loaded_at)
            else:
                url = kept.enter_context(new_database("demo_city"))
                town = _loaded(url, of_run / "demo-city")
                note.write_text(json.dumps(asdict(town)))
                kept.callback(_forget, note)
        yield town


def _loaded(url: str, folder: Path) -> DemoCity:
    app, at = create_app(settings_for(folder, url)), clock.now()
    with app.app_context():
        load(at, devices=0.02)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return DemoCity(url, str(folder), at.isoformat())


def _forget(note: Path) -> None:
    with _alone(note.parent):
        note.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep the other workers waiting, so that none loads it as well or copies what is about to go."""
    with (folder / "demo-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
