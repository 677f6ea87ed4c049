"""Take articles over from files: all of them or none, and nothing twice.

Source: docs/import.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.core import pictures
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError
from itsm.kb import grammar
from itsm.kb.exchange import pictures_of
from itsm.kb.exchange.pictures_of import Found
from itsm.kb.exchange.reading import Source, tidy
from itsm.kb.models import (
    Article,
    ArticleEntry,
    ArticlePicture,
    ArticleText,
    Audience,
    Category,
    Revision,
)
from itsm.kb.outline import slug
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service import flow, index
from itsm.kb.service.articles import Words
from itsm.kb.service.media import Files
from itsm.kb.states import State
from itsm.tickets.models import FaultType

_LOCK = 0x6B6269
# What an export calls an article that was written here.
_NATIVE = "artikel-"
# Published or being reviewed: a text that others have not read makes it a draft again.
_SEEN_BY_OTHERS = frozenset({State.PUBLISHED, State.NEEDS_UPDATE, State.IN_REVIEW})


@dataclass
class Outcome:
    """What an import did, in numbers of articles, and which texts are shown as they were typed (MU-6)."""

    removed: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    published: int = 0
    in_bin: int = 0
    too_long: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as the command prints it."""
        return dict(vars(self))


def take_over(
    actor: Actor, sources: Iterable[Source], at: datetime, *, collection: str, publish: bool, replace: bool
) -> Outcome:
    """Add the articles of files, or bring those that came before up to date; return what was done.

    `publish` lets readers see them without a second pair of eyes, which is the operator's right (KB-3).
    Raises: DomainError naming the place of what cannot be taken over.
    """
    # One import after the other: two at once would add each article twice.
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    intake = _Intake(actor, at, collection, publish)
    files: list[Files] = []
    if replace:
        gone, files = _remove(collection)
        intake.outcome.removed = len(gone)
    outcome = intake.take(list(sources))
    # The same picture has the same name again, and lies there already.
    recycle_bin.drop_with_commit([one for one in files if one.picture not in intake.kept])
    return outcome


def _remove(collection: str) -> tuple[list[int], list[Files]]:
    """Delete the articles of a collection; return their numbers, and the files nobody names any more."""
    gone = list(db.session.scalars(sa.select(Article.id).where(Article.collection == collection)))
    rest = db.session.scalar(sa.select(sa.func.count(Article.id)).where(Article.is_live, Article.id.not_in(gone))) or 0
    db.session.execute(sa.update(Article).where(Article.id.in_(gone)).values(is_live=False, state=State.ARCHIVED))
    # Building the rest anew is quicker than taking most of it out.
    if rest < len(gone):
        index.rebuild()
    else:
        index.refresh_all(gone)
    return gone, recycle_bin.delete_for_good(gone)


