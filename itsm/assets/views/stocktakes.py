"""Taking stock: where it is time, the scanning page, the result."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import policy, stocktake_overdue, stocktake_sheet, stocktake_words
from itsm.assets import stocktake_queries as queries
from itsm.assets.models import Finding, Stocktake
from itsm.assets.service import differences
from itsm.assets.service import stocktakes as service
from itsm.assets.stocktake_forms import ScanForm
from itsm.assets.views.blueprint import bp
from itsm.core import clock, pdf, spreadsheet
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.web import actor, as_file
from itsm.org import queries as org_queries
from itsm.org.models import School

_DONE = {
    "hierher": "Das Gerät gehört jetzt hierher.",
    "zurueckgebracht": "Als zurückgebracht vermerkt.",
    "gefunden": "Als gefunden vermerkt.",
}


@bp.get("/geraete/inventur")
def stocktakes() -> ResponseReturnValue:
    """Show where it is time to count; whoever has several schools chooses one first."""
    me, number = actor(), request.args.get("schule", "")
    if not me.may_somewhere(Verb.DEVICE_COUNT):
        raise NotAllowed(service.MAY_NOT)
    schools = [] if number else stocktake_overdue.schools_for(me, clock.now())
    if not number and len(schools) != 1:
        return _overview("assets/stocktakes/schools.html", None, schools=schools)
    school = org_queries.by_number(me, number) if number else schools[0].school
    if not policy.may_see_at(me, school):
        raise NotAllowed(service.MAY_NOT)
    whole, places = stocktake_overdue.of_school(school, clock.now())
    return _overview("assets/stocktakes/index.html", school, whole=whole, places_due=places, is_only=not number)


@bp.post("/geraete/inventur")
def start_stocktake() -> ResponseReturnValue:
    """Begin to count a place."""
    given = request.form
    school, room, case = queries.place(
        actor(), given.get("school", ""), given.get("room", type=int), given.get("case", type=int)
    )
    with writing():
        stocktake = service.start(actor(), school, clock.now(), room=room, case=case)
    return redirect(url_for("assets.stocktake", stocktake_id=stocktake.id), 303)


@bp.get("/geraete/inventur/<int:stocktake_id>")
def stocktake(stocktake_id: int) -> ResponseReturnValue:
    """Show the scanning page, or the result once it is there."""
    found = queries.get_for(actor(), stocktake_id)
    return _result(found) if found.finished_at or found.cancelled_at else _counting(found, ScanForm())


@bp.post("/geraete/inventur/<int:stocktake_id>/scan")
def scan_stocktake(stocktake_id: int) -> ResponseReturnValue:
    """Note a number; the page that follows says what it was."""
    found, form = queries.get_for(actor(), stocktake_id), ScanForm()
    if form.validate_on_submit():
        with writing():
            scanned = service.scan(actor(), found, form.number.data, clock.now())
        again = 1 if scanned.is_repeated else None
        return redirect(url_for("assets.stocktake", stocktake_id=found.id, zeile=scanned.line_id, schon=again), 303)
    return _counting(found, form)


@bp.post("/geraete/inventur/<int:stocktake_id>/zeilen/<int:line_id>/loeschen")
def undo_scan(stocktake_id: int, line_id: int) -> ResponseReturnValue:
    """Take a scan back."""
    with writing():
        service.undo(actor(), queries.get_for(actor(), stocktake_id), line_id)
    return redirect(url_for("assets.stocktake", stocktake_id=stocktake_id), 303)


@bp.post("/geraete/inventur/<int:stocktake_id>/zeilen/<int:line_id>/<slug>")
def correct_stocktake(stocktake_id: int, line_id: int, slug: str) -> ResponseReturnValue:
    """Correct a difference with one tap."""
    correction = differences.CORRECTIONS.get(slug)
    if correction is None:
        raise NotFound
    with writing():
        correction(actor(), queries.get_for(actor(), stocktake_id), line_id, clock.now())
    flash(_DONE[slug], "success")
    return redirect(url_for("assets.stocktake", stocktake_id=stocktake_id), 303)


@bp.post("/geraete/inventur/<int:stocktake_id>/abschliessen")
def finish_stocktake(stocktake_id: int) -> ResponseReturnValue:
    """Close a stocktake; what nobody has seen is missing."""
    with writing():
        differences.finish(actor(), queries.get_for(actor(), stocktake_id), clock.now())
    return redirect(url_for("assets.stocktake", stocktake_id=stocktake_id), 303)


@bp.post("/geraete/inventur/<int:stocktake_id>/abbrechen")
def cancel_stocktake(stocktake_id: int) -> ResponseReturnValue:
    """End a stocktake without a result."""
    found = queries.get_for(actor(), stocktake_id)
    with writing():
        service.cancel(actor(), found, clock.now())
    flash("Die Inventur ist abgebrochen. Am Bestand hat sich nichts geändert.", "success")
    return redirect(url_for("assets.stocktakes", schule=found.school.number), 303)


@bp.get("/geraete/inventur/<int:stocktake_id>.csv")
def stocktake_csv(stocktake_id: int) -> ResponseReturnValue:
    """The result as a file for a spreadsheet."""
    found = queries.get_for(actor(), stocktake_id)
    rows = (stocktake_sheet.cells(found, line) for line in queries.all_lines(found))
    body = "".join(spreadsheet.lines(stocktake_sheet.HEAD, rows))
    return Response(body, mimetype="text/csv", headers=as_file(f"inventur-{stocktake_id}.csv"))


@bp.get("/geraete/inventur/<int:stocktake_id>.pdf")
def stocktake_pdf(stocktake_id: int) -> ResponseReturnValue:
    """The result as a file for the printer."""
    found = queries.get_for(actor(), stocktake_id)
    body = pdf.write(stocktake_sheet.sheet(found, queries.all_lines(found), clock.now()))
    return Response(body, mimetype="application/pdf", headers=as_file(f"inventur-{stocktake_id}.pdf"))


def _overview(template: str, school: School | None, **parts: object) -> ResponseReturnValue:
    running, finished = queries.running_for(actor(), school), queries.finished_for(actor(), school)
    return render_template(
        template,
        school=school,
        running=running,
        finished=finished,
        progress=queries.progress([*running, *finished]),
        say=stocktake_words,
        may_count=school is not None and policy.may_count_at(actor(), school),
        **parts,
    )


def _counting(stocktake: Stocktake, form: ScanForm) -> ResponseReturnValue:
    """The page with the field to scan; `answer` is what the last scan was."""
    asked, recent = queries.line(stocktake, request.args.get("zeile", type=int)), queries.recent(stocktake)
    foreign = queries.foreign([*recent, *([asked] if asked else [])])
    answer = None
    if asked is not None:
        is_foreign, is_repeated = asked.typed in foreign, "schon" in request.args
        answer = stocktake_words.answer(stocktake, asked, is_foreign=is_foreign, is_repeated=is_repeated)
    page = render_template(
        "assets/stocktakes/count.html",
        stocktake=stocktake,
        form=form,
        answer=answer,
        progress=queries.progress([stocktake])[stocktake.id],
        recent=recent,
        foreign=foreign,
        missing=queries.still_open(stocktake),
        say=stocktake_words,
        may_count=policy.may_count_at(actor(), stocktake.school),
    )
    return page, form.status


def _result(stocktake: Stocktake) -> ResponseReturnValue:
    unknown = queries.lines(stocktake, Finding.UNKNOWN)
    return render_template(
        "assets/stocktakes/result.html",
        stocktake=stocktake,
        progress=queries.progress([stocktake])[stocktake.id],
        missing=queries.lines(stocktake, Finding.MISSING),
        elsewhere=queries.lines(stocktake, Finding.ELSEWHERE),
        unknown=unknown,
        foreign=queries.foreign(unknown),
        outcomes=queries.outcomes(stocktake) if stocktake.finished_at else {},
        say=stocktake_words,
        may_count=policy.may_count_at(actor(), stocktake.school),
        is_place=stocktake.room_id is not None or stocktake.case_id is not None,
    )
