"""Timed jobs: once per due moment, caught up once, run in one transaction."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import scoped_session

from itsm.clock import Leadership
from itsm.core import timed
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, NotFound
from itsm.core.jobs import Job, JobRun
from tests.people import MONDAY_9AM

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AT_230 = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)


def job(run=lambda at: 3, name: str = "nightly") -> Job:
    return Job(name, "Jede Nacht", {"hour": 2, "minute": 30}, run)


def queued() -> list[int]:
    rows = db.session.execute(sa.text("SELECT args->>'run_id' FROM procrastinate_jobs WHERE task_name = 'run-job'"))
    return [int(row[0]) for row in rows]


def test_a_new_job_owes_nothing_from_before_its_first_day(session: scoped_session) -> None:
    assert timed.enqueue_due([job()], MONDAY_9AM) == []
    assert timed.enqueue_due([job()], MONDAY_9AM + DAY) == ["nightly"]


def test_a_due_moment_is_enqueued_once_however_often_the_clock_looks(session: scoped_session) -> None:
    timed.enqueue_due([job()], AT_230 - DAY)
    looks = [timed.enqueue_due([job()], AT_230 + minutes * timedelta(minutes=1)) for minutes in range(5)]
    assert looks == [["nightly"], [], [], [], []]
    assert len(queued()) == 1


def test_not_a_second_before_it_is_due(session: scoped_session) -> None:
    timed.enqueue_due([job()], AT_230 - DAY)
    assert timed.enqueue_due([job()], AT_230 - timedelta(seconds=1)) == []
    assert timed.enqueue_due([job()], AT_230) == ["nightly"]


def test_after_a_stop_of_a_week_a_job_is_caught_up_once(session: scoped_session) -> None:
    timed.enqueue_due([job()], AT_230)
    assert timed.enqueue_due([job()], AT_230 + 7 * DAY + 5 * HOUR) == ["nightly"]
    assert timed.enqueue_due([job()], AT_230 + 7 * DAY + 6 * HOUR) == []
    last = session.scalars(sa.select(JobRun).order_by(JobRun.due_at.desc())).first()
    assert last.due_at == AT_230 + 7 * DAY


def test_a_run_notes_what_it_changed_and_does_nothing_the_second_time(session: scoped_session) -> None:
    calls: list[datetime] = []
    counting = job(lambda at: calls.append(at) or 3)
    run_id = timed.begin(counting, MONDAY_9AM, "Test")
    assert timed.carry_out([counting], run_id, MONDAY_9AM + HOUR) == 3
    assert timed.carry_out([counting], run_id, MONDAY_9AM + 2 * HOUR) == 0
    run = session.get(JobRun, run_id)
    assert (run.rows, run.started_at, run.finished_at, run.error) == (3, MONDAY_9AM + HOUR, MONDAY_9AM + HOUR, "")
    assert calls == [MONDAY_9AM + HOUR]


def test_an_error_undoes_the_run_is_noted_and_may_be_tried_again(session: scoped_session) -> None:
    def half(at: datetime) -> int:
        session.add(JobRun(name="half", due_at=at))
        session.flush()
        raise ZeroDivisionError("by nought")

    run_id = timed.begin(job(half), MONDAY_9AM, "Test")
    session.commit()
    with pytest.raises(ZeroDivisionError):
        timed.carry_out([job(half)], run_id, MONDAY_9AM)
    assert session.get(JobRun, run_id).error == "ZeroDivisionError: by nought"
    assert session.scalar(sa.select(sa.func.count()).where(JobRun.name == "half")) == 0
    assert timed.carry_out([job()], run_id, MONDAY_9AM + HOUR) == 3
    assert session.get(JobRun, run_id).error == ""


def test_the_same_job_twice_in_one_second_by_hand_is_refused(session: scoped_session) -> None:
    timed.run_now(job(), MONDAY_9AM, "Anna")
    with pytest.raises(Conflict):
        timed.run_now(job(), MONDAY_9AM, "Ben")
    assert len(queued()) == 1


def test_an_unknown_job_is_refused_with_the_names_there_are(session: scoped_session) -> None:
    with pytest.raises(NotFound, match="nightly"):
        timed.find([job()], "hourly")


def test_the_overview_shows_the_last_run_and_the_next_moment(session: scoped_session) -> None:
    timed.enqueue_due([job()], AT_230 + HOUR)
    (row,) = timed.overview([job()], AT_230 + HOUR)
    assert row.last is not None and row.last.due_at == AT_230
    assert row.next_at == AT_230 + DAY


def test_old_runs_are_deleted_and_running_ones_kept(session: scoped_session) -> None:
    timed.enqueue_due([job()], MONDAY_9AM)
    timed.begin(job(), MONDAY_9AM, "Test")
    assert timed.purge(MONDAY_9AM + timed.KEEP_RUNS + 2 * DAY) == 1


def test_of_two_clocks_one_leads_and_the_other_takes_over(own_app: Flask) -> None:
    url = own_app.config["SQLALCHEMY_DATABASE_URI"]
    first, second = Leadership(url), Leadership(url)
    assert [first.is_ours(), second.is_ours(), first.is_ours()] == [True, False, True]
    first.give_up()
    assert [second.is_ours(), first.is_ours()] == [True, False]
    second.give_up()


def test_a_clock_whose_connection_is_cut_no_longer_leads(own_app: Flask) -> None:
    clock = Leadership(own_app.config["SQLALCHEMY_DATABASE_URI"])
    assert clock.is_ours()
    with writing():
        db.session.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'itsm-clock'")
        )
    assert not clock.is_ours()
    assert clock.is_ours()
    clock.give_up()


def test_two_leaders_by_mistake_still_enqueue_a_moment_once(own_app: Flask) -> None:
    with writing():
        timed.enqueue_due([job()], AT_230 - DAY)
    with db.engine.connect() as other, other.begin():
        other.execute(
            sa.text("INSERT INTO job_run (name, due_at, error, started_by) VALUES ('nightly', :at, '', '')"),
            {"at": AT_230},
        )
    with writing():
        assert timed.enqueue_due([job()], AT_230 + HOUR) == []
