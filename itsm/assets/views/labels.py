"""What is printed about chosen devices: sheets of labels, and the list for the police."""

from datetime import datetime

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import chosen, labels, police_list
from itsm.assets.chosen import Choice
from itsm.assets.label_formats import GRIDS, Format
from itsm.assets.label_forms import LabelForm, PoliceForm
from itsm.assets.models import Device
from itsm.assets.states import GONE, State
from itsm.assets.views.blueprint import bp
from itsm.core import clock, pdf, spreadsheet
from itsm.core.access import Actor, Verb
from itsm.core.errors import NotAllowed
from itsm.core.web import actor, as_file


@bp.get("/geraete/aufkleber")
def label_page() -> ResponseReturnValue:
    """Ask for the sheet, and say how many labels it will be."""
    return _page("assets/labels.html", LabelForm(request.args), _choice(frozenset(State)), labels.MOST)


@bp.get("/geraete/aufkleber.pdf")
def label_sheets() -> ResponseReturnValue:
    """Send the sheets to the printer."""
    form, choice, paper = LabelForm(request.args), _choice(frozenset(State)), b""
    if form.validate():
        with form.shows_errors():
            found = chosen.devices(actor(), choice, clock.local_day(clock.now()), labels.MOST)
            paper = labels.write(
                found, Format(form.bogen.data), form.platz.data, current_app.config["CITY_NAME"], _address
            )
    return _file(paper, "aufkleber.pdf") if paper else _page("assets/labels.html", form, choice, labels.MOST)


@bp.get("/geraete/polizei")
def police() -> ResponseReturnValue:
    """Ask what stands above the list, and say how many devices are on it."""
    return _page("assets/police.html", PoliceForm(request.args), _choice(GONE), police_list.MOST)


@bp.get("/geraete/polizei.pdf")
def police_pdf() -> ResponseReturnValue:
    """Send the list as paper."""
    form, choice, at, paper = PoliceForm(request.args), _choice(GONE), clock.now(), b""
    if form.validate():
        with form.shows_errors():
            found = chosen.devices(actor(), choice, clock.local_day(at), police_list.MOST)
            head = police_list.Head(form.anlass.data or "", form.zeichen.data or "")
            paper = pdf.write(police_list.sheet(found, head, actor().name, current_app.config["CITY_NAME"], at))
    return _file(paper, "polizei.pdf") if paper else _page("assets/police.html", form, choice, police_list.MOST)


@bp.get("/geraete/polizei.csv")
def police_csv() -> ResponseReturnValue:
    """Send the list for a spreadsheet."""
    at = clock.now()
    found = chosen.devices(actor(), _choice(GONE), clock.local_day(at), police_list.MOST)
    lines = spreadsheet.lines([column.label for column in police_list.COLUMNS], police_list.rows(found, at))
    return _file("".join(lines).encode(), "polizei.csv")


def on_device_page(device: Device, actor: Actor, at: datetime) -> str:
    """Papers about this device, and about those in it or around it."""
    return render_template("assets/_papers.html", device=device, is_gone=device.state in GONE)


def _choice(states: frozenset[State]) -> Choice:
    """Return what the address names: ticked devices, or a part of the list."""
    if not actor().may_somewhere(Verb.DEVICE_SEE):
        raise NotAllowed("Den Gerätebestand sehen die Medienkoordination, die Schulleitung und die Schul-IT.")
    args = request.args
    return Choice(tuple(args.getlist("ids", type=int)), args.get("tab", ""), args.get("q", "").strip(), states)


def _page(template: str, form: LabelForm | PoliceForm, choice: Choice, most: int) -> ResponseReturnValue:
    count = 0
    with form.shows_errors():
        count = chosen.count(actor(), choice, clock.local_day(clock.now()))
    return render_template(template, form=form, choice=choice, count=count, most=most, grids=GRIDS), form.status


def _address(device: Device) -> str:
    return f"{current_app.config['BASE_URL']}{url_for('assets.finder', tag=device.tag)}"


def _file(body: bytes, name: str) -> Response:
    kind = "application/pdf" if name.endswith(".pdf") else "text/csv"
    return Response(body, mimetype=kind, headers=as_file(name))
