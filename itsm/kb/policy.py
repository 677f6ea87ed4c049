"""Who may read which article, and who may write, review and publish it.

Source: docs/rules/articles.md, KB-2 and KB-3.
"""

from collections.abc import Collection
from datetime import date
from functools import lru_cache

import sqlalchemy as sa

from itsm.core.access import Actor, Verb
from itsm.kb.models import Article, Audience
from itsm.kb.states import WRITABLE, State
from itsm.org import policy as org_policy


@lru_cache(maxsize=4096)
def audiences_of(actor: Actor) -> frozenset[Audience]:
    """Return for whom an article may be written to be read by this person; a stranger reads what is public."""
    found = {Audience.PUBLIC}
    if actor.may_somewhere(Verb.KB_READ_STAFF):
        found.add(Audience.STAFF)
    if actor.may_somewhere(Verb.KB_READ_SUPPORT):
        found.add(Audience.SUPPORT)
    return frozenset(found)


def may_read(actor: Actor, article: Article, on: date) -> bool:
    """Say whether this person may read the published article on a day; `readable_by` draws the same line."""
    return (
        article.is_live
        and article.deleted_at is None
        and article.audience in audiences_of(actor)
        and (article.valid_until is None or article.valid_until >= on)
    )


def readable_by(actor: Actor, on: date) -> sa.ColumnElement[bool]:
    """Return the filter every page, list, count, search, suggestion and feed of articles begins with."""
    return sa.and_(
        Article.is_live,
        Article.deleted_at.is_(None),
        Article.audience.in_(sorted(audiences_of(actor))),
        sa.or_(Article.valid_until.is_(None), Article.valid_until >= on),
    )


def is_editor(actor: Actor) -> bool:
    """Say whether this person belongs to the editors, who see every article in every state."""
    return actor.may(Verb.KB_EDIT)


def may_follow(actor: Actor, article: Article) -> bool:
    """Say whether this person sees what the editors do with an article; `followed_by` draws the same line.

    Besides the editors these are the owner, the deputy, and the one who submitted it.
    """
    return may_tend(actor, article) or is_editor(actor) or has_submitted(actor, article)


def followed_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the articles whose working state this person sees."""
    if is_editor(actor):
        return sa.true()
    if not actor.signed_in:
        return sa.false()
    mine = sa.or_(Article.submitted_by_id == actor.user_id, _is_responsible(actor))
    return sa.and_(Article.deleted_at.is_(None), mine)


def may_edit(actor: Actor, article: Article) -> bool:
    """Say whether this person decides about an article as an editor."""
    return is_editor(actor) and article.deleted_at is None


def has_submitted(actor: Actor, article: Article) -> bool:
    """Say whether this person submitted an article."""
    return actor.signed_in and article.deleted_at is None and article.submitted_by_id == actor.user_id


def may_tend(actor: Actor, article: Article) -> bool:
    """Say whether this person looks after an article: an editor, its owner or its deputy.

    Who may not draft any more, having left the support, is responsible in name only.
    """
    is_responsible = may_draft(actor) and actor.user_id in (article.owner_id, article.deputy_id)
    return may_edit(actor, article) or (is_responsible and article.deleted_at is None)


def tended_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the articles this person looks after; the SQL twin of `may_tend`, within `followed_by`."""
    own = sa.true() if is_editor(actor) else _is_responsible(actor)
    return sa.and_(followed_by(actor), Article.deleted_at.is_(None), own)


def _is_responsible(actor: Actor) -> sa.ColumnElement[bool]:
    if not may_draft(actor):
        return sa.false()
    return sa.or_(Article.owner_id == actor.user_id, Article.deputy_id == actor.user_id)


def may_submit(actor: Actor) -> bool:
    """Say whether this person may hand an article to the editors in the name of a school."""
    return actor.may_somewhere(Verb.KB_SUBMIT)


def may_draft(actor: Actor) -> bool:
    """Say whether this person may begin an article."""
    return actor.may_somewhere(Verb.KB_DRAFT)


def may_write(actor: Actor, article: Article) -> bool:
    """Say whether this person may change the working text as the article stands now."""
    if article.deleted_at is not None or article.state not in WRITABLE:
        return False
    if is_editor(actor):
        return True
    if article.state in (State.SUBMITTED, State.ASKED):
        return actor.signed_in and article.submitted_by_id == actor.user_id
    return article.state is State.DRAFT and may_draft(actor) and actor.user_id in (article.owner_id, article.deputy_id)


def may_describe(actor: Actor, article: Article) -> bool:
    """Say whether this person may change what is said about an article; a school changes its text alone.

    Source: docs/rules/writing.md, WR-9.
    """
    return may_write(actor, article) and may_tend(actor, article)


def may_publish(actor: Actor, article: Article, writer_ids: Collection[int | None]) -> bool:
    """Say whether this person may publish what these people wrote since the last time: four eyes.

    Source: docs/rules/articles.md, KB-3.
    """
    return is_editor(actor) and article.deleted_at is None and actor.user_id not in writer_ids


def may_see_figures(actor: Actor) -> bool:
    """Say whether this person sees how articles are read and searched."""
    return actor.may(Verb.KB_FIGURES)


def may_see_all_contacts(actor: Actor) -> bool:
    """Say whether this person sees who helps in every district; a school sees what holds for it."""
    return org_policy.may_see_districts(actor)


def may_edit_contacts(actor: Actor) -> bool:
    """Say whether this person may change the overview of offices."""
    return actor.may(Verb.CONTACT_EDIT)
