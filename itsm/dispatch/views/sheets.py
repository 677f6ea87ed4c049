"""What a day leaves on paper: the day sheet and the mileage log."""

from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from itsm.accounts.models import User
from itsm.core import clock, pdf, spreadsheet
from itsm.core.errors import NotAllowed
from itsm.core.web import actor, as_file
from itsm.dispatch import agenda, day_sheet, mileage, policy
from itsm.dispatch.views.blueprint import bp
from itsm.dispatch.views.day import whose

MONTH = "monat"


@bp.get("/tag/<day>/blatt")
def day_sheet_page(day: str) -> ResponseReturnValue:
    """The day to be printed."""
    found, user = whose(day)
    return render_template(
        "dispatch/day_sheet.html",
        agenda=agenda.agenda(user, found),
        sheet=day_sheet,
        person=request.args.get("person", type=int),
        at=clock.now(),
    )


@bp.get("/tag/<day>/blatt.pdf")
def day_sheet_pdf(day: str) -> ResponseReturnValue:
    """The day as a file for the printer."""
    found, user = whose(day)
    return _pdf(day_sheet.sheet(agenda.agenda(user, found), clock.now()), f"tagesblatt-{found}")


@bp.get("/tag/<day>/fahrtenbuch")
def mileage_log(day: str) -> ResponseReturnValue:
    """The drives of a day or of its month."""
    user, first_on, last_on = _log(day)
    found = mileage.trips(user, first_on, last_on)
    return render_template(
        "dispatch/mileage.html",
        user=user,
        day=day,
        first_on=first_on,
        last_on=last_on,
        is_month=_is_month(),
        trips=found,
        kilometres=mileage.kilometres,
        total=mileage.kilometres(mileage.total_metres(found)),
        person=request.args.get("person", type=int),
        is_mine=user.id == actor().user_id,
    )


@bp.get("/tag/<day>/fahrtenbuch.csv")
def mileage_csv(day: str) -> ResponseReturnValue:
    """The drives as a file for a spreadsheet."""
    user, first_on, last_on = _log(day)
    body = "".join(spreadsheet.lines(mileage.HEAD, map(mileage.cells, mileage.trips(user, first_on, last_on))))
    return Response(body, mimetype="text/csv", headers=as_file(f"fahrtenbuch-{first_on}.csv"))


@bp.get("/tag/<day>/fahrtenbuch.pdf")
def mileage_pdf(day: str) -> ResponseReturnValue:
    """The drives as a file for the printer."""
    user, first_on, last_on = _log(day)
    found = mileage.trips(user, first_on, last_on)
    return _pdf(mileage.sheet(user, first_on, last_on, found, clock.now()), f"fahrtenbuch-{first_on}")


def _log(day: str) -> tuple[User, date, date]:
    found, user = whose(day)
    if not policy.may_see_mileage_of(actor(), user):
        raise NotAllowed("Dieses Fahrtenbuch lesen nur die Person selbst, die Teamleitung und die Revision.")
    return user, *mileage.span_of(found, month=_is_month())


def _is_month() -> bool:
    return request.args.get("zeitraum") == MONTH


def _pdf(sheet: pdf.Sheet, name: str) -> Response:
    return Response(pdf.write(sheet), mimetype="application/pdf", headers=as_file(f"{name}.pdf"))
