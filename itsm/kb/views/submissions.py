"""Articles schools hand in: the form, what became of them, and the answer to a question."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.kb import markup, policy, record, submitting
from itsm.kb.flow_forms import SubmissionForm, TextForm
from itsm.kb.service import flow
from itsm.kb.service import submissions as service
from itsm.kb.views.blueprint import bp


@bp.route("/wissen/einreichen", methods=["GET", "POST"])
def submit() -> ResponseReturnValue:
    """Ask for an article of a school and hand it to the editors."""
    schools = submitting.schools_of(actor())
    if not schools:
        raise NotAllowed("Vorschläge einreichen kann das Personal der Schulen. Sie können selbst Artikel beginnen.")
    form = SubmissionForm()
    form.offer(schools)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            school = form.chosen(schools)
            article = service.submit(actor(), school, form.words, clock.now(), may_name=form.may_name.data)
        if not form.form_errors:
            return redirect(url_for("kb.submission", article_id=article.id), 303)
    return render_template("kb/flow/submit.html", form=form), form.status


@bp.get("/wissen/einreichungen")
def submissions() -> ResponseReturnValue:
    """List what this person has handed in."""
    if not policy.may_submit(actor()):
        raise NotAllowed("Vorschläge einreichen kann das Personal der Schulen.")
    return render_template("kb/flow/submissions.html", rows=submitting.of(actor()), text_of=submitting.text_of)


@bp.get("/wissen/einreichungen/<int:article_id>")
def submission(article_id: int) -> ResponseReturnValue:
    """Show what became of an article this person has handed in."""
    return _page(article_id, TextForm(formdata=None))


@bp.post("/wissen/einreichungen/<int:article_id>/antwort")
def answer(article_id: int) -> ResponseReturnValue:
    """Answer the question of the editors."""
    form = TextForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            flow.answer(actor(), submitting.own(actor(), article_id), form.text.data or "", clock.now())
        if not form.form_errors:
            return redirect(url_for("kb.submission", article_id=article_id), 303)
    return _page(article_id, form)


def _page(article_id: int, form: TextForm) -> ResponseReturnValue:
    article = submitting.own(actor(), article_id)
    text = submitting.text_of(article)
    page = render_template(
        "kb/flow/submission.html",
        article=article,
        entries=record.entries(article, only_public=True),
        text=text,
        body=markup.html(text.body),
        may_write=policy.may_write(actor(), article),
        may_read=policy.may_read(actor(), article, clock.local_day(clock.now())),
        form=form,
    )
    return page, form.status
