"""One page of the editors' list: tab, filters, order and keyset; two selects."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.accounts.models import User
from itsm.core import keyset
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.kb import list_search, policy
from itsm.kb.models import Article, ArticleText, Category, Language
from itsm.kb.states import State

_WORK = (State.SUBMITTED, State.ASKED, State.DRAFT, State.IN_REVIEW, State.NEEDS_UPDATE)
TABS = {"meine": "Meine", "arbeit": "In Arbeit", "online": "Veröffentlicht", "archiv": "Archiv", "alle": "Alle"}
# word: whether the moment of the state falls
ORDERS = {"neu": True, "alt": False}


Page = keyset.Page[sa.Row[Any]]
_KEYS = (Article.state_at, Article.id)


def page(actor: Actor, tab: str, line: str, order: str, cursor: str, on: date) -> Page:
    """Return one page of the list.

    Raises: DomainError for a tab, a filter, an order or a cursor that nobody's page has sent.
    """
    if tab not in TABS or order not in ORDERS:
        raise DomainError("Diese Ansicht gibt es nicht.")
    found = list_search.filters(actor, line, on)
    select = keyset.begun(_select(actor).where(_of_tab(actor, tab), *found), _KEYS, cursor, falls=ORDERS[order])
    return Page(*keyset.cut(db.session.execute(select).all(), _KEYS), counts(actor, found))


def counts(actor: Actor, found: Sequence[sa.ColumnElement[bool]] = ()) -> dict[str, int]:
    """Return how many articles each tab has under these filters; one select."""
    tended = sa.select(Article).where(policy.tended_by(actor), *found)
    return keyset.counts({tab: _of_tab(actor, tab) for tab in TABS}, tended)


def _of_tab(actor: Actor, tab: str) -> sa.ColumnElement[bool]:
    if tab == "meine":
        people = (Article.owner_id, Article.deputy_id)
        return sa.and_(Article.state != State.ARCHIVED, sa.or_(*(person == actor.user_id for person in people)))
    if tab == "arbeit":
        return Article.state.in_(_WORK)
    if tab == "online":
        return Article.is_live.is_(True)
    return Article.state == State.ARCHIVED if tab == "archiv" else sa.true()


def _select(actor: Actor) -> sa.Select[Any]:
    german = aliased(ArticleText)
    columns: tuple[Any, ...] = (
        Article.id,
        german.title,
        Article.state,
        Article.state_at,
        Article.audience,
        Article.is_live,
        Article.review_on,
        Category.name.label("category"),
        User.name.label("owner"),
    )
    return (
        sa.select(*columns)
        .join(german, sa.and_(german.article_id == Article.id, german.language == Language.GERMAN))
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(User, User.id == Article.owner_id)
        .where(policy.tended_by(actor))
    )
