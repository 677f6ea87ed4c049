"""Pages on which pictures and videos come to an article and go again."""

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.kb import media, policy, queries
from itsm.kb.media import Medium
from itsm.kb.models import Article, ArticlePicture, ArticleVideo
from itsm.kb.service import media as service
from itsm.kb.views.blueprint import bp
from itsm.kb.views.editing import home_of
from itsm.kb.writing_forms import PictureForm, VideoForm


@bp.route("/wissen/<int:article_id>/bilder", methods=["GET", "POST"])
def pictures(article_id: int) -> ResponseReturnValue:
    """Show the pictures of an article, and take a new one."""
    article, form = queries.to_write(actor(), article_id), PictureForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add_picture(actor(), article, form.content, form.alternative.data, clock.now())
        if not form.form_errors:
            flash("Das Bild ist da. Kopieren Sie seine Zeile in den Text.", "success")
            return redirect(url_for("kb.pictures", article_id=article_id), 303)
    return _page("kb/writing/pictures.html", article, form, ArticlePicture)


@bp.post("/wissen/<int:article_id>/bilder/einfuegen")
def add_picture(article_id: int) -> ResponseReturnValue:
    """Take a picture that was pasted or dropped, and send the line that shows it."""
    article, form = queries.to_write(actor(), article_id), PictureForm()
    if form.validate():
        with form.shows_errors(), writing():
            picture = service.add_picture(actor(), article, form.content, form.alternative.data, clock.now())
        if not form.form_errors:
            return jsonify(line=media.line_of(picture))
    sentences = [*form.form_errors, *(sentence for errors in form.errors.values() for sentence in errors)]
    return jsonify(sentence=str(sentences[0])), form.status


@bp.post("/wissen/<int:article_id>/bilder/<int:picture_id>/entfernen")
def remove_picture(article_id: int, picture_id: int) -> ResponseReturnValue:
    """Take out a picture no text shows."""
    _remove(article_id, ArticlePicture, picture_id)
    flash("Das Bild ist entfernt.", "success")
    return redirect(url_for("kb.pictures", article_id=article_id), 303)


@bp.route("/wissen/<int:article_id>/videos", methods=["GET", "POST"])
def videos(article_id: int) -> ResponseReturnValue:
    """Show the videos of an article, and take a new one."""
    article, form = queries.to_write(actor(), article_id), VideoForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add_video(actor(), article, form.clip, clock.now())
        if not form.form_errors:
            flash("Das Video ist da. Kopieren Sie seine Zeile in den Text.", "success")
            return redirect(url_for("kb.videos", article_id=article_id), 303)
    return _page("kb/writing/videos.html", article, form, ArticleVideo)


@bp.post("/wissen/<int:article_id>/videos/<int:video_id>/entfernen")
def remove_video(article_id: int, video_id: int) -> ResponseReturnValue:
    """Take out a video no text shows."""
    _remove(article_id, ArticleVideo, video_id)
    flash("Das Video ist entfernt.", "success")
    return redirect(url_for("kb.videos", article_id=article_id), 303)


def _page(template: str, article: Article, form: PictureForm | VideoForm, kind: type[Medium]) -> ResponseReturnValue:
    rows = media.of_article(kind, article)
    used = media.used_tokens(article, [row.token for row in rows])
    may_write = policy.may_write(actor(), article)
    page = render_template(
        template,
        article=article,
        home=home_of(article),
        form=form,
        rows=rows,
        used=used,
        may_write=may_write,
        line_of=media.line_of,
    )
    return page, form.status


def _remove(article_id: int, kind: type[Medium], medium_id: int) -> None:
    article = queries.to_write(actor(), article_id)
    medium = media.one_of(kind, article, medium_id)
    with writing():
        files = service.remove(actor(), article, medium)
    service.drop_files([files])
