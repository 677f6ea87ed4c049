"""Things of the knowledge base in the small city of the access table."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from itsm.accounts.models import User
from itsm.core import clock, pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb import media, videos
from itsm.kb.models import Article, ArticlePicture, ArticleVideo, Audience, TaskKind
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service import flow, tasks
from itsm.org.models import School
from tests.kb.contacts import make_edition, make_office
from tests.kb.factories import make_article, make_category, make_synonyms
from tests.kb.submissions import make_submission
from tests.people import actor_for, make_user

PICTURE = pictures.Picture(digest="", width=1, height=1, jpeg=b"jpeg", thumb=b"thumb")


def build(reporter: User, school: School) -> dict[str, Any]:
    """Make articles, what the editors have to do, words that mean the same, and who helps."""
    things = _article()
    things |= _desk(reporter, school, things["article"])
    return things | {
        "office": make_office(),
        "edition": make_edition(901),
        "synonyms": make_synonyms("Beamer", "Projektor"),
    }


def _article() -> dict[str, Any]:
    """An article for those who have signed in, with a picture and a video."""
    shelf = make_category(slug="praesentieren", name="Präsentieren")
    article = make_article("Beamer bleibt dunkel", audience=Audience.STAFF, category_id=shelf.id)
    files = {"article_id": article.id, "added_at": clock.now()}
    poster = pictures.keep(PICTURE)
    picture = ArticlePicture(token=pictures.keep(PICTURE), alternative="Kabel", width=1, height=1, **files)
    video = ArticleVideo(
        token=videos.keep(BytesIO(b"mp4")).token,
        title="Kabel tauschen",
        media_type=videos.MEDIA_TYPE,
        size_bytes=3,
        poster_token=poster,
        captions="WEBVTT\n",
        transcript="Kabel ziehen.",
        **files,
    )
    db.session.add_all([picture, video])
    article.german.body += f"\n\n{media.line_of(picture)}\n\n{media.line_of(video)}\n"
    db.session.flush()
    return {"article": article, "article_picture": picture, "article_video": video}


def _desk(reporter: User, school: School, article: Article) -> dict[str, Any]:
    """What the editors have to do: a proposal with a question to the school, a task, an article in the bin."""
    editor = actor_for(make_user(Role.KB_EDITOR))
    submission = make_submission(reporter, school)
    flow.ask(editor, submission, "Welches Gerät?", clock.now())
    thrown_away = make_article("Alt")
    recycle_bin.throw_away(editor, thrown_away, "Doppelt", clock.now())
    task = tasks.add(article, TaskKind.FEEDBACK, "Es fehlt ein Bild.", clock.now())
    return {"submission": submission, "thrown_away": thrown_away, "article_task": task}


PARTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "office_id": lambda things: things["office"].id,
    "group_id": lambda things: things["synonyms"].id,
    "direction": lambda things: "hoch",
    "edition_number": lambda things: things["edition"].number,
    "article_id": lambda things: things["article"].id,
    "article_task_id": lambda things: things["article_task"].id,
    "revision_id": lambda things: things["article"].german.revisions[0].id,
    "kb.act:slug": lambda things: "ueberarbeiten",
    "kb.answer:article_id": lambda things: things["submission"].id,
    "kb.board_block:slug": lambda things: "pruefen",
    "kb.from_ticket:ticket_id": lambda things: things["solved_ticket"].id,
    "kb.submission:article_id": lambda things: things["submission"].id,
    "kb.undelete:article_id": lambda things: things["thrown_away"].id,
    "picture_id": lambda things: things["article_picture"].id,
    "video_id": lambda things: things["article_video"].id,
    "kb.category:slug": lambda things: "praesentieren",
    "kb.captions:token": lambda things: things["article_video"].token,
    "kb.picture:token": lambda things: things["article_picture"].token,
    "kb.picture_thumb:token": lambda things: things["article_picture"].token,
    "kb.poster:token": lambda things: things["article_video"].token,
    "kb.video:token": lambda things: things["article_video"].token,
}
