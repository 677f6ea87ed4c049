"""A day that runs late, and the schools that are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.core import clock
from itsm.core.db import db, writing
from itsm.core.outbox import Mail
from itsm.dispatch import words
from itsm.dispatch.jobs import JOBS, watch_days
from itsm.dispatch.models import Assurance, Visit
from itsm.dispatch.service import late, routes, stops
from itsm.dispatch.states import VisitState
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM
from tests.places import make_school, make_site


@pytest.fixture
def place(session: object) -> Place:
    return make_place()


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return clock.at_local(day, time(hour, minute))


def stop(place: Place, position: int, hour: int, minute: int = 0, **columns: Any) -> Visit:
    """A stop two minutes from the base and any other one, as the school was told."""
    school = make_school(place.district, site=make_site(latitude=51.5136, longitude=7.4653))
    defaults: dict[str, Any] = {"school": school, "site": school.places[0].site, "on": MONDAY, "at": time(hour, minute)}
    return make_visit(place, position=position, **(defaults | columns))


def sentences() -> list[str]:
    mails = db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed").order_by(Mail.id))
    return [item["sentence"] for mail in mails for item in mail.items]


def test_a_stop_that_takes_longer_tells_the_schools_after_it(place: Place) -> None:
    stop(place, 1, 9, state=VisitState.ON_SITE, minutes=60)
    following = stop(place, 2, 10, 25)
    late.follow(place.manager.id, MONDAY, at(10, 50))
    assert following.expected_at == at(10, 50)
    assert sentences() == ["Wir kommen etwa 25 Minuten später, gegen 10:50 Uhr."]


@pytest.mark.parametrize(("minute", "told"), [(39, 0), (40, 1)])
def test_less_than_the_threshold_is_not_worth_a_mail(place: Place, minute: int, told: int) -> None:
    stop(place, 1, 10, 25)
    assert late.follow(place.manager.id, MONDAY, at(10, minute)) == told


def test_a_school_hears_of_a_delay_once_and_again_only_after_another_step(place: Place) -> None:
    visit = stop(place, 1, 10)
    told = [late.follow(place.manager.id, MONDAY, at(10, minute)) for minute in (20, 20, 34, 35, 40, 50)]
    assert told == [1, 0, 0, 1, 0, 1]
    assert visit.told_late_minutes == 50
    assert visit.starts_at == at(10)


def test_each_school_behind_gets_one_mail(place: Place) -> None:
    first, second = stop(place, 1, 9), stop(place, 2, 9, 40)
    late.follow(place.manager.id, MONDAY, at(9, 30))
    mails = db.session.scalars(sa.select(Mail)).all()
    assert {mail.to_address for mail in mails} == {first.school.email, second.school.email}
    assert {mail.subject.split(":")[0] for mail in mails} == {"Wir kommen später"}


def test_a_delay_made_good_is_told_too(place: Place) -> None:
    visit = stop(place, 2, 10, 15)
    before = stop(place, 1, 9, state=VisitState.ON_SITE, minutes=120)
    late.follow(place.manager.id, MONDAY, at(9, 30))
    before.minutes = 15
    late.follow(place.manager.id, MONDAY, at(9, 40))
    assert sentences() == [
        "Wir kommen etwa 45 Minuten später, gegen 11:00 Uhr.",
        "Wir kommen heute doch wie angekündigt, gegen 10:00 Uhr.",
    ]
    assert late.follow(place.manager.id, MONDAY, at(9, 50)) == 0
    assert visit.expected_at == at(10)


def test_nobody_is_told_who_knows_nothing_of_the_visit_or_whose_visit_is_over(place: Place) -> None:
    stop(place, 1, 8, assurance=Assurance.SOFT)
    stop(place, 2, 8, state=VisitState.CANCELLED)
    stop(place, 3, 8, state=VisitState.DONE)
    stop(place, 4, 8, helps_id=stop(place, 5, 15, 0).id)
    assert late.follow(place.manager.id, MONDAY, MONDAY_9AM) == 0


def test_before_the_day_begins_nobody_is_told(place: Place) -> None:
    stop(place, 1, 6)
    assert late.follow(place.manager.id, MONDAY, at(7)) == 0


def test_the_school_the_manager_drives_to_late_is_told(place: Place) -> None:
    visit = stop(place, 1, 9, travel_minutes=30)
    stops.depart(place.driver, visit, MONDAY_9AM)
    assert sentences() == ["Wir kommen etwa 30 Minuten später, gegen 9:30 Uhr."]


def test_what_the_school_reads_follows_what_it_was_told(place: Place) -> None:
    visit = stop(place, 1, 10)
    assert words.when(visit, MONDAY_9AM) == "am Montag zwischen 10:00 und 11:30 Uhr"
    late.follow(place.manager.id, MONDAY, at(10, 22))
    assert words.when(visit, at(10, 22)) == "am Montag gegen 10:25 Uhr"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (25, "Wir kommen etwa 25 Minuten später, gegen 10:25 Uhr."),
        (27, "Wir kommen etwa 30 Minuten später, gegen 10:30 Uhr."),
        (80, "Wir kommen etwa 1 Std. 20 Min. später, gegen 11:20 Uhr."),
        (0, "Wir kommen heute doch wie angekündigt, gegen 10:00 Uhr."),
    ],
)
def test_the_sentence_says_how_much_later_and_when(place: Place, told: int, sentence: str) -> None:
    assert words.delayed(stop(place, 1, 10, told_late_minutes=told)) == sentence


def test_a_visit_put_on_another_day_forgets_its_delay(place: Place) -> None:
    visit = stop(place, 0, 10, told_late_minutes=30, expected_at=MONDAY_9AM, on=MONDAY + timedelta(days=1))
    routes.plan_route(place.manager.id, MONDAY + timedelta(days=1), MONDAY_9AM)
    assert (visit.told_late_minutes, visit.expected_at) == (0, None)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 8, 20, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 9, 20, tzinfo=UTC)),
    ],
)
def test_on_the_days_the_clocks_change_the_delay_is_the_true_one(place: Place, day: date, moment: datetime) -> None:
    visit = stop(place, 1, 10, on=day)
    late.follow(place.manager.id, day, moment)
    assert (visit.told_late_minutes, sentences()) == (20, ["Wir kommen etwa 20 Minuten später, gegen 10:20 Uhr."])


def test_the_clock_asks_for_the_days_that_run_once_each(place: Place) -> None:
    stop(place, 1, 9)
    idle = make_place()
    make_visit(idle, on=MONDAY, state=VisitState.CANCELLED)
    waiting = sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'plan-route' AND status = 'todo'")
    assert [watch_days(at(6)), watch_days(MONDAY_9AM), watch_days(MONDAY_9AM)] == [0, 1, 1]
    assert db.session.scalars(waiting).all() == [{"user_id": place.manager.id, "day": "2026-11-16"}]
    assert {job.name: job.cron for job in JOBS}["watch-days"]["minute"] == "*/10"


@pytest.mark.usefixtures("emptied")
def test_two_workers_at_once_tell_a_school_once(app: Flask) -> None:
    place = make_place()
    user_id = place.manager.id
    stop(place, 1, 10)
    db.session.remove()

    def follow(_: int) -> int:
        with app.app_context(), writing():
            return late.follow(user_id, MONDAY, at(10, 30))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(follow, range(4))) == [0, 0, 0, 1]
    assert len(sentences()) == 1
