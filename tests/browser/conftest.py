"""A real browser against a real server on a database of its own."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from itsm.accounts import sessions
from itsm.accounts.models import User
from itsm.accounts.views import TOKEN
from itsm.app import create_app
from itsm.core import clock
from itsm.core.db import db
from tests.browser.axe import DESK as DESK
from tests.browser.axe import PHONE, serving_axe
from tests.databases import new_database, settings_for

# Debian's Chromium without its window, a quarter less work; None is the one Playwright brings.
CHROMIUM = shutil.which("chromium-headless-shell")
# As root Chromium needs the first flag; the last saves a quarter: no page lives long enough for its scripts to be
# optimized. The others stop it from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--js-flags=--no-turbofan --no-maglev",
]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Pass over a picture whose page was left while it was sent: the server of the tests does not close its file."""
    left_open = "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"
    item.add_marker(pytest.mark.filterwarnings(left_open))


@dataclass(frozen=True)
class Server:
    """A running application and its address."""

    app: Flask
    url: str


# The address of the empty database that new cities are copied from, once there is one.
_copied: list[str] = []


@pytest.fixture(scope="session", autouse=True)
def empty_database() -> Iterator[None]:
    """Make all tables once; a copy of them takes a tenth of the time."""
    with new_database("empty_city") as url:
        _copied.append(url)
        yield
        _copied.clear()


@contextmanager
def city(name: str, folder: Path, copy_of: str = "", **more: str) -> Iterator[Server]:
    """Serve the application on a new database, empty or a copy, for as long as the block runs."""
    with (
        new_database(name, copy_of=copy_of or next(iter(_copied), "")) as url,
        _serving(create_app(settings_for(folder, url, **more))) as server,
    ):
        yield server


@contextmanager
def _serving(app: Flask) -> Iterator[Server]:
    server = make_server("127.0.0.1", 0, serving_axe(app), threaded=True)
    url = f"http://127.0.0.1:{server.port}"
    app.config.update(BASE_URL=url, SERVER_NAME=None)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Server(app, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def signed_in(browser: Browser, server: Server, user_id: int | None, **options: object) -> Iterator[Page]:
    """Open a window in which this user has signed in; nobody with None."""
    context: BrowserContext = browser.new_context(
        **{"viewport": PHONE, "locale": "de-DE", "timezone_id": "Europe/Berlin", "base_url": server.url, **options}
    )
    context.set_default_timeout(10_000)
    if user_id is not None:
        context.add_cookies([{"name": "session", "value": cookie_of(server.app, user_id), "url": server.url}])
    page = context.new_page()
    try:
        yield page
    finally:
        context.close()


def cookie_of(app: Flask, user_id: int) -> str:
    """Sign a user in and return the cookie of the browser."""
    with app.app_context():
        user = db.session.get_one(User, user_id)
        token = sessions.begin(user, clock.now(), "Test")
        db.session.commit()
    serializer = app.session_interface.get_signing_serializer(app)
    return serializer.dumps({TOKEN: token})
