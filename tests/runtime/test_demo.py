"""The demo city: the numbers of the real one, everything else invented, and the same at every start."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import scoped_session, selectinload

from itsm.accounts import queries as people
from itsm.app import create_app
from itsm.claims.models import Claim, DamageCase, Letter, LetterKind
from itsm.claims.states import ClaimState
from itsm.claims.states import State as CaseState
from itsm.core import pictures
from itsm.core.access import Role
from itsm.core.clock import local_day
from itsm.core.db import db
from itsm.core.errors import Conflict
from itsm.core.outbox import Mail
from itsm.demo import city, days, load
from itsm.demo import people as demo_people
from itsm.demo.names import People
from itsm.demo.people import SIGN_INS
from itsm.demo.rows import Rows
from itsm.dispatch.models import Visit
from itsm.kb import overview_now
from itsm.kb.models import Article, ArticlePicture, Edition, Revision
from itsm.kb.overview import changes, read
from itsm.kb.states import State as ArticleState
from itsm.org import calendar
from itsm.org.models import IServInstance, School, SchoolSite, Site
from itsm.tickets.models import Entry, Ticket
from itsm.tickets.states import State
from tests.databases import new_database, settings_for
from tests.demo_city import DemoCity

SUNDAY = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
SCHOOL_DAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 25, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded(demo_city: DemoCity) -> Iterator[Flask]:
    """The application on a database of its own that holds the demo city of today; tests here only read it."""
    with new_database("demo", copy_of=demo_city.url) as url:
        app = create_app(settings_for(Path(demo_city.folder), url))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def town(loaded: Flask) -> Iterator[scoped_session]:
    with loaded.app_context():
        yield db.session


def number(session: scoped_session, model: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def built(at: datetime) -> tuple[Rows, days.Days]:
    """Build the city up to its visits, without a database."""
    rows, random = Rows(), Random(1)
    names = People(random)
    town = city.build(rows, random, names)
    staff = demo_people.build(rows, random, names, town, "", at)
    return rows, days.build(rows, random, town, staff, at)


def test_it_has_the_size_of_the_real_city(town: scoped_session) -> None:
    assert [number(town, model) for model in (School, Site, IServInstance)] == [156, 178, 220]
    shared = sa.select(SchoolSite.site_id).group_by(SchoolSite.site_id).having(sa.func.count() > 1)
    assert len(town.scalars(shared).all()) == 6
    for site in town.scalars(sa.select(Site)):
        assert 51.42 < site.latitude < 51.60 and 7.30 < site.longitude < 7.64
    assert number(town, Ticket) > 550


def test_no_name_and_no_number_of_a_real_school_is_in_it(town: scoped_session, shared: Path) -> None:
    real = (shared / "data/schulen/dortmund_schulen.csv").read_text("utf-8")
    for school in town.scalars(sa.select(School)):
        assert school.number.startswith("9") and school.number not in real
        assert f",{school.name}," not in real


def test_every_state_is_there_and_every_ticket_has_a_story_that_ends_in_its_state(
    town: scoped_session, demo_city: DemoCity
) -> None:
    tickets = town.scalars(sa.select(Ticket).options(selectinload(Ticket.entries))).all()
    assert {ticket.state for ticket in tickets} == set(State)
    for ticket in tickets:
        moves = [entry for entry in ticket.entries if entry.move]
        assert moves[0].move == "report" and moves[-1].to_state == ticket.state
        assert [entry.at for entry in moves] == sorted(entry.at for entry in moves)
    assert town.scalar(sa.select(sa.func.max(Entry.at))) <= demo_city.at


def test_the_knowledge_base_has_articles_in_every_state_and_links_that_lead_on(
    town: scoped_session, demo_city: DemoCity
) -> None:
    articles = town.scalars(sa.select(Article)).all()
    assert {article.state for article in articles} == set(ArticleState) - {ArticleState.DRAFT}
    written = " ".join(town.scalars(sa.select(Revision.body)))
    linked = {int(link) for link in re.findall(r"/wissen/(\d+)", written)}
    assert linked and linked <= {article.id for article in articles if article.is_live}
    shown = set(re.findall(r"bild:([0-9a-f]+)", written))
    assert shown == set(town.scalars(sa.select(ArticlePicture.token)))
    assert all(pictures.path(token).exists() for token in shown)
    edition = town.scalars(sa.select(Edition)).one()
    assert changes(read(edition.content).of_city(), overview_now.gather(local_day(demo_city.at)).of_city())


def test_cases_and_claims_are_there_in_every_state_and_nobody_was_written_to(town: scoped_session) -> None:
    assert set(town.scalars(sa.select(DamageCase.state))) == set(CaseState)
    assert set(town.scalars(sa.select(Claim.state))) == set(ClaimState)
    assert {letter.kind for letter in town.scalars(sa.select(Letter))} >= {LetterKind.HEARING, LetterKind.DEMAND}
    lacking = [case for case in town.scalars(sa.select(DamageCase)) if case.lacks_police_reference]
    assert lacking and all(case.over_at is None for case in lacking)
    assert not number(town, Mail)


def test_eleven_districts_share_thirteen_managers(town: scoped_session, demo_city: DemoCity) -> None:
    today = local_day(demo_city.at)
    per_district = [people.holders(Role.CAMPUS_MANAGER, today, district_id=id) for id in range(1, 12)]
    assert len({user.id for users in per_district for user in users}) == 13
    assert all(len(users) >= 2 for users in per_district)


def test_everybody_of_the_table_is_there(town: scoped_session) -> None:
    assert all(people.by_email(address) for _, address in SIGN_INS)


def test_it_is_loaded_into_an_empty_database_only(town: scoped_session) -> None:
    with pytest.raises(Conflict):
        load.load(SUNDAY)


@pytest.mark.parametrize("at", [SUNDAY, SCHOOL_DAY, NEW_YEAR, SUMMER])
def test_the_day_of_every_manager_is_full_whatever_today_is(at: datetime) -> None:
    rows, week = built(at)
    today = local_day(at)
    assert week.driven_on == (today if calendar.is_school_day(today) else calendar.next_school_day(today))
    stops = Counter(visit["user_id"] for visit in rows.of(Visit) if visit["visit_on"] == week.driven_on)
    assert len(stops) == 13 and min(stops.values()) >= 5
    assert all(calendar.is_school_day(day) for day in {visit["visit_on"] for visit in rows.of(Visit)})


def test_the_same_number_gives_the_same_city() -> None:
    assert built(SUNDAY)[0].of(Visit) == built(SUNDAY)[0].of(Visit)
