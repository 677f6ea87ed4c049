"""Keep an eye on the links of published articles; one that stays broken becomes a task.

Source: docs/rules/markup.md, MU-7 to MU-9.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from itsm.config import Settings
from itsm.core import clock
from itsm.core.db import LARGEST_ID, db, writing
from itsm.core.queue import enqueue
from itsm.kb import addresses, markup
from itsm.kb.addresses import Look, Verdict
from itsm.kb.grammar import PICTURE, VIDEO
from itsm.kb.models import (
    Article,
    ArticleLink,
    ArticlePicture,
    ArticleTask,
    ArticleText,
    ArticleVideo,
    Audience,
    Revision,
    TaskKind,
)
from itsm.kb.service import tasks

MOST_AT_ONCE = 150
LONGEST_SECONDS = 900.0
PAUSE_SECONDS = 1.0
BROKEN_AFTER = 2
# Where so many different machines are silent, it is our own line that is broken.
_SILENT_HOSTS = 3
_HAS_ADDRESS = r"https?://|\]\(|\]:"
_ARTICLE = re.compile(r"/wissen/([0-9]{1,10})(?:[/?#].*)?")
_WORKS, _GONE = Look(Verdict.WORKS), Look(Verdict.BROKEN)


def follow_up(at: datetime) -> int:
    """Bring the list of links in line with the published texts, look at our own, and ask the worker for the others.

    Returns how many links came or went.
    """
    changed = _bring_in_line(at)
    _look_at_own(at)
    db.session.flush()
    enqueue("check-links", args={}, queue="links", lock="check-links", queueing_lock="check-links")
    return changed


def check(
    now: Callable[[], datetime],
    *,
    look: Callable[[str], Look] = addresses.look,
    pause_seconds: float = PAUSE_SECONDS,
) -> int:
    """Look at the web addresses nobody has looked at for longest; return how many.

    Nothing is locked meanwhile: the list is read first, and what was found is written at the end.
    """
    with writing():
        urls = _next_urls()
    found = _look_slowly(urls, look, pause_seconds)
    asked = {urlsplit(url).hostname for url, one in found.items() if one.verdict is not Verdict.NOT_ASKED}
    if len(asked) >= _SILENT_HOSTS and all(one.status is None for one in found.values()):
        return 0
    with writing():
        rows = db.session.scalars(
            sa.select(ArticleLink)
            .where(ArticleLink.url.in_(found))
            .order_by(ArticleLink.id)
            .options(joinedload(ArticleLink.article))
            .with_for_update(of=ArticleLink)
        )
        for link in rows:
            _note(link, found[link.url], now())
    return len(found)


def _bring_in_line(at: datetime) -> int:
    held = {(link.article_id, link.url): link for link in db.session.scalars(sa.select(ArticleLink))}
    wanted = set(_links_of_published())
    gone = [link for key, link in held.items() if key not in wanted]
    for link in gone:
        _settle(link, "Der Link steht nicht mehr in dem, was andere lesen.", at)
        db.session.delete(link)
    missing = [{"article_id": article_id, "url": url} for article_id, url in sorted(wanted - held.keys())]
    if missing:
        db.session.execute(sa.insert(ArticleLink), missing)
    return len(gone) + len(missing)


def _links_of_published() -> Iterable[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Article.id, Revision.body)
        .join(ArticleText, ArticleText.article_id == Article.id)
        .join(Revision, Revision.id == ArticleText.published_id)
        .where(Article.is_live, Article.deleted_at.is_(None), Revision.body.regexp_match(_HAS_ADDRESS))
    )
    for article_id, body in rows:
        for url in markup.addresses(body):
            yield article_id, _as_own(url)


def _as_own(url: str) -> str:
    """An address of ours without our own name: it is looked up and not asked."""
    settings: Settings = current_app.config["SETTINGS"]
    return url.removeprefix(settings.base_url) if url.startswith(f"{settings.base_url}/") else url


def _look_at_own(at: datetime) -> None:
    links = db.session.scalars(
        sa.select(ArticleLink).where(~_is_web()).options(joinedload(ArticleLink.article)).order_by(ArticleLink.id)
    ).all()
    media = {
        *(PICTURE + token for token in db.session.scalars(sa.select(ArticlePicture.token))),
        *(VIDEO + token for token in db.session.scalars(sa.select(ArticleVideo.token))),
    }
    targets = _targets(links)
    for link in links:
        if link.url.startswith((PICTURE, VIDEO)):
            _note(link, _WORKS if link.url in media else _GONE, at)
        elif match := _ARTICLE.fullmatch(link.url):
            target = targets.get(int(match[1]))
            _note(link, _WORKS if target and _opens(link.article, target, clock.local_day(at)) else _GONE, at)


def _targets(links: Iterable[ArticleLink]) -> dict[int, Article]:
    numbers = {int(match[1]) for link in links if (match := _ARTICLE.fullmatch(link.url))}
    known = [number for number in numbers if number <= LARGEST_ID]
    return {article.id: article for article in db.session.scalars(sa.select(Article).where(Article.id.in_(known)))}


def _opens(article: Article, target: Article, on: date) -> bool:
    """Whether everybody who may read the article may read the one it leads to."""
    order = list(Audience)
    return (
        target.is_live
        and target.deleted_at is None
        and (target.valid_until is None or target.valid_until >= on)
        and order.index(target.audience) <= order.index(article.audience)
    )


def _is_web() -> sa.ColumnElement[bool]:
    return sa.or_(ArticleLink.url.startswith("http://"), ArticleLink.url.startswith("https://"))


def _next_urls() -> list[str]:
    longest = sa.func.min(ArticleLink.checked_at).nulls_first()
    query = sa.select(ArticleLink.url).where(_is_web()).group_by(ArticleLink.url).order_by(longest, ArticleLink.url)
    return list(db.session.scalars(query.limit(MOST_AT_ONCE)))


def _look_slowly(urls: Iterable[str], look: Callable[[str], Look], pause_seconds: float) -> dict[str, Look]:
    """What came of each address, for as long as there is time; one machine is not asked twice in a moment."""
    until = time.monotonic() + LONGEST_SECONDS
    asked: dict[str | None, float] = defaultdict(lambda: -pause_seconds)
    found: dict[str, Look] = {}
    for url in urls:
        if time.monotonic() > until:
            break
        host = urlsplit(url).hostname
        time.sleep(max(0.0, asked[host] + pause_seconds - time.monotonic()))
        found[url] = look(url)
        asked[host] = time.monotonic()
    return found


def _note(link: ArticleLink, found: Look, at: datetime) -> None:
    """Keep what came of looking at a link; broken on two days it becomes a task, and working it ends that task."""
    before, link.checked_at, link.status = link.checked_at, at, found.status
    if found.verdict is Verdict.WORKS:
        _settle(link, "Der Link geht wieder.", at)
    if found.verdict is not Verdict.BROKEN:
        return
    is_first = link.broken_since is None
    if is_first or before is None or clock.local_day(before) < clock.local_day(at):
        link.broken_since = link.broken_since or at
        link.failures += 1
        if link.failures == BROKEN_AFTER:
            tasks.add(link.article, TaskKind.BROKEN_LINK, _words(link), at)


def _words(link: ArticleLink) -> str:
    return f"Dieser Link führt ins Leere: {link.url}"[: tasks.LONGEST]


def _settle(link: ArticleLink, outcome: str, at: datetime) -> None:
    """End the task a link has become; it is as if it had never been broken."""
    if link.failures >= BROKEN_AFTER:
        db.session.execute(
            sa.update(ArticleTask)
            .where(
                ArticleTask.article_id == link.article_id,
                ArticleTask.kind == TaskKind.BROKEN_LINK,
                ArticleTask.text == _words(link),
                ArticleTask.done_at.is_(None),
            )
            .values(done_at=at, outcome=outcome)
        )
    link.broken_since, link.failures = None, 0
