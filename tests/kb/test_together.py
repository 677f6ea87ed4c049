"""Two editors at once: one is done, the other gets a sentence, and nothing unseen is published."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.core.errors import DomainError
from itsm.kb import record
from itsm.kb.models import Article, ArticleEntry, Language, TaskKind
from itsm.kb.service import articles, flow, submissions, tasks
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_draft
from tests.kb.submissions import WORDS, make_submission
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_school

pytestmark = pytest.mark.usefixtures("emptied")
Verb = Callable[[Actor, Article], object]


def both(app: Flask, article_id: int, *calls: tuple[Actor, Verb]) -> list[str]:
    """Call both at the same moment, after both have looked; return what each was told."""
    both_have_looked = Barrier(2, timeout=10)

    def call(given: tuple[Actor, Verb]) -> str:
        actor, verb = given
        with app.app_context():
            try:
                with writing():
                    found = db.session.get_one(Article, article_id)
                    record.stamp(found)
                    both_have_looked.wait()
                    verb(actor, found)
            except DomainError as error:
                return error.sentence
            return ""

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(call, calls))


def editors() -> tuple[Actor, Actor]:
    return actor_for(make_user(Role.KB_EDITOR)), actor_for(make_user(Role.KB_EDITOR))


def test_of_two_who_accept_a_proposal_one_becomes_its_owner(app: Flask) -> None:
    article_id, (one, other) = make_submission().id, editors()
    db.session.remove()
    accept: Verb = lambda me, it: flow.accept(me, it, "Danke", MONDAY_9AM)  # noqa: E731
    told = both(app, article_id, (one, accept), (other, accept))
    assert told[0] == ""
    assert "gerade jemand anderes geändert" in told[1]
    assert db.session.scalars(sa.select(ArticleEntry.move).where(ArticleEntry.move == "accept")).all() == ["accept"]


def test_of_two_who_publish_one_does(app: Flask) -> None:
    article, (one, other) = make_draft(), editors()
    flow.hand_in(one, article, "", MONDAY_9AM)
    db.session.commit()
    article_id = article.id
    db.session.remove()
    publish: Verb = lambda me, it: flow.publish(me, it, MONDAY_9AM)  # noqa: E731
    told = both(app, article_id, (one, publish), (other, publish))
    assert told[0] == ""
    assert "gerade jemand anderes geändert" in told[1]


def test_what_is_saved_while_somebody_publishes_is_not_published_unseen(app: Flask) -> None:
    article, (one, other) = make_draft("Alt"), editors()
    version = article.german.version_id
    db.session.commit()
    article_id = article.id
    db.session.remove()
    # One still writes in the draft while the other hands it in and publishes it.
    save: Verb = lambda me, it: articles.save(  # noqa: E731
        me, it, Language.GERMAN, Words("Neu", "", "neu"), MONDAY_9AM, version=version
    )

    def publish(me: Actor, it: Article) -> None:
        flow.hand_in(me, it, "", MONDAY_9AM)
        flow.publish(me, it, MONDAY_9AM)

    told = both(app, article_id, (one, save), (other, publish))
    found = db.session.get_one(Article, article_id)
    assert found.german.published is None or found.german.published.title == "Alt"
    assert told[0] == ""
    assert "gerade jemand anderes geändert" in told[1]


def test_a_double_tap_hands_in_one_proposal(app: Flask) -> None:
    school = make_school()
    person = actor_for(make_user(Role.REPORTER, school_id=school.id))
    article_id = make_draft().id
    db.session.remove()
    hand_in: Verb = lambda me, it: submissions.submit(me, db.session.merge(school), WORDS, MONDAY_9AM, may_name=True)  # noqa: E731
    assert both(app, article_id, (person, hand_in), (person, hand_in)) == ["", ""]
    assert len(db.session.scalars(sa.select(Article).where(Article.state == State.SUBMITTED)).all()) == 1


def test_of_two_who_settle_a_task_one_does(app: Flask) -> None:
    article, (one, other) = make_draft(), editors()
    task_id = tasks.add(article, TaskKind.FEEDBACK, "Bild fehlt", MONDAY_9AM).id
    db.session.commit()
    article_id = article.id
    db.session.remove()
    settle: Verb = lambda me, it: tasks.settle(me, record.task_for(me, task_id), "Ergänzt", MONDAY_9AM)  # noqa: E731
    told = both(app, article_id, (one, settle), (other, settle))
    assert told[0] == ""
    assert "schon jemand erledigt" in told[1]
