"""The days of articles: reminded of once, expired in the night, gone for good after the bin."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.core import clock, pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.mail import compose
from itsm.core.outbox import Mail
from itsm.jobs import JOBS as EVERY
from itsm.kb import jobs, policy, upkeep
from itsm.kb.models import Article, ArticlePicture, Language
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service import writing
from itsm.kb.service.articles import Words
from itsm.kb.service.media import Files
from tests.kb.factories import make_article
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")

DAY = timedelta(days=1)


def morning(day: date) -> datetime:
    return clock.at_local(day, time(6, 45))


def mails() -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).where(Mail.template == "article-reminder").order_by(Mail.id)))


@pytest.mark.parametrize("column", ["review_on", "valid_until"])
# The nights in which the clock is changed: days are days all the same.
@pytest.mark.parametrize("due_on", [MONDAY, date(2026, 10, 25), date(2027, 3, 28)])
def test_a_day_is_reminded_of_once_two_weeks_before(column: str, due_on: date) -> None:
    day: dict[str, Any] = {column: due_on}
    make_article(**day)
    counts = {days: upkeep.remind(morning(due_on + days * DAY)) for days in (-16, -15, -14, -13, -1, 0, 1)}
    assert [days for days, count in counts.items() if count] == [-14]


def test_both_days_of_an_article_are_reminded_of_and_a_later_review_again() -> None:
    article = make_article(review_on=MONDAY, valid_until=MONDAY + 30 * DAY)
    assert upkeep.remind(morning(MONDAY - 14 * DAY)) == 1
    assert upkeep.remind(morning(MONDAY + 16 * DAY)) == 1
    article.review_on = MONDAY + 365 * DAY
    article.valid_until = None
    assert [upkeep.remind(morning(MONDAY + days * DAY)) for days in (350, 351, 352)] == [0, 1, 0]


def test_everybody_gets_one_list_of_all_their_articles() -> None:
    owner, deputy = make_user(Role.KB_EDITOR), make_user(Role.SECOND_LEVEL)
    first = make_article("WLAN", owner_id=owner.id, deputy_id=deputy.id, review_on=MONDAY)
    make_article("Beamer", owner_id=owner.id, valid_until=MONDAY)
    assert upkeep.remind(morning(MONDAY)) == 2
    found = {mail.to_address: mail for mail in mails()}
    assert set(found) == {owner.email, deputy.email}
    assert found[owner.email].subject == "2 Artikel brauchen Ihren Blick"
    text = compose(found[deputy.email]).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "WLAN: zu prüfen bis Mo 16.11.2026" in text
    assert f"/wissen/{first.id}/redaktion" in text
    assert "Beamer" not in text


def test_an_article_with_nobody_to_tell_waits_until_there_is_somebody() -> None:
    gone = make_user(Role.KB_EDITOR)
    gone.disabled_at = MONDAY_9AM
    article = make_article(owner_id=gone.id, review_on=MONDAY)
    assert upkeep.remind(morning(MONDAY)) == 0
    article.deputy_id = make_user(Role.KB_EDITOR).id
    db.session.commit()
    assert upkeep.remind(morning(MONDAY + DAY)) == 1


def test_who_has_left_the_support_is_not_reminded() -> None:
    make_article(review_on=MONDAY, owner_id=make_user(Role.REPORTER).id)
    assert (upkeep.remind(MONDAY_9AM), mails()) == (0, [])


def test_past_its_review_an_article_stays_and_past_its_last_day_nobody_finds_it() -> None:
    reader = actor_for(make_user())
    late, _ = make_article(review_on=MONDAY - DAY), make_article(valid_until=MONDAY)
    found = db.session.scalars(sa.select(Article).where(policy.readable_by(reader, MONDAY + DAY))).all()
    assert found == [late]


def test_the_bin_is_emptied_after_ninety_days_with_the_pictures() -> None:
    article, kept = make_article(), make_article()
    token = pictures.keep(pictures.Picture(digest="", width=1, height=1, jpeg=b"jpeg", thumb=b"thumb"))
    db.session.add(
        ArticlePicture(article_id=article.id, token=token, alternative="-", width=1, height=1, added_at=MONDAY_9AM)
    )
    for one in (article, kept):
        recycle_bin.throw_away(actor_for(make_user(Role.KB_EDITOR)), one, "Doppelt", MONDAY_9AM)
    kept.deleted_at = MONDAY_9AM + DAY
    db.session.commit()
    number, file = article.id, Path(pictures.path(token))
    over = MONDAY_9AM + 90 * DAY
    assert [recycle_bin.empty(over), recycle_bin.empty(over + timedelta(seconds=1))] == [0, 1]
    assert file.exists()
    db.session.commit()
    assert not file.exists()
    assert db.session.scalars(sa.select(Article.id)).all() == [kept.id]
    assert number != kept.id


def test_files_of_a_deletion_that_was_taken_back_stay_at_the_next_commit(app: Flask) -> None:
    file = pictures.path("ab" * 16)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"jpeg")
    db.session.execute(sa.select(sa.literal(1)))
    recycle_bin.drop_with_commit([Files("ab" * 16)])
    db.session.rollback()
    make_article()
    assert file.exists()
    recycle_bin.drop_with_commit([Files("ab" * 16)])
    make_article()
    assert not file.exists()


def test_what_was_typed_and_left_for_a_year_is_forgotten() -> None:
    writer, article, year = actor_for(make_user(Role.KB_EDITOR)), make_article(), 365 * DAY
    for language, at in ((Language.GERMAN, MONDAY_9AM), (Language.ENGLISH, MONDAY_9AM + DAY)):
        writing.keep(writer, article, language, Words("Halb"), at, version=None)
    assert [writing.forget(MONDAY_9AM + year), writing.forget(MONDAY_9AM + year + timedelta(hours=1))] == [0, 1]


def test_the_jobs_are_on_the_list_of_the_clock() -> None:
    assert all(job in EVERY for job in jobs.JOBS)
