"""The command that reckons a value on a day, without a database.

Source: docs/rules/claims.md, CL-10 to CL-19.
"""

import json
import re
from datetime import date, datetime
from typing import Any

import click

from itsm.claims import valuation
from itsm.claims.valuation import CONVENTIONS, Convention, Inputs, Share, Value
from itsm.claims.value_words import exact_euros, sentence
from itsm.core import clock
from itsm.core.errors import DomainError

_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)


class Refused(click.ClickException):
    """Something nothing can be reckoned from, as one sentence."""

    exit_code = 2


class Hundredths(click.ParamType[int]):
    """An amount or a share with at most two decimals, as a whole number of its hundredths; never a float."""

    name = "zahl"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return cents, or hundredths of a per cent."""
        if isinstance(value, int):
            return value
        found = _AMOUNT.fullmatch(value)
        if found is None:
            self.fail(f"„{value}“ ist keine Zahl ab 0 mit höchstens zwei Nachkommastellen, wie 479.00.", param, ctx)
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


class IsoDay(click.ParamType[date]):
    """A day such as 2026-03-17."""

    name = "tag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007
        except ValueError:
            self.fail(f"„{value}“ ist kein Tag. Bitte so angeben: 2026-03-17.", param, ctx)


@click.command("value", help="Den Zeitwert eines Geräts am Tag des Schadens berechnen.")
@click.option(
    "--base", type=Hundredths(), required=True, help="Kaufpreis in Euro (brutto), oder heutiger, wenn tiefer."
)
@click.option("--in-service", type=IsoDay(), required=True, help="Tag der Inbetriebnahme.")
@click.option("--damaged", type=IsoDay(), required=True, help="Tag des Schadens, sonst der Entdeckung.")
@click.option("--life-months", type=int, required=True, help="Erwartete Nutzung in Monaten.")
@click.option(
    "--convention",
    type=click.Choice([one.value for one in Convention]),
    default=Convention.CALENDAR.value,
    help="Wie gezählt wird.",
)
@click.option("--floor", type=Hundredths(), default=0, help="Mindestwert, der immer bleibt, in Prozent vom Preis.")
@click.option("--repair", type=Hundredths(), help="Kosten der Reparatur in Euro.")
@click.option("--wreck", type=Hundredths(), default=0, help="Wert des beschädigten Geräts in Euro.")
@click.option("--quota", type=Hundredths(), default=valuation.WHOLE, help="Anteil, der verlangt wird, in Prozent.")
@click.option("--insurer", type=Hundredths(), default=0, help="Was eine Versicherung gezahlt hat, in Euro.")
@click.option("--json", "as_json", is_flag=True, help="Alles als JSON: Eingaben, Ergebnis und Regel.")
def value(
    base: int,
    in_service: date,
    damaged: date,
    life_months: int,
    convention: str,
    floor: int,
    repair: int | None,
    wreck: int,
    quota: int,
    insurer: int,
    as_json: bool,
) -> None:
    """Reckon a value, and what can be claimed of it."""
    inputs = Inputs(base, in_service, damaged, life_months, Convention(convention), floor)
    try:
        worth = valuation.value(inputs, clock.local_day(clock.now()))
        share = valuation.share(
            worth.cents, repair_cents=repair, wreck_cents=wreck, quota_basis_points=quota, insurer_cents=insurer
        )
    except DomainError as error:
        raise Refused(error.sentence) from None
    given = {"repair": repair, "wreck": wreck, "quota_percent": quota, "insurer": insurer}
    click.echo(json.dumps(_figures(worth, share, given), indent=2) if as_json else _words(worth, share))


def _figures(worth: Value, share: Share, given: dict[str, int | None]) -> dict[str, Any]:
    """Return everything that went in and came out; amounts as text, so that no reader makes floats of them."""
    inputs = worth.inputs
    return {
        "value": _decimal(worth.cents),
        "months": worth.months,
        "left": worth.left_units,
        "of": worth.life_units,
        "floor_applied": worth.is_floor,
        "base": _decimal(inputs.base_cents),
        "in_service": inputs.in_service_on.isoformat(),
        "damaged": inputs.damaged_on.isoformat(),
        "life_months": inputs.life_months,
        "convention": inputs.convention.value,
        "floor_percent": _decimal(inputs.floor_basis_points),
        **{name: None if amount is None else _decimal(amount) for name, amount in given.items()},
        "claim": _decimal(share.cents),
        "total_loss": share.is_total_loss,
        "rule": valuation.RULE_NUMBERS[inputs.convention],
        "claim_rule": valuation.CLAIM_RULE,
    }


def _words(worth: Value, share: Share) -> str:
    rule = f"{valuation.RULE_NUMBERS[worth.inputs.convention]}, {CONVENTIONS[worth.inputs.convention]}"
    total = " Eine Reparatur kostet mehr: wirtschaftlicher Totalschaden." if share.is_total_loss else ""
    return f"{sentence(worth)}\nGefordert werden können {exact_euros(share.cents)}.{total}\nRegel {rule}."


def _decimal(hundredths: int) -> str:
    """Return two places after a point.

    >>> _decimal(14_370)
    '143.70'
    """
    return f"{hundredths // 100}.{hundredths % 100:02}"
