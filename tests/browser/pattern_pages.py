"""A small application that shows every pattern of templates/shared on pages of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import wtforms as w
from flask import Flask, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms.validators import Email, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from itsm.core import clock, german, static

ROOT = Path(__file__).parents[2]
PAGES = ("landing", "form", "list", "record", "day", "map")
NAV = (
    ("Übersicht", "/landing", "home", None),
    ("Mein Tag", "/day", "calendar-today", 3),
    ("Störungen", "/list", "list", 12),
    ("Vorgang", "/record", "school", None),
    ("Karte", "/map", "map", None),
    ("Menschen", "/form", "people", None),
)
# The strictest policy the pages must live with.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:"
)


def _choices(labels: dict[str, str]) -> list[w.SelectChoice]:
    return [w.SelectChoice(value, label) for value, label in labels.items()]


class ExampleForm(FlaskForm):  # type: ignore[misc]
    """One field of every kind."""

    idempotency_key = w.HiddenField()
    title = w.StringField("Was ist kaputt?", [InputRequired("Bitte ausfüllen.")], description="Zum Beispiel: kein Bild")
    email = w.EmailField("E-Mail", [Optional(), Email("Das ist keine E-Mail-Adresse.")])
    password = w.PasswordField("Passwort", [InputRequired("Bitte ausfüllen.")])
    count = w.IntegerField("Wie viele Geräte?", [InputRequired("Bitte eine Zahl eingeben.")])
    on = w.DateField("Seit wann?", [Optional()])
    at = w.TimeField("Um wie viel Uhr?", [Optional()])
    text = w.TextAreaField("Was genau passiert?", [InputRequired("Bitte beschreiben Sie kurz, was passiert.")])
    room = w.SelectField("Raum", choices=_choices({"": "Bitte wählen", "1": "2.14", "2": "Turnhalle"}))
    fault = w.RadioField(
        "Was ist gestört?",
        [InputRequired("Bitte wählen Sie aus, was gestört ist.")],
        choices=_choices({"display": "Display", "wlan": "WLAN", "other": "Etwas anderes"}),
    )
    tried = w.SelectMultipleField(
        "Was haben Sie versucht?",
        choices=_choices({"a": "Neu gestartet", "b": "Anderes Kabel"}),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    exam = w.BooleanField("Hier läuft gerade eine Prüfung", description="Dann kommen wir zuerst.")
    photos = w.MultipleFileField("Fotos", render_kw={"accept": "image/jpeg,image/png,image/heic", "data-photos": ""})


def make_app(received: list[dict[str, object]]) -> Flask:
    """Return the application; what is posted to /form lies in `received` afterwards."""
    app = Flask("patterns", static_folder=None)
    app.secret_key = "patterns"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    static.init(app)
    german.init(app)
    app.context_processor(_frame)
    app.after_request(_policy)

    @app.get("/<any(landing, list, record, day, map, done):page>")
    def page(page: str) -> str:
        if page == "landing":
            flash("Störung S-1042 ist gemeldet.", "success")
        return render_template(f"patterns/{page}.html", at=clock.now(), span=timedelta)

    @app.route("/form", methods=["GET", "POST"])
    def form() -> ResponseReturnValue:
        form = ExampleForm()
        if request.method == "GET":
            form.idempotency_key.data = f"key-{datetime.now(UTC).timestamp()}"
            return render_template("patterns/form.html", form=form)
        received.append({**form.data, "photos": [photo.filename for photo in form.photos.data]})
        form.validate()
        return render_template("patterns/form.html", form=form), 422

    return app


def _frame() -> dict[str, object]:
    links = [
        SimpleNamespace(label=label, href=href, icon=icon, current=href == request.path, count=count)
        for label, href, icon, count in NAV
    ]
    return {"me": SimpleNamespace(name="Ayşe Yılmaz-Großkreutz"), "nav": links, "city_name": "Stadt Dortmund"}


def _policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
