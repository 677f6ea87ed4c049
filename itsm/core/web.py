"""What every page shares: the person, the menu, slots for other packages, errors, headers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from itsm.core.access import STRANGER, Actor
from itsm.core.db import db
from itsm.core.errors import DomainError

csrf = CSRFProtect()

_SENTENCES = {
    400: "Die Anfrage war nicht vollständig. Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.",
    404: "Diese Seite gibt es nicht, oder Sie haben darauf keinen Zugriff.",
    405: "So lässt sich diese Seite nicht aufrufen. Bitte gehen Sie zurück und nutzen Sie die Schaltflächen.",
    413: "Das ist zu groß. Bitte senden Sie weniger Text oder kleinere Dateien (Bilder bis 10 MB, Videos bis 100 MB).",
    429: "Das waren zu viele Versuche in kurzer Zeit. Bitte warten Sie ein paar Minuten.",
    500: "Bei uns ist etwas schiefgegangen. Ihre Eingabe wurde nicht gespeichert. Bitte versuchen Sie es noch einmal.",
}


@dataclass(frozen=True)
class NavEntry:
    """An entry of the menu; `shown` decides from the person's grants."""

    label: str
    endpoint: str
    icon: str
    shown: Callable[[Actor], bool]
    order: int
    count: Callable[[Actor], int] | None = None
    # What the bar of the phone calls it, if the label is too long there.
    short: str = ""


@dataclass(frozen=True)
class NavLink:
    """An entry of the menu as a page shows it."""

    label: str
    href: str
    icon: str
    current: bool
    count: int | None
    short: str


_nav: dict[tuple[str, str], NavEntry] = {}
_slots: dict[str, list[Callable[..., str]]] = {}


def actor() -> Actor:
    """Return the person of this request; a stranger if nobody has signed in."""
    return current_user.actor if current_user and current_user.is_authenticated else STRANGER


def add_nav(entry: NavEntry) -> None:
    """Put an entry into the menu."""
    _nav[entry.endpoint, entry.label] = entry


def fill_slot(name: str, fragment: Callable[..., str], *, first: bool = False) -> None:
    """Let a higher package show a fragment on a page of a lower one, `first` before all others."""
    fragments = _slots.setdefault(name, [])
    if fragment not in fragments:
        fragments.insert(0 if first else len(fragments), fragment)


def slot(name: str, **context: Any) -> Markup:
    """Return what other packages have to show here, one after another."""
    return Markup("").join(Markup(fragment(**context)) for fragment in _slots.get(name, ()))  # noqa: S704


def nav_links() -> list[NavLink]:
    """Return the menu of this person, in order."""
    me = actor()
    shown = sorted((entry for entry in _nav.values() if entry.shown(me)), key=lambda entry: entry.order)
    return [
        NavLink(
            label=entry.label,
            href=url_for(entry.endpoint),
            icon=entry.icon,
            current=request.endpoint == entry.endpoint,
            count=entry.count(me) if entry.count else None,
            short=entry.short or entry.label,
        )
        for entry in shown
    ]


def _menu() -> list[NavLink]:
    """Return the menu of this request: it counts what waits, and a page is made of many templates."""
    if "menu" not in g:
        g.menu = nav_links() if actor().signed_in else []
    return cast(list[NavLink], g.menu)


def is_local(target: str | None) -> bool:
    """Say whether a redirect target stays on this site."""
    return bool(
        target
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not any(ord(character) < 32 or character == "\\" for character in target)
    )


def init(app: Flask, public: frozenset[str]) -> None:
    """Refuse strangers outside `public`, answer errors with a page, and set the safety headers."""
    app.before_request(_refuse_nul)
    app.before_request(_limit_body)
    csrf.init_app(app)
    app.before_request(lambda: _refuse_strangers(public))
    app.after_request(_safety_headers)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.jinja_env.globals.update(slot=slot)
    app.context_processor(
        lambda: {
            "me": actor() if actor().signed_in else None,
            "nav": _menu(),
            "city_name": app.config["CITY_NAME"],
        }
    )


def _refuse_nul() -> None:
    """Find nothing at an address with a NUL character, which PostgreSQL cannot even look for."""
    if "\x00" in request.path:
        abort(404)


def _limit_body() -> None:
    """Let only people who have signed in send files; the parser itself limits the texts of those forms alone."""
    if request.mimetype != "multipart/form-data" or not actor().signed_in:
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def _refuse_strangers(public: frozenset[str]) -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in public or actor().signed_in:
        return None
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return error_page(
        401, "Sie sind nicht mehr angemeldet. Bitte melden Sie sich an und senden Sie es dann noch einmal."
    )


def error_page(status: int, sentence: str) -> Response:
    """Return a page with a heading, the sentence and a way back."""
    return make_response(render_template("shared/error.html", status=status, sentence=sentence), status)


def as_file(name: str) -> dict[str, str]:
    """Return the headers of an answer to be saved under a name, and kept by nobody on the way."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}


def _domain_error(error: DomainError) -> Response:
    db.session.rollback()
    return error_page(error.status, error.sentence)


def _csrf_error(error: CSRFError) -> Response:
    return error_page(
        400, "Die Seite war zu lange offen. Bitte gehen Sie zurück, laden Sie neu und senden Sie noch einmal."
    )


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    db.session.rollback()
    return error_page(error.code, _SENTENCES.get(error.code, _SENTENCES[400 if error.code < 500 else 500]))


def _safety_headers(response: Response) -> Response:
    tiles = current_app.config["TILE_ORIGIN"]
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src 'self' data: blob: {tiles}; media-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; object-src 'none'; manifest-src 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
