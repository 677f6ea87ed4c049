"""The models of devices: how many, how old, what they cost."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import device_queries, kinds, policy
from itsm.assets.device_forms import ModelForm, NewModelForm
from itsm.assets.device_words import months_words
from itsm.assets.kinds import Kind
from itsm.assets.models import DeviceModel
from itsm.assets.service import models as service
from itsm.assets.views.blueprint import bp
from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor

DAYS_A_MONTH = 365.25 / 12


@bp.get("/geraete/modelle")
def models() -> ResponseReturnValue:
    """Show every model with the figures of the devices this person sees."""
    me, on = actor(), clock.local_day(clock.now())
    if not me.may_somewhere(Verb.DEVICE_SEE):
        raise NotAllowed("Den Gerätebestand sehen die Medienkoordination, die Schulleitung und die Schul-IT.")
    lives = kinds.life_months(on)
    rows = device_queries.models_in_figures(me, on, lives)
    return render_template(
        "assets/models.html",
        kinds=[(kind, of_kind) for kind in Kind if (of_kind := [row for row in rows if row.DeviceModel.kind is kind])],
        plurals=kinds.PLURALS,
        lives=lives,
        age_of=lambda row: (
            "–" if row.age_days is None else months_words(max(round(float(row.age_days) / DAYS_A_MONTH), 0))
        ),
        may_edit=policy.may_edit_models(me),
    )


@bp.route("/geraete/modelle/neu", methods=["GET", "POST"])
def new_model() -> ResponseReturnValue:
    """Enter a model."""
    if not policy.may_edit_models(actor()):
        raise NotAllowed("Modelle tragen das Campusmanagement, das Systemhaus und die Teamleitung ein.")
    form = NewModelForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.keep(actor(), DeviceModel(kind=Kind(form.kind.data)), **form.values)
        if not form.form_errors:
            return _back(f"{form.name.data} ist eingetragen.")
    return render_template("assets/model.html", form=form, model=None), form.status


@bp.route("/geraete/modelle/<int:model_id>", methods=["GET", "POST"])
def edit_model(model_id: int) -> ResponseReturnValue:
    """Change a model and what one costs today."""
    model = device_queries.model_to_edit(actor(), model_id)
    form = ModelForm(obj=model)
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            service.keep(actor(), model, **form.values)
        if not form.form_errors:
            return _back(f"{model.label} ist geändert.")
    return render_template("assets/model.html", form=form, model=model), form.status


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("assets.models"), 303)
