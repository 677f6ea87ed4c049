"""The access table: every endpoint × everybody who may knock, and the status each of them gets."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import scoped_session
from werkzeug.routing import Rule

from itsm.app import PUBLIC
from itsm.core.db import Model, db
from tests.meta.access_rows import BODIES, ROWS
from tests.meta.world import OF_CLAIMS, PARTS, PERSONS, World, build
from tests.people import sign_in

# What an answer without sign-in may be: sent to the page to sign in, or told to.
REFUSED = {"GET": 302, "POST": 401}
# Packages that share a world: making it takes long, so there are few, with about as many rows each.
SHARING = ("assets home operations static", "claims", "accounts dispatch", "kb org tickets")
# That an article was read or a line searched is a number nobody's page depends on (DF-1).
COUNTED = {"kb_count": 0, "kb_search_count": 0}


def rules(app: Flask) -> dict[str, Rule]:
    """Return every rule of the application by "METHOD endpoint"."""
    return {
        f"{method} {rule.endpoint}": rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def parts_of(world: World, rule: Rule) -> dict[str, object]:
    """Return what stands for the parts of an address in this world."""
    return {name: (PARTS.get(f"{rule.endpoint}:{name}") or PARTS[name])(world) for name in rule.arguments}


def is_refused(row: str, person: str) -> bool:
    """Say whether the table has a sentence for this person instead of a page."""
    persons, statuses = _persons(row.split()[1]), ROWS.get(row, "").split()
    return bool(statuses) and person in persons and statuses[persons.index(person)] in ("403", "404")


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(app: Flask) -> None:
    named = {" ".join(row.split()[:2]) for row in ROWS}
    missing, stale = set(rules(app)) - named, named - set(rules(app))
    assert not missing, "rows are missing in tests/meta/access_rows.py: " + ", ".join(sorted(missing))
    assert not stale, "rows without an endpoint: " + ", ".join(sorted(stale))
    assert sorted({row.split()[1].split(".")[0] for row in ROWS}) == sorted(" ".join(SHARING).split())


def test_every_button_of_the_ticket_page_has_a_row_of_its_own() -> None:
    assert {row for row in ROWS if row.startswith("POST tickets.act ")} == {row for row in BODIES if "slug=" in row}


def test_a_row_names_a_status_for_everybody() -> None:
    assert all(len(statuses.split()) == len(_persons(row.split()[1])) for row, statuses in ROWS.items())


def test_strangers_are_refused_everywhere_but_at_the_public_endpoints() -> None:
    for row, statuses in ROWS.items():
        method, endpoint = row.split()[:2]
        if endpoint not in PUBLIC:
            assert int(statuses.split()[0]) == REFUSED[method], row


@pytest.mark.parametrize("packages", [packages.split() for packages in SHARING], ids=SHARING)
def test_everybody_gets_the_status_of_the_table_and_reading_adds_and_deletes_nothing(
    app: Flask, session: scoped_session, packages: list[str]
) -> None:
    world, known = build(), rules(app)
    cookies = [_cookie(app, world, person) for person in _persons(packages[0])]
    requests = []
    for row in ROWS:
        method, endpoint, *given = row.split()
        if endpoint.split(".")[0] in packages and f"{method} {endpoint}" in known:
            parts = parts_of(world, known[f"{method} {endpoint}"]) | dict(one.split("=", 1) for one in given)
            with app.test_request_context():
                path = app.url_for(endpoint, **parts)
            requests.append((row, path, BODIES[row](world) if method == "POST" and row in BODIES else None))
    # Every request reads for itself what it needs, as it does outside of tests.
    session.commit()
    session.expunge_all()
    wrong, before = [], rows_of_every_table(session)
    # Pages first: each meets the world as it was made only because none of them changes it.
    for row, path, body in sorted(requests, key=lambda request: not request[0].startswith("GET ")):
        found = " ".join(str(_status(app, session, row.split()[0], path, body, cookie)) for cookie in cookies)
        if found != ROWS[row]:
            wrong.append(f"{row}\n  table: {ROWS[row]}\n  found: {found}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert rows_of_every_table(session) | COUNTED == before | COUNTED


def rows_of_every_table(session: scoped_session) -> dict[str, int]:
    """Return how many rows each table has."""
    counts = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in Model.metadata.sorted_tables]
    row = session.execute(sa.select(*counts)).one()
    return dict(zip((table.name for table in Model.metadata.sorted_tables), row, strict=True))


def _persons(endpoint: str) -> tuple[str, ...]:
    """Return who knocks at an endpoint, or at those of a package."""
    return PERSONS + OF_CLAIMS if endpoint.split(".")[0] == "claims" else PERSONS


def _cookie(app: Flask, world: World, person: str) -> str | None:
    """Return the cookie of somebody who has signed in; None for nobody."""
    if person == "anonymous":
        return None
    cookie = sign_in(app.test_client(), world.people[person]).get_cookie("session")
    return cookie.value if cookie else None


def _status(
    app: Flask, session: scoped_session, method: str, path: str, body: dict[str, object] | None, cookie: str | None
) -> int:
    with nullcontext() if method == "GET" else _undone(session):
        # A new browser each time: one that signed out has lost its cookie.
        client = app.test_client()
        if cookie:
            client.set_cookie("session", cookie, domain="localhost")
        status = client.open(path, method=method, data=body, buffered=True).status_code
    session.rollback()
    session.expunge_all()
    return status


@contextmanager
def _undone(session: scoped_session) -> Iterator[None]:
    """Undo whatever the request changes, so that each of them meets the same world."""
    session.commit()
    savepoint = session.get_bind().begin_nested()
    try:
        yield
    finally:
        db.session.rollback()
        savepoint.rollback()
        session.expire_all()
