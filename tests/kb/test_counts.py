"""What articles did, counted: every count arrives, whoever counts at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.core.db import db
from itsm.kb.models import ArticleCount
from itsm.kb.service import counts
from tests.kb.factories import make_article
from tests.people import MONDAY_9AM

THREADS, TIMES = 4, 10


@pytest.mark.usefixtures("session")
def test_a_month_has_one_row_for_each_article_kind_of_fault_and_school_form() -> None:
    one, two = make_article().id, make_article().id
    for _ in range(2):
        counts.count("shown", [one, two, one], MONDAY_9AM)
    counts.count("shown", [one], MONDAY_9AM, school_form="02")
    counts.count_all({"opened": [one], "filed": [one, two]}, MONDAY_9AM)
    rows = db.session.execute(
        sa.select(
            ArticleCount.article_id, ArticleCount.school_form, *(getattr(ArticleCount, w) for w in counts.COUNTED)
        ).order_by(ArticleCount.article_id, ArticleCount.school_form)
    ).all()
    assert rows == [(one, "", 2, 1, 0, 0, 1), (one, "02", 1, 0, 0, 0, 0), (two, "", 2, 0, 0, 0, 1)]


@pytest.mark.usefixtures("session")
def test_the_month_is_the_one_of_the_local_day() -> None:
    article = make_article()
    counts.count("opened", [article.id], datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    assert db.session.scalar(sa.select(ArticleCount.month)) == date(2026, 11, 1)


@pytest.mark.usefixtures("session")
def test_an_article_that_is_gone_is_left_out() -> None:
    counts.count("helped", [make_article().id + 1000], MONDAY_9AM)
    counts.count("helped", [], MONDAY_9AM)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ArticleCount)) == 0


@pytest.mark.usefixtures("emptied")
def test_people_who_count_at_the_same_moment_lose_nothing(app: Flask) -> None:
    ids = [make_article().id for _ in range(3)]

    def work(turn: int) -> None:
        with app.app_context():
            for _ in range(TIMES):
                counts.count("shown", ids if turn % 2 else ids[::-1], MONDAY_9AM)
                db.session.commit()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert db.session.scalars(sa.select(ArticleCount.shown)).all() == [THREADS * TIMES] * 3


def test_no_column_could_hold_a_person_or_a_school() -> None:
    assert set(ArticleCount.__table__.c.keys()) == {
        "id", "article_id", "month", "fault_type_id", "school_form", *counts.COUNTED,
    }  # fmt: skip
