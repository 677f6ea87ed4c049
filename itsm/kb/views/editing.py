"""Pages on which an article is begun and its texts are written, previewed, kept and saved."""

from typing import NamedTuple

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import Conflict, NotAllowed, NotFound
from itsm.core.german import local_time
from itsm.core.web import actor
from itsm.kb import differences, markup, media, policy, queries, reading
from itsm.kb.models import Article, ArticlePicture, ArticleVideo, Audience, Language, Shape
from itsm.kb.service import articles
from itsm.kb.service import writing as service
from itsm.kb.skeletons import HINTS
from itsm.kb.views.blueprint import bp
from itsm.kb.writing_forms import AUDIENCE_HINTS, DraftForm, NewForm, TextForm
from itsm.tickets import queries as tickets


class Preview(NamedTuple):
    """A text as readers will see it, and whether it shows files that are not those of its article."""

    body: Markup
    has_foreign: bool


@bp.route("/wissen/neu", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Begin an article with a template; it is there from now on, so that nothing typed is ever lost."""
    if not policy.may_draft(actor()):
        raise NotAllowed("Artikel beginnen die Redaktion und der Support. Schulen können Artikel einreichen.")
    form = NewForm(data={"title": request.args.get("titel", "")})
    if form.validate_on_submit():
        fault = tickets.fault_type(request.args.get("stoerungsart", type=int))
        circle, shape, faults = Audience(form.audience.data), Shape(form.shape.data), [fault] if fault else []
        with writing():
            article = articles.begin(actor(), form.words, clock.now(), audience=circle, shape=shape, faults=faults)
        return redirect(url_for("kb.edit", article_id=article.id), 303)
    return render_template("kb/writing/new.html", form=form, hints=HINTS, audience_hints=AUDIENCE_HINTS), form.status


@bp.get("/wissen/<int:article_id>/bearbeiten")
def edit(article_id: int) -> ResponseReturnValue:
    """Show the text of an article to write in."""
    article = queries.to_write(actor(), article_id)
    articles.check_may_write(actor(), article)
    begun = service.begun(actor(), article, language_asked())
    words = begun.words
    form = TextForm(data={"version": begun.version, "title": words.title, "summary": words.summary, "body": words.body})
    return _page(article, form, begun=begun)


@bp.post("/wissen/<int:article_id>/bearbeiten")
def save(article_id: int) -> ResponseReturnValue:
    """Save a text, or show it as readers will see it where the browser cannot ask for that on the side."""
    article, language, form = queries.to_write(actor(), article_id), language_asked(), TextForm()
    if not form.validate() or "preview" in request.form:
        return _page(article, form, has_preview=True)
    with form.shows_errors(), writing():
        saved = service.save(actor(), article, language, form.words, clock.now(), version=form.begun_on)
    if form.form_errors:
        return _page(article, form)
    flash("Gespeichert." if saved else "Es war nichts geändert.", "success" if saved else "info")
    return redirect(home_of(article), 303)


@bp.post("/wissen/<int:article_id>/vorschau")
def preview(article_id: int) -> ResponseReturnValue:
    """Send a text as readers will see it, as a part of a page."""
    article, form = queries.to_write(actor(), article_id), DraftForm()
    sentence = markup.problem(form.body.data or "")
    if not form.validate() or sentence:
        return render_template("kb/writing/_refused.html", sentence=sentence or _first_error(form)), 422
    return render_template("kb/writing/_preview.html", form=form, preview=_preview(article, form.words.body))


@bp.post("/wissen/<int:article_id>/entwurf")
def keep_draft(article_id: int) -> ResponseReturnValue:
    """Keep what was typed, for this person alone."""
    article, language, form = queries.to_edit(actor(), article_id), language_asked(), DraftForm()
    if not form.validate():
        return jsonify(sentence=_first_error(form)), 422
    at = clock.now()
    with writing():
        service.keep(actor(), article, language, form.words, at, version=form.version.data)
    return jsonify(at=local_time(at))


@bp.post("/wissen/<int:article_id>/entwurf/verwerfen")
def drop_draft(article_id: int) -> ResponseReturnValue:
    """Throw away what was typed and not saved."""
    article, language = queries.to_edit(actor(), article_id), language_asked()
    with writing():
        service.drop(actor(), article, language)
    flash("Der nicht gespeicherte Stand ist verworfen.", "info")
    return redirect(url_for("kb.edit", article_id=article_id, sprache=language.value), 303)


def home_of(article: Article) -> str:
    """Return the address of the page from which this person comes to write."""
    page = "kb.work" if policy.may_tend(actor(), article) else "kb.submission"
    return url_for(page, article_id=article.id)


def language_asked() -> Language:
    """Return the language of the address, German unless one is named.

    Raises: NotFound for one there is none of.
    """
    try:
        return Language(request.args.get("sprache", Language.GERMAN))
    except ValueError as error:
        raise NotFound from error


def _page(
    article: Article, form: TextForm, *, begun: service.Begun | None = None, has_preview: bool = False
) -> ResponseReturnValue:
    language = language_asked()
    saved = article.text(language)
    theirs = saved if form.status == Conflict.status else None
    page = render_template(
        "kb/writing/edit.html",
        article=article,
        home=home_of(article),
        language=language,
        form=form,
        begun=begun,
        saved=saved,
        theirs=theirs,
        changes=differences.compare(theirs.body, form.words.body) if theirs else [],
        preview=_preview(article, form.words.body) if has_preview and not form.body.errors else None,
        pictures=media.of_article(ArticlePicture, article),
        videos=media.of_article(ArticleVideo, article),
        line_of=media.line_of,
    )
    return page, form.status


def _preview(article: Article, body: str) -> Preview:
    written = markup.Written(body)
    html = written.html(reading.videos(article, written.tokens))
    return Preview(html, bool(media.foreign_tokens(article, written.tokens)))


def _first_error(form: DraftForm) -> str:
    return next(str(errors[0]) for errors in form.errors.values() if errors)
