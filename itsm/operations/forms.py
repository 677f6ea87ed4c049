"""Forms of the operator."""

from decimal import Decimal
from typing import Any

import wtforms as w

from itsm.core.forms import Day, Form, single_line


class Number(w.StringField):
    """A number as people type it: 1.234,5 or 3."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed number, or say how one looks."""
        self.data = typed = single_line(valuelist[0]) if valuelist else ""
        if not typed or len(typed) > 20 or not typed.lstrip("-").replace(".", "").replace(",", "", 1).isdecimal():
            raise ValueError("Das ist keine Zahl. Bitte so eingeben: 3 oder 1,5")

    @property
    def number(self) -> float:
        """The number that was typed."""
        return float(Decimal(str(self.data).replace(".", "").replace(",", ".")))


class FigureForm(Form):
    """A new value of a figure and the day it holds from."""

    value = Number("Neuer Wert")
    valid_from = Day("Gilt ab", description="Frühestens heute, zum Beispiel 1.2.2027")
