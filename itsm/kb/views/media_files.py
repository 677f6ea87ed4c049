"""The files of pictures and videos, for whoever may read or follow the article."""

from pathlib import Path

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from itsm.core import clock, pictures
from itsm.core.web import actor
from itsm.kb import media, videos
from itsm.kb.media import Medium
from itsm.kb.models import ArticlePicture, ArticleVideo
from itsm.kb.views.blueprint import bp


@bp.get("/wissen/bild/<token>")
def picture(token: str) -> ResponseReturnValue:
    """Send a picture."""
    return _send(pictures.path(_shown(ArticlePicture, token).token), "image/jpeg")


@bp.get("/wissen/bild/<token>/klein")
def picture_thumb(token: str) -> ResponseReturnValue:
    """Send the small twin of a picture."""
    return _send(pictures.path(_shown(ArticlePicture, token).token, thumb=True), "image/jpeg")


@bp.get("/wissen/video/<token>")
def video(token: str) -> ResponseReturnValue:
    """Send a video, or the part of it the player asks for."""
    found = _shown(ArticleVideo, token)
    return _send(videos.path(found.token), found.media_type)


@bp.get("/wissen/video/<token>/bild")
def poster(token: str) -> ResponseReturnValue:
    """Send the picture a video shows before it plays."""
    return _send(pictures.path(_shown(ArticleVideo, token).poster_token), "image/jpeg")


@bp.get("/wissen/video/<token>/untertitel.vtt")
def captions(token: str) -> ResponseReturnValue:
    """Send the captions of a video."""
    return _safe(Response(_shown(ArticleVideo, token).captions, content_type="text/vtt; charset=utf-8"))


def _shown(kind: type[Medium], token: str) -> Medium:
    return media.shown(actor(), kind, token, clock.local_day(clock.now()))


def _send(path: Path, media_type: str) -> Response:
    return _safe(send_file(path, mimetype=media_type, conditional=True))


def _safe(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    # The article may be taken down at any time: the browser keeps the file and asks again.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
