"""A value in one line a parent understands, with the same cents everywhere: page, letter, command.

Source: docs/rules/claims.md, CL-19.
"""

from itsm.claims import kinds
from itsm.claims.models import Valuation
from itsm.claims.valuation import Convention, Inputs, Value, value
from itsm.core.german import number

# Where the price came from, and how a sentence about it begins.
BASES = {
    "price": "{what} hat {euros} gekostet",
    "model": "Ein Gerät dieses Modells kostet {euros}",
    "replacement": "Gleichwertiger Ersatz kostet heute {euros}",
    "typed": "{what} hat {euros} gekostet",
}
_DEVICE = "Das Gerät"


def exact_euros(cents: int) -> str:
    """Return a sum with both decimals, as it stands in a calculation.

    >>> exact_euros(37_900)
    '379,00 €'
    """
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{number(whole)},{rest:02} €"


def figured(row: Valuation) -> Value:
    """Return a stored valuation as a value: of the stored inputs, with the stored months and cents."""
    inputs = Inputs(
        row.base_cents,
        row.in_service_on,
        row.damaged_on,
        row.life_months,
        Convention(row.convention),
        row.floor_basis_points,
    )
    again = value(inputs)
    return Value(inputs, row.months, again.left_units, again.life_units, row.value_cents)


def calculation(worth: Value) -> str:
    """Return the calculation alone: "379,00 € × 18 von 60 Monaten = 113,70 €"."""
    base, result = exact_euros(worth.inputs.base_cents), exact_euros(worth.cents)
    if worth.is_floor:
        return f"mindestens {number(worth.inputs.floor_basis_points / 100)} % von {base} = {result}"
    return f"{base} × {number(worth.left_units)} von {_life(worth)} = {result}"


def sentence(worth: Value, base: str = "price", what: str = _DEVICE) -> str:
    """Return the calculation in words: what it cost, how long it was to last, what was left on the day."""
    cost = BASES[base].format(what=what, euros=exact_euros(worth.inputs.base_cents))
    return f"{cost}, gerechnet wird mit {_life(worth)} Nutzung. {_left(worth)}: {calculation(worth)}."


def of_row(row: Valuation) -> str:
    """Return the sentence of a stored valuation, of a device or an accessory."""
    what = f"Das Zubehör ({name_of(row)})" if row.accessory else _DEVICE
    return sentence(figured(row), row.sources.get("base", "price"), what)


def name_of(row: Valuation) -> str:
    """Return what was valued: the device, or an accessory by its name."""
    return kinds.ACCESSORIES[kinds.Accessory(row.accessory)] if row.accessory else "Gerät"


def _left(worth: Value) -> str:
    day = f"Am {worth.inputs.damaged_on:%d.%m.%Y}"
    if worth.left_units == 0:
        return f"{day} war diese Zeit abgelaufen"
    return f"{day} {'war' if worth.left_units == 1 else 'waren'} davon noch {number(worth.left_units)} übrig"


def _life(worth: Value) -> str:
    """Return the expected use, as it stands after "von" or "mit"."""
    one, more = ("Tag", "Tagen") if worth.inputs.convention is Convention.DAYS else ("Monat", "Monaten")
    return f"{number(worth.life_units)} {one if worth.life_units == 1 else more}"
