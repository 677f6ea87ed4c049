"""Whoever may not read an article sees nothing of it, by any path: page, paper, search, list, feed, picture or film.

Each article carries words of its own wherever an article has words; whatever a person asks for, no answer shows a
word of an article that is not for that person. What was typed may be repeated.
"""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from itsm.app import PUBLIC
from itsm.core import clock, pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb import videos
from itsm.kb.models import Article, ArticlePicture, ArticleVideo, Audience, Category, Language, TaskKind
from itsm.kb.service import articles, bin, counts, tasks
from itsm.kb.service.articles import Words
from tests.kb.factories import make_article, make_category, make_draft, translate
from tests.meta.test_access import parts_of, rules
from tests.meta.world import World, build
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in

FIELDS = ("title", "summary", "body", "tag", "shelf", "hint", "alt", "film", "speech", "caption", "english", "team")
READ = ("Public", "Staff", "Support")
UNREAD = ("Draft", "Changed", "Archived", "Expired", "Deleted")
WORDS = {f"{word}{field}".casefold(): f"{word}{field}" for word in (*READ, *UNREAD) for field in (*FIELDS, "task")}
# Whose articles a person reads; the last one also sees what the editors work on.
READS = {
    "anonymous": READ[:1],
    "reporter": READ[:2],
    "second_level": READ,
    "auditor": READ,
    "administrator": (*READ, *UNREAD),
}
# Whoever writes an article chooses among all shelves.
WRITERS = ("second_level",)
BEING_WRITTEN = ("Public", "Draft")
# Whoever sees the figures knows the titles of what was read once, whatever became of it.
SEES_FIGURES = ("auditor",)
NEVER_READ = ("Draft", "Changed")
# Stands in every article, so that one search would find them all.
COMMON = "Zwiebelfisch"
FILES = {"kb.picture", "kb.picture_thumb", "kb.video", "kb.poster", "kb.captions"}
# Who is asked for which pages: one person for all there are; the others where articles are shown. A stranger is
# refused everywhere else (test_access).
ASKED: dict[str, tuple[str, ...]] = {
    "anonymous": tuple(sorted(PUBLIC)),
    "reporter": ("",),
    "second_level": ("kb.", "home.", "tickets."),
    "auditor": ("kb.", "home."),
    "administrator": ("kb.", "home."),
}
# What nobody but editors may read is asked for by its address once, beside what is for other readers.
BY_ADDRESS: dict[str, tuple[str, ...]] = {
    "anonymous": ("Staff", "Support", "Draft"),
    "reporter": ("Public", "Support", "Draft", "Archived", "Expired", "Deleted"),
    "second_level": ("Public", "Draft"),
}
NOTHING_TO_SHOW = ("static", "operations.mailbox")


class Marked(NamedTuple):
    """An article whose words begin all alike, with what it shows."""

    word: str
    article: Article
    shelf: Category
    picture: ArticlePicture
    video: ArticleVideo


def _mark(
    world: World, word: str, audience: Audience = Audience.PUBLIC, *, is_live: bool = True, **more: Any
) -> Marked:
    shelf = make_category(name=f"{word}shelf", hint=f"{word}hint")
    picture, poster = (pictures.keep(pictures.Picture("", 1, 1, b"jpeg", b"thumb")) for _ in range(2))
    film = videos.keep(BytesIO(b"mp4")).token
    body = f"{COMMON} {word}body\n\n![{word}alt](bild:{picture})\n\n![{word}film](video:{film})\n"
    article = (make_article if is_live else make_draft)(
        f"{COMMON} {word}title",
        summary=f"{COMMON} {word}summary",
        body=body,
        audience=audience,
        category_id=shelf.id,
        tags=[f"{word}tag", COMMON],
        team=f"{word}team",
        faults=[world.ticket.fault_type],
        **more,
    )
    files = {"article_id": article.id, "added_at": MONDAY_9AM}
    marked = Marked(
        word,
        article,
        shelf,
        ArticlePicture(token=picture, alternative=f"{word}alt", width=1, height=1, **files),
        ArticleVideo(
            token=film,
            title=f"{word}film",
            media_type=videos.MEDIA_TYPE,
            size_bytes=3,
            poster_token=poster,
            captions=f"WEBVTT\n\n00:00.000 --> 00:01.000\n{word}caption\n",
            transcript=f"{word}speech",
            **files,
        ),
    )
    db.session.add_all([marked.picture, marked.video])
    db.session.commit()
    return marked


def _marked(world: World) -> list[Marked]:
    """One article of each kind; each has helped, and each has something to do."""
    editor = actor_for(make_user(Role.KB_EDITOR))
    found = [_mark(world, word, audience) for word, audience in zip(READ, Audience, strict=True)]
    for marked in found:
        translate(marked.article, Language.ENGLISH, Words(f"{marked.word}english", COMMON, f"{COMMON}."))
    yesterday = clock.local_day(clock.now()) - timedelta(days=1)
    found += [_mark(world, "Draft", is_live=False), _mark(world, "Archived"), _mark(world, "Deleted")]
    found += [_mark(world, "Expired", valid_until=yesterday)]
    articles.move(editor, found[4].article, "archive", MONDAY_9AM)
    bin.throw_away(editor, found[5].article, "doppelt", MONDAY_9AM)
    rewritten = found[0].article
    articles.move(editor, rewritten, "revise", MONDAY_9AM)
    changed = Words(f"{COMMON} Changedtitle", "Changedsummary", f"{rewritten.german.body} Changedbody")
    articles.save(editor, rewritten, Language.GERMAN, changed, MONDAY_9AM, version=rewritten.german.version_id)
    at = clock.now()
    counts.count("helped", [marked.article.id for marked in found], at)
    for marked in found:
        tasks.add(marked.article, TaskKind.FEEDBACK, f"{marked.word}task", at)
    db.session.commit()
    return found


