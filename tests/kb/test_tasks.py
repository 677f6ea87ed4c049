"""What readers and jobs ask of an owner: asked once, settled once, with a sentence."""

import pytest
import sqlalchemy as sa

from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.kb import record
from itsm.kb.models import Language, SearchCount, TaskKind
from itsm.kb.service import tasks
from tests.kb.factories import make_article
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")

FEEDBACK = TaskKind.FEEDBACK


def test_the_same_is_asked_once_until_it_is_done() -> None:
    article, editor = make_article(), actor_for(make_user(Role.KB_EDITOR))
    first = tasks.add(article, FEEDBACK, " Bild fehlt ", MONDAY_9AM)
    assert tasks.add(article, FEEDBACK, "Bild fehlt", MONDAY_9AM) is first
    assert tasks.add(article, FEEDBACK, "Bild fehlt", MONDAY_9AM, Language.ENGLISH) is not first
    tasks.settle(editor, first, "Bild ergänzt", MONDAY_9AM)
    assert tasks.add(article, FEEDBACK, "Bild fehlt", MONDAY_9AM) is not first


def test_a_task_is_settled_once_with_a_sentence_that_the_history_keeps() -> None:
    article, editor = make_article(), actor_for(make_user(Role.KB_EDITOR))
    task = tasks.add(article, FEEDBACK, "Bild fehlt", MONDAY_9AM)
    with pytest.raises(DomainError, match="in einem Satz"):
        tasks.settle(editor, task, " ", MONDAY_9AM)
    tasks.settle(editor, task, " Bild ergänzt ", MONDAY_9AM)
    db.session.commit()
    assert (task.outcome, task.done_by_id, record.entries(article)[-1].text) == (
        "Bild ergänzt",
        editor.user_id,
        "Bild ergänzt",
    )
    with pytest.raises(Conflict):
        tasks.settle(editor, task, "Noch einmal", MONDAY_9AM)
    assert not record.open_tasks(article)


def test_owner_and_deputy_settle_and_nobody_else_sees_the_task() -> None:
    owner, deputy, other = (make_user(Role.SECOND_LEVEL) for _ in range(3))
    article = make_article(owner_id=owner.id, deputy_id=deputy.id)
    task = tasks.add(article, FEEDBACK, "Bild fehlt", MONDAY_9AM)
    db.session.commit()
    assert record.task_for(actor_for(deputy), task.id) is task
    with pytest.raises(NotFound):
        record.task_for(actor_for(other), task.id)
    with pytest.raises(NotAllowed):
        tasks.settle(actor_for(other), task, "Erledigt", MONDAY_9AM)
    tasks.settle(actor_for(owner), task, "Erledigt", MONDAY_9AM)


def test_a_search_that_was_dealt_with_stays_settled_for_the_days_it_was_searched() -> None:
    editor = actor_for(make_user(Role.KB_EDITOR))
    db.session.add(SearchCount(line="beamerlampe", day=MONDAY, searches=3))
    db.session.commit()
    with pytest.raises(NotAllowed):
        tasks.settle_search(actor_for(make_user(Role.AUDITOR)), "beamerlampe", MONDAY_9AM)
    tasks.settle_search(editor, "beamerlampe", MONDAY_9AM)
    assert db.session.scalar(sa.select(SearchCount.settled_at)) == MONDAY_9AM
