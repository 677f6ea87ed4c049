"""The words of the search, for the editors: which mean the same."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core.db import db, writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.forms import Form, Line, single_line
from itsm.core.web import actor
from itsm.kb import policy
from itsm.kb.models import Synonyms
from itsm.kb.service import synonyms as service
from itsm.kb.views.blueprint import bp


class SynonymsForm(Form):
    """Words that mean the same."""

    words = Line("Wörter mit gleicher Bedeutung", longest=500, description="Mit Komma getrennt: Beamer, Projektor")


@bp.route("/wissen/suche/woerter", methods=["GET", "POST"])
def synonyms() -> ResponseReturnValue:
    """List the groups of words, and add one; a word from the address stands in the form already."""
    _check()
    form = SynonymsForm(words=", ".join(service.apart(request.args.get("wort", "")[:200])))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.add(actor(), form.words.data or "")
        if not form.form_errors:
            return _back(f"Ab jetzt gleichbedeutend: {form.words.data}.")
    line = single_line(request.args.get("q", "")[:100])
    return render_template("kb/synonyms.html", form=form, groups=service.holding(line), line=line), form.status


@bp.route("/wissen/suche/woerter/<int:group_id>", methods=["GET", "POST"])
def edit_synonyms(group_id: int) -> ResponseReturnValue:
    """Change a group of words."""
    group = _group(group_id)
    form = SynonymsForm(words=", ".join(group.words))
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.change(actor(), group, form.words.data or "")
        if not form.form_errors:
            return _back("Die Wörter sind gespeichert.")
    return render_template("kb/edit_synonyms.html", form=form, group=group), form.status


@bp.post("/wissen/suche/woerter/<int:group_id>/entfernen")
def drop_synonyms(group_id: int) -> ResponseReturnValue:
    """Forget a group of words."""
    with writing():
        service.drop(actor(), _group(group_id))
    return _back("Die Wörter gelten nicht mehr als gleichbedeutend.")


def _group(group_id: int) -> Synonyms:
    _check()
    group = db.session.get(Synonyms, group_id)
    if group is None:
        raise NotFound
    return group


def _check() -> None:
    if not policy.is_editor(actor()):
        raise NotAllowed("Die Wörter der Suche pflegt die Redaktion.")


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("kb.synonyms"), 303)
