"""Pictures and videos of articles: checked, kept, shown to whoever may read, and gone with their row."""

import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from flask.testing import FlaskClient
from PIL import Image

from itsm.accounts.models import User
from itsm.core import pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.kb import captions, videos
from itsm.kb.models import Article, ArticlePicture, ArticleVideo, Audience
from itsm.kb.states import State
from tests.kb.factories import make_article, make_draft
from tests.kb.mp4 import CAPTIONS, box, mp4
from tests.people import make_user, sign_in


def png(width: int = 40, height: int = 30) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), (255, 0, 0, 128)).save(buffer, "PNG")
    return buffer.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 900 million points."""
    head = (30_000).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\x00" * 1000)), (b"IEND", b""))
    chunks = (len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4) for name, body in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def picture_form(content: bytes = b"", alternative: str = "Das Kabel am Beamer") -> dict[str, Any]:
    return {"picture": (io.BytesIO(content or png()), "bild.png"), "alternative": alternative}


def video_form(**changes: Any) -> dict[str, Any]:
    files = {"video": mp4(), "poster": png(), "captions": CAPTIONS.encode()} | changes
    sent = {name: (io.BytesIO(content), name) for name, content in files.items() if isinstance(content, bytes)}
    words = {"title": "Kabel [neu]", "transcript": "Kabel ziehen."}
    return words | {name: value for name, value in changes.items() if isinstance(value, str)} | sent


def files() -> set[Path]:
    return {path for path in (Path(current_app.config["INSTANCE"]) / "uploads").rglob("*") if path.is_file()}


def add_picture(browser: FlaskClient, article: Article, **more: Any) -> ArticlePicture:
    answer = browser.post(f"/wissen/{article.id}/bilder/einfuegen", data=picture_form(**more))
    assert answer.status_code == 200, answer.text
    return db.session.query(ArticlePicture).order_by(ArticlePicture.id.desc()).first()  # type: ignore[return-value]


def add_video(browser: FlaskClient, article: Article) -> ArticleVideo:
    assert browser.post(f"/wissen/{article.id}/videos", data=video_form()).status_code == 303
    return db.session.query(ArticleVideo).one()


def test_a_picture_is_encoded_anew_and_comes_back_as_a_line_of_the_text(browser: FlaskClient) -> None:
    article = make_draft()
    answer = browser.post(f"/wissen/{article.id}/bilder/einfuegen", data=picture_form(alternative="Taste [Ein]"))
    row = db.session.query(ArticlePicture).one()
    assert answer.json == {"line": rf"![Taste \[Ein\]](bild:{row.token})"}
    assert pictures.path(row.token).read_bytes().startswith(b"\xff\xd8\xff")
    assert (
        'alt="Taste [Ein]"' in browser.post(f"/wissen/{article.id}/vorschau", data={"body": answer.json["line"]}).text
    )
    assert browser.post(f"/wissen/{article.id}/bilder", data=picture_form()).status_code == 303
    assert browser.get(f"/wissen/{article.id}/bilder").text.count("(bild:") == 2


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"alternative": " "}, "Bitte beschreiben Sie das Bild"),
        ({"content": b"<html><script>alert(1)</script>"}, "kein Foto"),
        ({"content": bomb()}, "nicht öffnen"),
        ({"content": b"\x89PNG\r\n\x1a\n"}, "nicht öffnen"),
        ({"content": mp4()}, "kein Foto"),
    ],
)
def test_what_is_no_described_picture_is_refused_and_nothing_kept(
    browser: FlaskClient, sent: dict[str, Any], says: str
) -> None:
    article, before = make_draft(), files()
    page = browser.post(f"/wissen/{article.id}/bilder", data=picture_form(**sent))
    part = browser.post(f"/wissen/{article.id}/bilder/einfuegen", data=picture_form(**sent))
    assert (page.status_code, part.status_code) == (422, 422)
    assert says in page.text and says in part.json["sentence"]
    assert browser.post(f"/wissen/{article.id}/bilder", data={"alternative": "Nichts"}).status_code == 422
    assert files() == before
    assert db.session.query(ArticlePicture).count() == 0


def test_a_video_is_kept_with_all_its_parts_and_sent_in_ranges(browser: FlaskClient) -> None:
    video = add_video(browser, make_draft())
    whole = browser.get(f"/wissen/video/{video.token}", buffered=True)
    assert (whole.data, whole.mimetype, video.size_bytes) == (mp4(), "video/mp4", len(mp4()))
    part = browser.get(f"/wissen/video/{video.token}", headers={"Range": "bytes=4-7"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"ftyp")
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(f"/wissen/video/{video.token}/bild", buffered=True).mimetype == "image/jpeg"
    words = browser.get(f"/wissen/video/{video.token}/untertitel.vtt")
    assert (words.mimetype, words.text) == ("text/vtt", CAPTIONS)
    assert "media-src 'self'" in browser.get("/wissen").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"video": png()}, "kein Video im Format MP4"),
        ({"video": b"<html>"}, "kein Video im Format MP4"),
        ({"video": b""}, "kein Video im Format MP4"),
        ({"video": box(b"ftyp", b"isom") + box(b"mdat")}, "kein Video im Format MP4"),
        ({"video": box(b"ftyp", b"isom") + (2**31).to_bytes(4) + b"moov"}, "kein Video im Format MP4"),
        ({"video": mp4(b"hvc1")}, "spielt nicht jeder Browser"),
        ({"video": ""}, "Bitte wählen Sie das Video"),
        ({"poster": b"<svg onload=alert(1)>"}, "kein Foto"),
        ({"captions": b"1\n00:00:01,000 --> 00:00:02,000\nSRT"}, "WEBVTT"),
        ({"transcript": ""}, "Bitte ausfüllen"),
        ({"title": ""}, "Bitte ausfüllen"),
    ],
)
def test_a_video_with_a_wrong_part_is_refused_and_nothing_kept(
    browser: FlaskClient, changes: dict[str, Any], says: str
) -> None:
    article, before = make_draft(), files()
    answer = browser.post(f"/wissen/{article.id}/videos", data=video_form(**changes))
    assert (answer.status_code, says in answer.text) == (422, True)
    assert files() == before
    assert db.session.query(ArticleVideo).count() == 0


def test_a_video_of_more_than_100_mb_is_not_read() -> None:
    class Huge(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return videos.LARGEST_BYTES + 1

    with pytest.raises(DomainError, match="größer als 100 MB"):
        videos.check(Huge())


CUE = "00:01.000 --> 00:02.000"


@pytest.mark.parametrize(
    "text",
    [
        f"WEBVTT\n\n{CUE}\nText",
        f"\ufeffWEBVTT Titel\r\n\r\nNOTE Hinweis\r\n\r\nerstes\r\n{CUE} align:start line:80%\r\n<v Anna>Hallo</v>\r\n",
        f"WEBVTT\n\n{CUE}\n- <i>Eins</i>\n- 3 > 2\n\n\n01:00:01.000 --> 01:00:02.000\nZwei <00:01:00.500>Wörter\n",
    ],
)
def test_captions_of_the_standard_are_taken(text: str) -> None:
    assert captions.read(text.encode()).startswith("WEBVTT")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "WEBVTT"),
        ("WEBVTTX\n", "WEBVTT"),
        ("WEBVTT\n\nNOTE nur ein Hinweis\n", "kein Text"),
        (f"WEBVTT\n\n{CUE}\n", "kein Text"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nText", "Zeile 3"),
        ("WEBVTT\n\n00:61.000 --> 01:62.000\nText", "Zeile 3"),
        (f"WEBVTT\n\n{CUE}\nEins\n\neins\nzwei\ndrei", "Zeile 7"),
        (f"WEBVTT\n\n{CUE}\nEins\n<script>alert(1)</script>", "Zeile 5"),
        (f"WEBVTT\n\n{CUE}\n<img src=x onerror=alert(1)>", "Zeile 4"),
        (f"WEBVTT\n\n{CUE} onclick:x\nText", "Zeile 3"),
        ("WEBVTT\n\nSTYLE\n::cue { background: url(http://x) }", "Zeile 4"),
        (f"WEBVTT\n\n{CUE}\nText\x00", "WEBVTT"),
    ],
)
def test_captions_with_anything_else_are_refused_with_the_line(text: str, says: str) -> None:
    with pytest.raises(DomainError, match=says):
        captions.read(text.encode())


def test_captions_that_are_no_text_are_refused() -> None:
    with pytest.raises(DomainError, match="UTF-8"):
        captions.read(b"WEBVTT\xff")
    with pytest.raises(DomainError, match="größer"):
        captions.read(b"WEBVTT\n" * 100_000)


def test_files_follow_the_audience_of_their_article(client: FlaskClient, editor: User) -> None:
    article = make_article(audience=Audience.STAFF)
    browser = sign_in(client, editor)
    picture, video = add_picture(browser, article), add_video(browser, article)
    paths = [f"bild/{picture.token}", f"bild/{picture.token}/klein"]
    paths += [f"video/{video.token}{part}" for part in ("", "/bild", "/untertitel.vtt")]

    def statuses(user: User | None) -> set[int]:
        visitor = current_app.test_client()
        if user:
            sign_in(visitor, user)
        return {visitor.get(f"/wissen/{path}", buffered=True).status_code for path in paths}

    teacher = make_user(Role.REPORTER)
    assert (statuses(None), statuses(teacher)) == ({404}, {200})
    article.audience = Audience.PUBLIC
    db.session.commit()
    assert statuses(None) == {200}
    article.is_live, article.state = False, State.ARCHIVED
    db.session.commit()
    assert (statuses(None), statuses(teacher), statuses(editor)) == ({404}, {404}, {200})


@pytest.mark.parametrize("token", ["%00", "..%2f..%2fetc", "a" * 5000, "%ff%fe", "\u00fc"])
def test_a_token_nobody_made_is_not_found(client: FlaskClient, token: str) -> None:
    assert client.get(f"/wissen/bild/{token}").status_code == 404


def test_what_no_text_shows_is_removed_with_its_files(browser: FlaskClient) -> None:
    article, before = make_draft(), files()
    picture, video = add_picture(browser, article), add_video(browser, article)
    assert len(files() - before) == 5
    paths = [f"/wissen/{article.id}/bilder/{picture.id}/entfernen", f"/wissen/{article.id}/videos/{video.id}/entfernen"]
    article.german.body = f"![Kabel](bild:{picture.token})\n\n![Video](video:{video.token})"
    db.session.commit()
    assert [browser.post(path).status_code for path in paths] == [409, 409]
    assert len(files() - before) == 5
    article.german.body = "Ohne."
    db.session.commit()
    assert [browser.post(path).status_code for path in paths] == [303, 303]
    assert files() == before
    assert browser.post(paths[0]).status_code == 404


def test_a_picture_is_removed_by_its_own_article_alone(browser: FlaskClient) -> None:
    picture, other = add_picture(browser, make_draft()), make_draft()
    assert browser.post(f"/wissen/{other.id}/bilder/{picture.id}/entfernen").status_code == 404


def test_the_preview_says_that_a_picture_is_not_of_this_article(browser: FlaskClient) -> None:
    article, other = make_draft(), make_draft()
    line = f"![Kabel](bild:{add_picture(browser, article).token})"

    def preview(of: Article) -> str:
        return browser.post(f"/wissen/{of.id}/vorschau", data={"body": line}).text

    assert "nicht zu diesem Artikel" in preview(other)
    assert "nicht zu diesem Artikel" not in preview(article)


def test_a_text_with_an_undescribed_picture_is_not_saved(browser: FlaskClient) -> None:
    article = make_draft()
    sent = {"version": article.german.version_id, "title": "Titel", "body": "![ ](bild:abcd)"}
    answer = browser.post(f"/wissen/{article.id}/bearbeiten", data=sent)
    assert (answer.status_code, "keine Beschreibung" in answer.text) == (422, True)


def test_nothing_is_added_while_somebody_reviews_the_article(browser: FlaskClient) -> None:
    article, before = make_draft(), files()
    article.state = State.IN_REVIEW
    db.session.commit()
    assert browser.post(f"/wissen/{article.id}/bilder/einfuegen", data=picture_form()).status_code == 403
    assert browser.post(f"/wissen/{article.id}/videos", data=video_form()).status_code == 403
    assert files() == before
