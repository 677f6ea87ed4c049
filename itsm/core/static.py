"""Serving of the built front end: hashed names, compressed twins, a year in the browser's cache."""

import json
import mimetypes
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

DIST = Path(__file__).parent.parent / "static" / "dist"
PREFIX = "/static/dist/"
TWINS = (("br", ".br"), ("gzip", ".gz"))

# Not in every system's table of types.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")

bp = Blueprint("static", __name__)


class AssetMissing(RuntimeError):
    """A template asks for a file that was not built."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The front end has no built file {name!r}. Run `make setup` (it calls `npm run build`).")


def init(app: Flask) -> None:
    """Serve the built files under /static/dist/ and give templates `asset(name)`."""
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a built file, for example of "app.css".

    Raises: AssetMissing if the build does not hold it.
    """
    return _address(_manifest_stamp(), name)


@bp.get(f"{PREFIX}<name>")
def built(name: str) -> Response:
    """Answer with the file, compressed as the browser accepts it."""
    if name not in _served():
        abort(404)
    encoding, ending = _best_twin(name)
    response = Response(_content(name + ending), mimetype=mimetypes.guess_type(name)[0])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if (DIST / f"{name}.br").exists():
        response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


@cache
def _content(name: str) -> bytes:
    # A hashed name always means the same bytes, and all of them together are less than a photo.
    return (DIST / name).read_bytes()


def _best_twin(name: str) -> tuple[str, str]:
    for encoding, ending in TWINS:
        if request.accept_encodings[encoding] > 0 and (DIST / (name + ending)).exists():
            return encoding, ending
    return "", ""


@cache
def _address(stamp: int, name: str) -> str:
    names = _manifest(stamp)
    if name not in names:
        raise AssetMissing(name)
    return f"{PREFIX}{names[name]}"


def _served() -> frozenset[str]:
    return frozenset(_manifest(_manifest_stamp()).values())


def _manifest_stamp() -> int:
    # Part of the cache key: a rebuild beside a running server is seen at the next request.
    path = DIST / "manifest.json"
    return path.stat().st_mtime_ns if path.exists() else 0


@cache
def _manifest(stamp: int) -> dict[str, str]:
    if not stamp:
        return {}
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return names
