"""What the work on site has cost for each device: minutes of visits at the price of their day.

Source: docs/rules/device-work.md, DW-11.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from itsm.core import clock, figures
from itsm.core.db import db
from itsm.core.figures import Figure, FigureValue, define
from itsm.dispatch.models import VisitTicket
from itsm.tickets.models import TicketDevice

HOUR_CENTS = "devices.hour_cents"
define(Figure(HOUR_CENTS, "Arbeitsstunde an einem Gerät: Preis", "Cent", 6000))


def work_cents(device_ids: Sequence[int]) -> dict[int, int]:
    """Return what the work recorded on visits has cost for each device, in cents; two queries.

    The work on a ticket is split evenly over all devices it names; the first ones take what does not divide.
    """
    spent: dict[int, int] = defaultdict(int)
    prices = _prices()
    for device_id, place, among, minutes, recorded_at in db.session.execute(_work(device_ids)):
        cents = _half_up(minutes * _price_on(prices, clock.local_day(recorded_at)), 60)
        spent[device_id] += share_of(cents, place, among)
    return dict(spent)


def share_of(cents: int, place: int, among: int) -> int:
    """Return the cents of one device (its place from 1) of so many; the first ones take what does not divide."""
    return cents // among + (place <= cents % among)


def _work(device_ids: Sequence[int]) -> sa.Select[Any]:
    of_ticket = TicketDevice.ticket_id
    wanted = sa.any_(sa.literal(list(device_ids), ARRAY(sa.Integer)))
    tickets = sa.select(TicketDevice.ticket_id).where(TicketDevice.device_id == wanted)
    shares = (
        sa.select(
            TicketDevice.ticket_id,
            TicketDevice.device_id,
            sa.func.row_number().over(partition_by=of_ticket, order_by=TicketDevice.id).label("place"),
            sa.func.count().over(partition_by=of_ticket).label("among"),
        )
        .where(TicketDevice.ticket_id.in_(tickets))
        .subquery()
    )
    share = shares.c
    columns: tuple[Any, ...] = (share.device_id, share.place, share.among)
    return (
        sa.select(*columns, VisitTicket.spent_minutes, VisitTicket.recorded_at)
        .join(VisitTicket, VisitTicket.ticket_id == share.ticket_id)
        .where(share.device_id == wanted, VisitTicket.spent_minutes > 0, VisitTicket.recorded_at.is_not(None))
    )


def _prices() -> list[tuple[date, int]]:
    """The price of an hour from each day on, the latest first."""
    rows = db.session.execute(
        sa.select(FigureValue.valid_from, FigureValue.value)
        .where(FigureValue.key == HOUR_CENTS)
        .order_by(FigureValue.valid_from.desc())
    )
    return [(valid_from, round(value)) for valid_from, value in rows]


def _price_on(prices: list[tuple[date, int]], on: date) -> int:
    default = round(figures.FIGURES[HOUR_CENTS].default)
    return next((cents for valid_from, cents in prices if valid_from <= on), default)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
