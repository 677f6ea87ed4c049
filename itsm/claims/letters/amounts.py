"""How an amount comes about, in words a parent understands; the value on the day in those of the page.

Source: docs/rules/claims.md, CL-19 and CL-54.
"""

from datetime import date

from itsm.claims import value_words
from itsm.claims.letters.address import clean, cut
from itsm.claims.models import ClaimItem
from itsm.claims.valuation import WHOLE
from itsm.core.german import number

# Not broken between the number and its sign.
_NO_BREAK = "\N{NO-BREAK SPACE}"


def money(cents: int) -> str:
    """Return an amount as it stands in letters, always with both decimals: 1.234,50 €."""
    whole, rest = divmod(cents, 100)
    return f"{number(whole)},{rest:02}{_NO_BREAK}€"


def day(on: date) -> str:
    """Return a date as it stands in letters: 17.03.2026."""
    return f"{on:%d.%m.%Y}"


def label(item: ClaimItem) -> str:
    """Return what a device is called."""
    return cut(clean(item.case.device_label))


def reckoned(item: ClaimItem) -> list[str]:
    """Return the sentences that lead from the price of a device to what is asked for."""
    valuation = item.valuation
    if valuation is None:
        return []
    return [_unbroken(value_words.of_row(valuation)), *_deductions(item, valuation.value_cents)]


def row(item: ClaimItem) -> list[str]:
    """Return a device as a row: what it is, its price, its value on the day, what is asked for."""
    valuation = item.valuation
    known = [money(valuation.base_cents), money(valuation.value_cents)] if valuation else ["–", "–"]
    return [label(item), *known, money(item.amount_cents)]


def _unbroken(text: str) -> str:
    """Return a text whose numbers stay on the line of their sign."""
    return text.replace(" €", f"{_NO_BREAK}€").replace(" %", f"{_NO_BREAK}%")


def _deductions(item: ClaimItem, value_cents: int) -> list[str]:
    said = []
    left = value_cents
    if item.wreck_cents:
        left = max(0, value_cents - item.wreck_cents)
        said.append(f"Was vom Gerät übrig ist, ist {money(item.wreck_cents)} wert; es bleiben {money(left)}.")
    if item.repair_cents is not None and item.repair_cents < left:
        said.append(f"Die Reparatur kostet {money(item.repair_cents)} und damit weniger; wir fordern nur sie.")
    elif item.repair_cents is not None:
        said.append(f"Die Reparatur würde {money(item.repair_cents)} kosten; mehr als den Wert fordern wir nicht.")
    if item.accessory_cents:
        said.append(f"Dazu kommt das beschädigte Zubehör mit {money(item.accessory_cents)}.")
    if item.quota_basis_points != WHOLE:
        said.append(f"Ihr Anteil daran beträgt {number(item.quota_basis_points / 100)}{_NO_BREAK}%.")
    if item.insurer_cents:
        said.append(f"Eine Versicherung hat {money(item.insurer_cents)} bezahlt; das ziehen wir ab.")
    if said:
        said.append(f"Es bleiben {money(item.amount_cents)}.")
    return said
