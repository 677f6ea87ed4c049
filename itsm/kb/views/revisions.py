"""The revisions of a text: what was changed between two of them, and back to an older one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.web import actor
from itsm.kb import policy, record
from itsm.kb import revisions as versions
from itsm.kb.views.blueprint import bp


@bp.get("/wissen/<int:article_id>/fassungen")
def revisions(article_id: int) -> ResponseReturnValue:
    """List the revisions in a language and show the differences of two."""
    article = record.to_tend(actor(), article_id)
    text = versions.text_in(article, request.args.get("sprache", ""))
    found = versions.of(text)
    old, new = versions.chosen(found, request.args.get("von", type=int), request.args.get("mit", type=int))
    return render_template(
        "kb/flow/revisions.html",
        article=article,
        text=text,
        revisions=found,
        old=old,
        new=new,
        paragraphs=versions.between(old, new),
        may_write=policy.may_write(actor(), article),
    )


@bp.post("/wissen/<int:article_id>/fassungen/<int:revision_id>/zurueck")
def restore(article_id: int, revision_id: int) -> ResponseReturnValue:
    """Save the words of an older revision as the newest one."""
    with writing():
        article = record.to_tend(actor(), article_id)
        text = versions.restore(actor(), article, revision_id, clock.now())
    flash("Die alte Fassung ist wieder da. Die andere bleibt in der Liste.", "success")
    return redirect(url_for("kb.revisions", article_id=article_id, sprache=text.language.value), 303)
