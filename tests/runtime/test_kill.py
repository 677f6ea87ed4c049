"""A web worker that is killed while reports come in: what was answered is there, once and complete."""

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from threading import Lock

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from bench.client import Client
from bench.report import filled_in
from bench.server import serve
from itsm.accounts import passwords
from itsm.core.access import Role
from itsm.core.db import db
from itsm.tickets import seed
from itsm.tickets.models import Ticket
from tests.people import make_user
from tests.places import make_school

FILINGS = 50
KILL_AFTER = (8, 24)
PASSWORD = "ein-langes-kennwort"
MOVED_ON = 303


@dataclass
class Desk:
    """Files one report after the other and remembers what was answered."""

    client: Client
    photo: bytes

    def file(self, number: int) -> tuple[dict[str, object], str | None]:
        """Return the form and where it led; None if the connection broke."""
        form = filled_in(self.client, self._page(), f"Meldung {number:02}")
        try:
            answer = self.client.post_with_file("/melden", form, "photos", self.photo)
        except (OSError, HTTPException):
            return form, None
        assert answer.status == MOVED_ON, answer.body[:500]
        return form, answer.headers["Location"]

    def _page(self):
        for _ in range(50):
            try:
                return self.client.get("/melden")
            except (OSError, HTTPException):
                time.sleep(0.1)
        raise TimeoutError("no page")


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (320, 240), "grey").save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def server(own_app: Flask, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Gunicorn with two workers on the migrated database, with a teacher who can sign in."""
    seed.seed(db.session())
    teacher = make_user(Role.REPORTER, school_id=make_school().id, email="lehrkraft@example.org")
    teacher.password_hash = passwords.hashed(PASSWORD)
    db.session.commit()
    settings = {"ITSM_DATABASE_URL": own_app.config["SQLALCHEMY_DATABASE_URI"], "ITSM_INSTANCE": str(tmp_path)}
    with serve("wsgi:app", "/lebt", settings) as (url, process):
        yield url, process.pid


def test_every_report_answered_with_success_exists_once_and_complete(
    server: tuple[str, int], opened: ExitStack, photo: bytes, tmp_path: Path
) -> None:
    url, master = server
    session = opened.enter_context(closing(Client(url)))
    session.sign_in("lehrkraft@example.org", PASSWORD)
    lock, filed = Lock(), []

    def file_some(numbers: range) -> None:
        with closing(Client(url, dict(session.cookies))) as client:
            desk = Desk(client, photo)
            for number in numbers:
                result = desk.file(number)
                with lock:
                    filed.append(result)
                    if len(filed) in KILL_AFTER:
                        psutil.Process(master).children()[0].kill()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(file_some, (range(start, FILINGS, 4) for start in range(4))))

    answered = {form["description"]: location for form, location in filed if location}
    assert len(filed) == FILINGS and len(answered) > FILINGS // 2
    tickets = db.session.scalars(sa.select(Ticket)).all()
    by_words = {ticket.description: ticket for ticket in tickets}
    assert len(by_words) == len(tickets)
    for words, location in answered.items():
        assert f"/melden/{by_words[words].id}/" in location
    for ticket in tickets:
        _assert_complete(ticket, tmp_path)

    # Whoever got no answer sends the same form again, as the page on the phone does.
    again = opened.enter_context(closing(Client(url, session.cookies)))
    token = {"csrf_token": again.token(again.get("/melden"))}
    for form, _ in filed:
        assert again.post_with_file("/melden", form | token, "photos", photo).status == MOVED_ON
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == FILINGS


def _assert_complete(ticket: Ticket, instance: Path) -> None:
    assert [entry.move for entry in ticket.entries][:1] == ["report"]
    assert [device.tag for device in ticket.devices] == ["IPAD-1", "IPAD-2"]
    (kept,) = ticket.photos
    assert any(kept.token in path.name for path in instance.rglob("*") if path.is_file() and path.stat().st_size > 0)
