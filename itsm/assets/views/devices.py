"""The list of devices and the file of one."""

from flask import render_template
from flask.typing import ResponseReturnValue

from itsm.assets.views.blueprint import bp
from itsm.core.access import Verb
from itsm.core.errors import NotAllowed
from itsm.core.web import actor


@bp.get("/geraete")
def index() -> ResponseReturnValue:
    """Show one page of the list."""
    if not actor().may_somewhere(Verb.DEVICE_SEE):
        raise NotAllowed("Den Gerätebestand sehen die Medienkoordination, die Schulleitung und die Schul-IT.")
    return render_template("assets/index.html")
