"""The page of an article for those who look after it: the next step, what would change, tasks, history."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.forms import Form
from itsm.core.web import actor
from itsm.kb import actions, markup, record
from itsm.kb.actions import Action
from itsm.kb.flow_forms import OutcomeForm
from itsm.kb.record import Standing
from itsm.kb.service import tasks
from itsm.kb.views.blueprint import bp


@bp.get("/wissen/<int:article_id>/redaktion")
def work(article_id: int) -> ResponseReturnValue:
    """Show where an article stands and what comes next."""
    return _page(article_id)


@bp.post("/wissen/<int:article_id>/redaktion/<slug>")
def act(article_id: int, slug: str) -> ResponseReturnValue:
    """Do one of the things the page offers."""
    found, action = record.to_tend(actor(), article_id), actions.BY_SLUG.get(slug)
    if action is None:
        raise NotFound
    form = action.sent(found)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            action.run(actor(), found, form, clock.now())
        if not form.form_errors:
            return redirect(url_for(action.leads_to, article_id=article_id), 303)
    return _page(article_id, action, form)


@bp.post("/wissen/aufgaben/<int:article_task_id>/erledigt")
def settle_task(article_task_id: int) -> ResponseReturnValue:
    """Say what was done about a task."""
    form, task = OutcomeForm(), record.task_for(actor(), article_task_id)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            tasks.settle(actor(), task, form.outcome.data or "", clock.now())
        if not form.form_errors:
            flash("Die Aufgabe ist erledigt.", "success")
            return redirect(url_for("kb.work", article_id=task.article_id), 303)
    return _page(task.article_id, form=form)


def _page(article_id: int, failed: Action | None = None, form: Form | None = None) -> ResponseReturnValue:
    me, on = actor(), clock.local_day(clock.now())
    article = record.to_tend(me, article_id)
    standing = Standing(me, article, on)
    first, others = actions.offered(standing)
    page = render_template(
        "kb/flow/work.html",
        article=article,
        standing=standing,
        first=first,
        others=others,
        here=actions.in_place(standing),
        tasks=record.open_tasks(article),
        entries=record.entries(article),
        reviewers=record.other_editors(me, standing.writer_ids, on),
        responsible=record.responsible(on),
        shown=markup.html,
        failed=failed,
        form=form,
        on=on,
    )
    return page, form.status if form else 200
