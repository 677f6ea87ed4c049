"""Replacement in waves: the list, the plan before it is saved, one plan, two side by side."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets import kinds, policy, wave_comparison, wave_export, wave_overview, wave_queries, wave_starts
from itsm.assets.service import waves as service
from itsm.assets.views.blueprint import bp
from itsm.assets.wave_forms import CompareForm, WaveForm
from itsm.assets.wave_planning import planned
from itsm.assets.waves.plan import Quarter
from itsm.core import clock, german, spreadsheet, workbook
from itsm.core.db import writing
from itsm.core.errors import NotAllowed
from itsm.core.web import actor
from itsm.org.models import School


@bp.get("/geraete/austausch")
def waves() -> ResponseReturnValue:
    """Show the saved plans, and how old the devices are."""
    me, today = actor(), clock.local_day(clock.now())
    wave_queries.require_look(me)
    ages = wave_overview.overview(me, today)
    return render_template(
        "assets/waves/index.html",
        waves=wave_queries.listed(me),
        ages=ages,
        service_years=wave_overview.year_rows([age.per_service_year for age in ages]),
        warranty_years=wave_overview.year_rows([age.per_warranty_year for age in ages]),
        plurals=kinds.PLURALS,
        starts=wave_starts.offered(today),
        today=today,
        sees_all=wave_queries.sees_all(me),
        may_plan=policy.may_plan_life_cycle(me),
    )


@bp.route("/geraete/austausch/neu", methods=["GET", "POST"])
def new_wave() -> ResponseReturnValue:
    """Plan an exchange: first the plan is shown, then it is saved."""
    service.require_planning(actor())
    at = clock.now()
    today = clock.local_day(at)
    form, found, wave = WaveForm(data=wave_starts.values(request.args.get("vorlage", ""), today)), None, None
    if form.validate_on_submit():
        with form.shows_errors(), writing():
            found = planned(form.draft(), today)
            if form.is_final:
                wave = service.make(actor(), form.draft(), form.title(), at)
        if wave is not None and not form.form_errors:
            flash(f"Der Plan „{wave.name}“ ist gespeichert.", "success")
            return redirect(url_for("assets.wave", wave_id=wave.id), 303)
    starts = wave_starts.offered(today)
    html = render_template(
        "assets/waves/new.html", form=form, planned=found, starts=starts, today=today, plurals=kinds.PLURALS
    )
    return html, form.status


@bp.get("/geraete/austausch/<int:wave_id>")
def wave(wave_id: int) -> ResponseReturnValue:
    """Show a plan: its quarters, school forms and schools, and how far it is."""
    me = actor()
    found = wave_queries.get_for(me, wave_id)
    return render_template(
        "assets/waves/show.html",
        wave=found,
        summary=wave_queries.summary_of(me, found),
        to_deliver=wave_queries.quarters_to_deliver(found) if found.ordered_at else set(),
        today=clock.local_day(clock.now()),
        sees_all=wave_queries.sees_all(me),
        may_plan=policy.may_plan_life_cycle(me),
        q=request.args.get("q", "").strip(),
        plurals=kinds.PLURALS,
    )


@bp.post("/geraete/austausch/<int:wave_id>/beauftragen")
def order_wave(wave_id: int) -> ResponseReturnValue:
    """Make a draft the plan that holds."""
    with writing():
        service.order(actor(), wave_queries.get_for(actor(), wave_id), clock.now())
    flash("Der Austausch ist beauftragt. Die Schulen sehen jetzt, wann sie wie viele Geräte bekommen.", "success")
    return redirect(url_for("assets.wave", wave_id=wave_id), 303)


@bp.post("/geraete/austausch/<int:wave_id>/lieferungen/<int:year>/<int:quarter>")
def deliver_wave(wave_id: int, year: int, quarter: int) -> ResponseReturnValue:
    """Turn a quarter into delivery tasks."""
    with writing():
        found = wave_queries.get_for(actor(), wave_id)
        made = service.deliver(actor(), found, Quarter(year, quarter), clock.now())
    flash(f"{made} Lieferungen sind angelegt." if made != 1 else "Eine Lieferung ist angelegt.", "success")
    return redirect(url_for("assets.wave", wave_id=wave_id), 303)


@bp.post("/geraete/austausch/<int:wave_id>/loeschen")
def delete_wave(wave_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    with writing():
        service.delete(actor(), wave_queries.get_for(actor(), wave_id))
    flash("Der Entwurf ist gelöscht.", "success")
    return redirect(url_for("assets.waves"), 303)


@bp.get("/geraete/austausch/<int:wave_id>.csv")
def wave_csv(wave_id: int) -> ResponseReturnValue:
    """Send a plan as a file for a spreadsheet."""
    summary = wave_queries.summary_of(actor(), wave_queries.get_for(actor(), wave_id))
    lines = spreadsheet.lines(wave_export.COLUMNS, wave_export.rows(summary, german.plain_euros))
    return _file(Response(lines, mimetype="text/csv"), f"{wave_id}.csv")


@bp.get("/geraete/austausch/<int:wave_id>.xlsx")
def wave_xlsx(wave_id: int) -> ResponseReturnValue:
    """Send a plan as an Excel file."""
    summary = wave_queries.summary_of(actor(), wave_queries.get_for(actor(), wave_id))
    body = workbook.xlsx("Austausch", wave_export.COLUMNS, wave_export.rows(summary, wave_export.in_cells))
    return _file(Response(body, mimetype=workbook.MIMETYPE), f"{wave_id}.xlsx")


@bp.get("/geraete/austausch/vergleich")
def compare_waves() -> ResponseReturnValue:
    """Show two plans side by side."""
    me = actor()
    if not wave_queries.sees_all(me):
        raise NotAllowed("Pläne vergleicht, wer den Austausch der ganzen Stadt sieht.")
    known = [(wave.id, wave.name) for wave, _, _ in wave_queries.listed(me)]
    form = CompareForm(request.args).offer(known)
    pair = [wave_queries.get_for(me, wave_id) for wave_id in form.chosen]
    return render_template(
        "assets/waves/compare.html",
        form=form,
        pair=pair,
        comparison=wave_comparison.compare(*((one, wave_queries.summary_of(me, one)) for one in pair)) if pair else [],
        may_plan=policy.may_plan_life_cycle(me),
    )


def exchange_of_school(school: School, **_: Any) -> str:
    """Show on the page of a school what the exchange brings, to whoever may see it."""
    if not policy.may_see_life_cycle(actor(), school):
        return ""
    coming = wave_queries.coming_to(school)
    return render_template("assets/waves/_school.html", coming=coming, kinds=kinds) if coming else ""


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="austausch-{name}"'
    return response
