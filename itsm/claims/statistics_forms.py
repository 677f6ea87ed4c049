"""Forms of the page of figures: yearly figures of a report, and the adoption of the accounts."""

from collections.abc import Iterable

import wtforms as w
from flask_wtf.file import FileField

from itsm.claims.yearly import LARGEST_BYTES
from itsm.core.errors import DomainError
from itsm.core.forms import Day, Form, Line


class YearlyForm(Form):
    """A list with a line for each year, and where it comes from."""

    file = FileField(
        "Liste",
        description="CSV oder Excel mit den Spalten jahr, ipads, schadensfaelle, diebstahl_verlust",
        render_kw={"accept": ".csv,.xlsx"},
    )
    source = Line("Quelle", longest=100, description="Zum Beispiel: Jahresbericht 2025, Tabellen 7 und 8")

    def content(self) -> bytes:
        """Return the bytes of the file, one too many at most.

        Raises: DomainError if no file was chosen.
        """
        if not self.file.data:
            raise DomainError("Bitte wählen Sie zuerst die Datei mit den Jahreszahlen aus.")
        with self.file.data.stream as stream:
            return bytes(stream.read(LARGEST_BYTES + 1))


class AccountsForm(Form):
    """The day on which the council adopted the accounts of a year."""

    year = w.SelectField("Haushaltsjahr", coerce=int)
    adopted_on = Day("Festgestellt am", required=False, description="Leer heißt: noch nicht festgestellt.")

    def offer(self, years: Iterable[int]) -> None:
        """Let one of these years be chosen."""
        self.year.choices = [(year, str(year)) for year in years]