class _Intake:
    """One import: what there was before it, and what it has done so far."""

    def __init__(self, actor: Actor, at: datetime, collection: str, publish: bool) -> None:
        self.outcome = Outcome()
        self.kept: set[str] = set()
        self._actor, self._at, self._collection, self._publish = actor, at, collection, publish
        self._categories = {
            name: category
            for category in db.session.scalars(sa.select(Category))
            for name in (category.name, category.slug)
        }
        self._faults = {fault.key: fault for fault in db.session.scalars(sa.select(FaultType))}
        self._review_on = flow.next_review(at)
        self._pictures: list[tuple[Article, Source, Found]] = []
        self._touched: list[Article] = []

    def take(self, sources: Collection[Source]) -> Outcome:
        """Take each article, then the pictures and the search, which need to know the numbers of the articles."""
        known = _known(self._collection, sources)
        tokens = _tokens(known.values())
        for given in sources:
            article = known.get(given.key)
            kept = tokens[article.id] if article else set[str]()
            source, shown = pictures_of.found(given, self._collection, kept)
            if article is not None and article.deleted_at is not None:
                self.outcome.in_bin += 1
                continue
            taken = self._one(article, source)
            self._pictures += [(taken, source, picture) for picture in shown if picture.token not in kept]
        db.session.flush()
        index.refresh_all(article.id for article in self._touched)
        self._keep_pictures()
        return self.outcome

    def _one(self, article: Article | None, source: Source) -> Article:
        is_new = article is None
        if article is None:
            article = Article(
                state=State.DRAFT,
                state_at=self._at,
                created_at=_moment(source.begun) or self._at,
                audience=Audience.PUBLIC,
                collection=self._collection,
                origin_key=source.key,
            )
            db.session.add(article)
        is_described, is_written = self._describe(article, source), self._write(article, source)
        has_changed = is_described or is_written
        if is_new:
            self._note(article, "import", to_state=State.DRAFT)
            self.outcome.added += 1
        elif has_changed:
            before = article.state
            if is_written and before in _SEEN_BY_OTHERS:
                article.state, article.state_at = State.DRAFT, self._at
            self._note(article, "import", from_state=before, to_state=article.state)
            self.outcome.changed += 1
        else:
            self.outcome.unchanged += 1
        if self._publish:
            has_changed |= self._let_read(article)
        if has_changed:
            self._touched.append(article)
        return article

    def _describe(self, article: Article, source: Source) -> bool:
        """Set what the file says of an article; say whether that was new."""
        values = dict(source.columns)
        if source.category is not None:
            values["category"] = self._category(source.category)
        if source.faults is not None:
            values["faults"] = self._known_faults(source.faults, source.place)
        different = {key: value for key, value in values.items() if getattr(article, key) != value}
        for key, value in different.items():
            setattr(article, key, value)
        return bool(different)

    def _write(self, article: Article, source: Source) -> bool:
        """Set the texts of an article, each as a new revision; say whether one was new."""
        different = False
        for language, words in source.texts.items():
            text = article.text(language)
            if text and Words(text.title, text.summary, tidy(text.body)) == words:
                continue
            different = True
            if grammar.is_too_long(words.body):
                self.outcome.too_long.append(source.place)
            if text is None:
                text = ArticleText(language=language, title=words.title)
                article.texts.append(text)
            text.title, text.summary, text.body = words.title, words.summary, words.body
            text.changed_at, text.changed_by_id = self._at, self._actor.user_id
            number = text.revisions[-1].number + 1 if text.revisions else 1
            values = vars(words) | {"number": number, "at": self._at, "author_id": self._actor.user_id}
            text.revisions.append(Revision(**values, note="Eingelesen"))
        return different

    def _let_read(self, article: Article) -> bool:
        """Publish what is not published; say whether there was anything."""
        behind = [text for text in article.texts if text.published is None or not _is_as_published(text)]
        if article.is_live and article.state is State.PUBLISHED and not behind:
            return False
        for text in behind:
            text.published = text.revisions[-1]
        self._note(article, "publish", from_state=article.state, to_state=State.PUBLISHED)
        article.state, article.state_at, article.is_live = State.PUBLISHED, self._at, True
        article.published_at, article.published_by_id = self._at, self._actor.user_id
        article.review_on = article.review_on or self._review_on
        self.outcome.published += 1
        return True

    def _note(self, article: Article, move: str, **states: State) -> None:
        said = "Beim Einlesen veröffentlicht" if move == "publish" else "Eingelesen"
        text = f"{said} aus der Sammlung „{self._collection}“."
        article.entries.append(ArticleEntry(move=move, at=self._at, author_id=self._actor.user_id, text=text, **states))

    def _category(self, name: str) -> Category:
        found = self._categories.get(name) or self._categories.get(slug(name))
        if found is None:
            position = 1 + max((category.position for category in self._categories.values()), default=0)
            found = Category(slug=slug(name), name=name, position=position)
            db.session.add(found)
            self._categories |= {name: found, found.slug: found}
        return found

    def _known_faults(self, keys: Collection[str], place: str) -> list[FaultType]:
        if unknown := [key for key in keys if key not in self._faults]:
            raise DomainError(f"{place}: Die Störungsart „{unknown[0]}“ gibt es nicht.")
        return sorted((self._faults[key] for key in keys), key=lambda fault: fault.position)

    def _keep_pictures(self) -> None:
        """Keep the pictures that are new, last of all: their files stay where the rows are rolled back."""
        for article, source, found in self._pictures:
            picture = pictures_of.read(found, source.place)
            self.kept.add(found.token)
            db.session.add(
                ArticlePicture(
                    article_id=article.id,
                    token=pictures.keep(picture, found.token),
                    alternative=found.alternative,
                    width=picture.width,
                    height=picture.height,
                    added_at=self._at,
                )
            )
        db.session.flush()


def _known(collection: str, sources: Collection[Source]) -> dict[str, Article]:
    """The articles that came with the same keys before, and those of our own an export was made of."""
    began = {source.key: source.begun for source in sources if source.key.startswith(_NATIVE) and source.begun}
    numbers = [int(digits) for key in began if (digits := key.removeprefix(_NATIVE)).isascii() and digits.isdecimal()]
    found = db.session.scalars(
        sa.select(Article)
        .where(
            sa.or_(
                sa.and_(Article.collection == collection, Article.origin_key.in_([one.key for one in sources])),
                sa.and_(Article.collection == "", Article.id.in_([one for one in numbers if one <= LARGEST_ID])),
            )
        )
        .options(
            joinedload(Article.category),
            selectinload(Article.faults),
            selectinload(Article.texts).joinedload(ArticleText.published),
        )
        .execution_options(populate_existing=True)
    )
    known = {article.origin_key or f"{_NATIVE}{article.id}": article for article in found}
    return {
        key: article
        for key, article in known.items()
        if article.collection or began.get(key) == article.created_at.isoformat()
    }


def _tokens(articles: Iterable[Article]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    own = sa.select(ArticlePicture.article_id, ArticlePicture.token)
    for article_id, token in db.session.execute(own.where(ArticlePicture.article_id.in_([one.id for one in articles]))):
        found[article_id].add(token)
    return found


def _is_as_published(text: ArticleText) -> bool:
    seen = text.published
    return seen is not None and (seen.title, seen.summary, seen.body) == (text.title, text.summary, text.body)


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