@pytest.fixture
def world(session: scoped_session) -> World:
    """The small world."""
    return build()


def _addresses(app: Flask, world: World, rule: Rule, marked: list[Marked]) -> Iterator[tuple[str, str]]:
    """Every address of a rule, with the word of the article it names."""
    parts: dict[str, Any] = parts_of(world, rule)
    with app.test_request_context():
        if rule.endpoint in FILES:
            for one in marked:
                token = one.picture.token if "picture" in rule.endpoint else one.video.token
                yield app.url_for(rule.endpoint, token=token), one.word
        elif rule.endpoint == "kb.category":
            for one in marked:
                yield app.url_for(rule.endpoint, slug=one.shelf.slug), one.word
        elif "article_id" in rule.arguments:
            # Editors' pages of an article look at its people; what became of it matters to its readers' pages alone.
            for one in marked:
                if rule.endpoint in PUBLIC or one.word in BEING_WRITTEN:
                    yield app.url_for(rule.endpoint, **parts | {"article_id": one.article.id}), one.word
        else:
            yield app.url_for(rule.endpoint, **parts), ""


def _searches(world: World, person: str, marked: list[Marked]) -> Iterator[str]:
    """Every search and list that could name one of the articles."""
    key = world.ticket.fault_type.key
    for path in ("/wissen/suche", "/wissen/suche/live", "/suche", "/wissen/artikel"):
        yield f"{path}?q={COMMON}"
    if person not in BY_ADDRESS:
        return
    for keys in ("", "fuer=intern&", "liste=1&"):
        yield f"/stoerungen/{world.ticket.id}/artikel?{keys}q={COMMON}"
    narrowed = ("tag=" + COMMON, "fuer=staff", "fuer=support", f"stoerung={key}", "geraet=ipad", "form=02", "seite=2")
    yield from (f"/wissen/suche?{keys}" for keys in narrowed)
    yield f"/wissen/suche?q={COMMON}&tag={COMMON}"
    for one in marked[: len(READ)]:
        yield from (f"/wissen/{one.article.id}{more}" for more in ("", "?sprache=en"))
        yield f"/wissen/video/{one.video.token}/untertitel.vtt"
    for one in marked:
        if one.word not in READS[person]:
            yield f"/wissen/suche?q={one.word}body&bereich={one.shelf.slug}"
            yield f"/melden?schule={world.school.id}&fault={key}&artikel={one.article.id}"


def _posts(world: World, marked: list[Marked]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """What is sent to read: suggestions beside a report, an article opened there, said to help, put in an answer."""
    report = {"school": world.school.id, "fault": world.ticket.fault_type_id, "description": COMMON}
    yield "/wissen/vorschlaege", report, ""
    for one in marked:
        yield f"/wissen/{one.article.id}/vorschlag", report, one.word
        yield f"/wissen/{one.article.id}/geholfen", {"sprache": "xx"}, one.word
        yield f"/stoerungen/{world.ticket.id}/artikel/{one.article.id}", {"als": "schritte"}, one.word


def _words(answer: TestResponse, typed: str) -> set[str]:
    """Which marked words an answer shows that were not typed."""
    shown, typed = f"{answer.data.decode(errors='replace')}\n{answer.headers}".casefold(), typed.casefold()
    return {word for folded, word in WORDS.items() if folded in shown and folded not in typed}


def _asked(app: Flask, world: World, person: str, marked: list[Marked]) -> Iterator[tuple[str, str]]:
    """Every page, picture and film of articles a person may not read, and of the one that is being rewritten."""
    hidden = [one for one in marked if one.word in BY_ADDRESS.get(person, ())]
    for row, rule in rules(app).items():
        asked = rule.endpoint.startswith(ASKED[person]) and not rule.endpoint.startswith(NOTHING_TO_SHOW)
        if row.startswith("GET ") and asked:
            yield from _addresses(app, world, rule, hidden)


def _client(app: Flask, world: World, person: str) -> FlaskClient:
    client = app.test_client()
    return client if person == "anonymous" else sign_in(client, world.people[person])


def _may_show(person: str, word: str, path: str) -> bool:
    """Whether a person may see a marked word here."""
    kind = next(kind for kind in (*READ, *UNREAD) if word.startswith(kind))
    if word.endswith("task"):
        return person == "administrator"
    if person in SEES_FIGURES and path.startswith("/wissen/zahlen"):
        return word.endswith("title") and kind not in NEVER_READ
    return kind in READS[person] or (person in WRITERS and word.endswith("shelf"))


def test_no_answer_shows_a_word_of_an_article_for_others(app: Flask, world: World) -> None:
    marked, wrong, seen = _marked(world), [], set[str]()
    for person, read in READS.items():
        client = _client(app, world, person)
        paths = _asked(app, world, person, marked)
        answers = [(path, word, client.get(path, buffered=True)) for path, word in paths]
        answers += [(path, "", client.get(path, buffered=True)) for path in _searches(world, person, marked)]
        answers += [
            (path, word, client.post(path, data=data, buffered=True)) for path, data, word in _posts(world, marked)
        ]
        for path, word, answer in answers:
            assert answer.status_code < 500, path
            words = _words(answer, path)
            wrong += [f"{person}: {path} shows {one}" for one in words if not _may_show(person, one, path)]
            if word and word not in read and answer.status_code == 200:
                wrong.append(f"{person}: {path} is answered")
            seen |= words
    assert not wrong, "\n".join(wrong)
    # Every word of what somebody reads is shown to somebody, or this would say nothing.
    assert seen >= {f"{word}{field}" for word in READ for field in FIELDS}
    assert seen >= {f"{word}title" for word in UNREAD}
