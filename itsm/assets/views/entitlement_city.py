"""The equipment of all schools: the list, its files, the list of sizes, the redistribution."""

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import entitlement_file, entitlement_list, entitlement_moves, policy
from itsm.assets import entitlement_queries as queries
from itsm.assets.entitlement.keys import KEYED
from itsm.assets.entitlement_forms import SizesForm
from itsm.assets.kinds import PLURALS, Kind
from itsm.assets.service import entitlement as service
from itsm.assets.views.blueprint import bp
from itsm.core import clock, spreadsheet, workbook
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.forms import typed_day
from itsm.core.search import chips
from itsm.core.web import actor
from itsm.org import search


@bp.get("/geraete/ausstattung")
def entitlement() -> ResponseReturnValue:
    """Show one class at all schools one sees."""
    _require()
    kind, on, q = _kind(), _day(), request.args.get("q", "").strip()
    order = request.args.get("sort", "luecke")
    tag = on.isoformat() if on != _today() else None
    found = entitlement_list.find(actor(), q, on)
    return render_template(
        "assets/entitlement/city.html",
        found=entitlement_list.overview(found, kind, order),
        kind=kind,
        on=on,
        today=_today(),
        q=q,
        order=order,
        orders=entitlement_list.ORDERS,
        kinds=[(one, PLURALS[one]) for one in KEYED],
        state={"q": q or None, "tag": tag},
        chips=[
            (text, url_for("assets.entitlement", klasse=kind, sort=order, q=rest or None, tag=tag))
            for text, rest in chips(q, search.KEYS)
        ],
        help=entitlement_list.HELP,
        may_plan=policy.may_plan_life_cycle(actor()),
    )


@bp.get("/geraete/ausstattung.<any(csv, xlsx):ending>")
def export_entitlement(ending: str) -> ResponseReturnValue:
    """Send all classes of the filtered schools as a file."""
    _require()
    found = entitlement_list.find(actor(), request.args.get("q", "").strip(), _day())
    rows = entitlement_list.cells(found)
    if ending == "csv":
        return _csv("ausstattung", entitlement_list.COLUMNS, list(rows))
    body = workbook.xlsx("Ausstattung", entitlement_list.COLUMNS, rows)
    headers = {"Content-Disposition": 'attachment; filename="ausstattung.xlsx"'}
    return Response(body, mimetype=workbook.MIMETYPE, headers=headers)


@bp.route("/geraete/ausstattung/zahlen", methods=["GET", "POST"])
def import_sizes() -> ResponseReturnValue:
    """Take the sizes of all schools over from a list, or nothing of it."""
    _require_planner()
    form = SizesForm()
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            taken = service.take_over_sizes(actor(), form.content())
            form.form_errors.extend(taken.errors)
        if not form.form_errors:
            flash(f"{len(taken.rows)} Zeilen übernommen.", "success")
            return redirect(url_for("assets.entitlement"), 303)
    return render_template("assets/entitlement/sizes.html", form=form), form.status


@bp.get("/geraete/ausstattung/zahlen.csv")
def export_sizes() -> ResponseReturnValue:
    """Send the sizes of today as a list to be filled in and read again."""
    _require_planner()
    found = queries.standings(queries.seen_schools(actor()), _today())
    rows = [entitlement_file.cells(standing.school, standing.size) for standing in found]
    return _csv("schulzahlen", entitlement_file.COLUMNS, rows)


@bp.get("/geraete/ausstattung/umverteilung")
def redistribution() -> ResponseReturnValue:
    """Show who could give what to whom."""
    _require()
    kind = _kind()
    return render_template(
        "assets/entitlement/redistribution.html",
        found=entitlement_moves.propose(actor(), kind, _today()),
        kind=kind,
        kinds=[(one, PLURALS[one]) for one in KEYED],
        may_plan=policy.may_plan_life_cycle(actor()),
    )


@bp.post("/geraete/ausstattung/umverteilung")
def order_redistribution() -> ResponseReturnValue:
    """Turn the proposal into tasks."""
    _require_planner()
    kind = _kind()
    with writing():
        done = service.order(actor(), kind, request.form.get("mark", ""), clock.now())
    said = "Diese Umverteilung ist schon beauftragt." if done.ordered else f"{len(done.trips)} Aufgaben angelegt."
    flash(said, "info" if done.ordered else "success")
    return redirect(url_for("assets.redistribution", klasse=kind.value), 303)


@bp.post("/geraete/ausstattung/umverteilung/zuruecknehmen")
def take_back_redistribution() -> ResponseReturnValue:
    """Close the open tasks of a redistribution."""
    _require_planner()
    kind = _kind()
    with writing():
        count = service.take_back(actor(), kind, clock.now())
    flash(f"{count} Aufgaben zurückgenommen.", "success")
    return redirect(url_for("assets.redistribution", klasse=kind.value), 303)


def _require() -> None:
    if not actor().may_somewhere(Verb.LIFE_CYCLE_SEE):
        raise NotAllowed("Die Ausstattung sehen die Medienkoordination, die Schulleitung und die Schul-IT.")


def _require_planner() -> None:
    if not policy.may_plan_life_cycle(actor()):
        raise NotAllowed("Das machen die Teamleitung, das Systemhaus und die Administration.")


def _kind() -> Kind:
    return entitlement_list.kind_named(request.values.get("klasse", Kind.IPAD.value))


def _today() -> date:
    return clock.local_day(clock.now())


def _day() -> date:
    return typed_day(request.args.get("tag", ""), _today())


def _csv(name: str, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(spreadsheet.lines(head, rows), mimetype="text/csv", headers=headers)
