"""Whether an article helped: asked below it, counted once in a browser, and thanked for in place."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from itsm.accounts import limits
from itsm.accounts.limits import Limit
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.kb import queries, reading
from itsm.kb.models import Article, Language
from itsm.kb.reader_forms import HelpedForm, MissingForm
from itsm.kb.service import feedback
from itsm.kb.views import said
from itsm.kb.views.blueprint import bp
from itsm.kb.views.reading import article_page


@bp.post("/wissen/<int:article_id>/geholfen")
def helped(article_id: int) -> ResponseReturnValue:
    """Count whether the article helped; a second answer of the same browser changes nothing."""
    article, form = _article(article_id), HelpedForm()
    if not form.validate_on_submit():
        return article_page(article, form), 422
    if not said.of(article_id):
        _count_try(feedback.ANSWERS)
        with writing():
            is_yes = form.helped.data == said.YES
            feedback.answer(article, is_yes, clock.now(), school_form=reading.school_form_of(actor()))
        said.remember(article_id, form.helped.data)
    return _back(article_id, form.sprache.data)


@bp.post("/wissen/<int:article_id>/gefehlt")
def tell_missing(article_id: int) -> ResponseReturnValue:
    """Hand what was missing to the owner of the article."""
    article, form = _article(article_id), MissingForm()
    if not form.validate_on_submit():
        return article_page(article, form), 422
    if form.missing.data and said.of(article_id) != said.TEXT:
        _count_try(feedback.TEXTS)
        with writing():
            feedback.missing(article, form.missing.data, clock.now(), form.sprache.data)
    said.remember(article_id, said.TEXT)
    return _back(article_id, form.sprache.data)


def _article(article_id: int) -> Article:
    return queries.to_read(actor(), article_id, clock.local_day(clock.now()))


def _count_try(limit: Limit) -> None:
    with writing():
        limits.take(limit, request.remote_addr or "", clock.now())


def _back(article_id: int, language: Language) -> ResponseReturnValue:
    """Return to the place of the answer, in the language that was read."""
    shown = None if language is Language.GERMAN else language
    return redirect(url_for("kb.show", article_id=article_id, sprache=shown, _anchor="geholfen"), 303)
