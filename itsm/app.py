"""Build the web application: a list of steps."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from itsm import home, reactions
from itsm.accounts import views as accounts
from itsm.assets import views as assets
from itsm.claims import views as claims
from itsm.config import Settings, read
from itsm.core import german, linking, pictures, postgres, static, web
from itsm.core.db import LARGEST_ID, db
from itsm.demo import people as demo
from itsm.dispatch import views as dispatch
from itsm.kb import views as kb
from itsm.operations import views as operations
from itsm.org import views as org
from itsm.tickets import views as tickets

MEGABYTE = 1024 * 1024
LANGUAGES = ("de", "en")

# Endpoints a person reaches without signing in; everything else is refused.
PUBLIC = frozenset(
    {
        "assets.confirm_loan",
        "assets.confirmed_loan",
        "static",
        "static.built",
        "home.alive",
        "accounts.sign_in",
        "accounts.forgotten",
        "accounts.use_link",
        "assets.finder",
        "dispatch.feed",
        "kb.captions",
        "kb.category",
        "kb.feed",
        "kb.helped",
        "kb.index",
        "kb.live",
        "kb.picture",
        "kb.picture_thumb",
        "kb.poster",
        "kb.print_view",
        "kb.results",
        "kb.show",
        "kb.sitemap",
        "kb.tell_missing",
        "kb.video",
        "operations.mailbox",
        "operations.mailbox_mail",
    }
)


class RowNumber(IntegerConverter):
    """A number in an address: none larger than a row can have, so that no address upsets the database."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for these settings, or for those of the environment."""
    settings = settings or read()
    app = Flask(__name__, template_folder="../templates", static_folder=None)
    _configure(app, settings)
    app.url_map.converters["int"] = RowNumber
    db.init_app(app)
    Babel(app, default_locale="de", locale_selector=lambda: request.accept_languages.best_match(LANGUAGES) or "de")
    for step in (static, pictures, german, linking):
        step.init(app)
    web.init(app, PUBLIC)
    for package in (accounts, org, assets, tickets, dispatch, kb, claims, operations, home):
        package.init(app)
    reactions.init()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url or postgres.url(settings.instance),
        # All pages together ask some 1,300 different statements: kept, so that none of them is put together anew.
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 5,
            "max_overflow": 10,
            "pool_pre_ping": False,
            "query_cache_size": 2000,
        },
        MAX_CONTENT_LENGTH=110 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE // 2,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        # The messages of forms are German and read once, instead of in the browser's language at every request.
        WTF_I18N_ENABLED=False,
        BASE_URL=settings.base_url,
        CITY_NAME=settings.city_name,
        FINDER_PHONE=settings.finder_phone,
        FINDER_MAIL=settings.finder_mail,
        TILE_URL=settings.tile_url,
        TILE_ORIGIN=settings.tile_origin,
        INSTANCE=settings.instance,
        SETTINGS=settings,
        DEMO=not settings.production,
        # In production a request for a foreign host is none of ours; load balancers ask by the local address.
        TRUSTED_HOSTS=[urlsplit(settings.base_url).hostname, "127.0.0.1", "localhost"] if settings.production else None,
        DEMO_SIGN_INS=demo.SIGN_INS,
        DEMO_PASSWORD=demo.PASSWORD,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
