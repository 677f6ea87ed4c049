"""Pages for readers: the shelves, an article, and the article on paper."""

from dataclasses import dataclass

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from itsm.assets import labels
from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.forms import Form
from itsm.core.web import actor
from itsm.kb import markup, policy, queries, reading, search
from itsm.kb.markup import Heading
from itsm.kb.models import Article, Language, Revision
from itsm.kb.reader_forms import MissingForm
from itsm.kb.service import counts, searches
from itsm.kb.views import narrowing, said
from itsm.kb.views.blueprint import bp
from itsm.kb.views.finding import listing
from itsm.tickets import disturbances

# Fewer parts are seen at a glance.
LEAST_HEADINGS = 3


@dataclass(frozen=True)
class Reading:
    """An article as it is read in one language."""

    article: Article
    words: Revision
    language: Language
    languages: list[Language]
    body: Markup
    headings: tuple[Heading, ...]

    @property
    def lang(self) -> str:
        """The language as browsers and screen readers know it."""
        return "en" if self.language is Language.ENGLISH else "de"

    def href(self, language: Language) -> str:
        """Return the address of the article in a language."""
        sprache = None if language is Language.GERMAN else language
        return url_for("kb.show", article_id=self.article.id, sprache=sprache)


@bp.get("/wissen")
def index() -> ResponseReturnValue:
    """Show the search box, what is known to be broken, the shelves, what helped others, and what is new."""
    at, me = clock.now(), actor()
    on = clock.local_day(at)
    return render_template(
        "kb/index.html",
        known=disturbances.running(me, at) if me.may_somewhere(Verb.TICKET_SEE_OWN) else [],
        shelves=reading.shelves(me, on),
        helped=reading.most_helped(me, on),
        newest=reading.newest(me, on),
    )


@bp.get("/wissen/bereich/<slug>")
def category(slug: str) -> ResponseReturnValue:
    """Show what stands on a shelf."""
    category = reading.shelf(actor(), slug, clock.local_day(clock.now()))
    return listing("kb/category.html", narrowing.read(category), category=category)


@bp.get("/wissen/<int:article_id>")
def show(article_id: int) -> ResponseReturnValue:
    """Show an article; count that it was opened, and the search that led to it."""
    at = clock.now()
    on = clock.local_day(at)
    html = article_page(queries.to_read(actor(), article_id, on))
    with writing():
        counts.count("opened", [article_id], at, school_form=reading.school_form_of(actor()))
        searches.clicked(request.args.get("von", ""), on)
    return html


@bp.get("/wissen/<int:article_id>/druck")
def print_view(article_id: int) -> ResponseReturnValue:
    """Show an article as it goes on paper, with its address to type and to scan."""
    article = queries.to_read(actor(), article_id, clock.local_day(clock.now()))
    address = current_app.config["BASE_URL"] + url_for("kb.show", article_id=article_id)
    drawn = Markup(labels.code(address).svg_inline(omitsize=True, border=0))  # noqa: S704 - drawn from a number
    return render_template("kb/print.html", reading=_reading(article), address=address, code=drawn, nav=[])


def article_page(article: Article, refused: Form | None = None) -> str:
    """Return the page of an article, with the answer that could not be taken if there is one."""
    on = clock.local_day(clock.now())
    ids = [hit.article_id for hit in search.related(actor(), article, on)]
    return render_template(
        "kb/show.html",
        reading=_reading(article),
        related=reading.cards(actor(), ids, on),
        answer=said.NO if isinstance(refused, MissingForm) else said.of(article.id),
        form=refused or MissingForm(formdata=None),
        may_report=actor().may_somewhere(Verb.TICKET_REPORT),
        may_follow=policy.may_tend(actor(), article),
    )


def _reading(article: Article) -> Reading:
    """Return an article in the language of the address, in German where it is missing there."""
    languages = reading.languages(article)
    wanted = request.values.get("sprache", "")
    language = next((one for one in languages if one == wanted), Language.GERMAN)
    words = queries.published(article, language)
    if words is None:
        raise NotFound
    written = markup.Written(words.body)
    return Reading(
        article=article,
        words=words,
        language=language,
        languages=languages,
        body=written.html(reading.videos(article, written.tokens)),
        headings=written.headings if len(written.headings) >= LEAST_HEADINGS else (),
    )
