"""The search line of the editors' list: word → filter, and free text in the titles."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.accounts.models import User
from itsm.core import search
from itsm.core.access import Actor
from itsm.core.errors import DomainError
from itsm.kb import board
from itsm.kb.models import Article, ArticleText, Audience, Category
from itsm.kb.states import LABELS, State

Clause = sa.ColumnElement[bool]

AUDIENCES = {"alle": Audience.PUBLIC, "schule": Audience.STAFF, "support": Audience.SUPPORT}
STALE = "veraltet"


def _state(actor: Actor, value: str, on: date) -> Clause:
    wanted = value.casefold()
    if wanted == STALE:
        return board.stale(on)
    states = [state for state in State if wanted in LABELS[state].casefold()]
    if not states:
        names = ", ".join((*LABELS.values(), STALE))
        raise DomainError(f"Den Zustand „{value}“ gibt es nicht. Möglich sind: {names}.")
    return Article.state.in_(states)


def _audience(actor: Actor, value: str, on: date) -> Clause:
    audience = AUDIENCES.get(value.casefold())
    if audience is None:
        raise DomainError(f"Die Zielgruppe „{value}“ gibt es nicht. Möglich sind: {', '.join(AUDIENCES)}.")
    return Article.audience == audience


def _category(actor: Actor, value: str, on: date) -> Clause:
    if value.casefold() == "ohne":
        return Article.category_id.is_(None)
    named = sa.or_(Category.name.icontains(value, autoescape=True), Category.slug == value.casefold())
    return Article.category_id.in_(sa.select(Category.id).where(named))


def _owner(actor: Actor, value: str, on: date) -> Clause:
    if value.casefold() == "ich":
        return sa.or_(Article.owner_id == actor.user_id, Article.deputy_id == actor.user_id)
    if value.casefold() == "niemand":
        return board.ownerless()
    return Article.owner_id.in_(sa.select(User.id).where(User.name.icontains(value, autoescape=True)))


def _tag(actor: Actor, value: str, on: date) -> Clause:
    return Article.tags.bool_op("@>")(sa.cast([value], sa.ARRAY(sa.Text)))


WORDS = {"zustand": _state, "zielgruppe": _audience, "bereich": _category, "besitzer": _owner, "schlagwort": _tag}
HELP = "Filter: zustand:prüfung · zustand:veraltet · zielgruppe:schule · bereich:WLAN · besitzer:ich · schlagwort:iPad"


def filters(actor: Actor, line: str, on: date) -> list[Clause]:
    """Return the filters of a search line; the caller starts with `followed_by`.

    Raises: DomainError naming the word that cannot be understood.
    """
    parsed = search.parse(line, WORDS)
    found = [WORDS[word](actor, value, on) for word, value in parsed.filters]
    return found + [_titled(word.strip('"')) for word in parsed.text.split()]


def _titled(word: str) -> Clause:
    text = aliased(ArticleText)
    said = sa.or_(text.title.icontains(word, autoescape=True), text.summary.icontains(word, autoescape=True))
    return sa.select(text.id).where(text.article_id == Article.id, said).exists()
