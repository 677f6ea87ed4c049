"""Forms of device lists: which file, and which column says what."""

from typing import BinaryIO

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from itsm.assets.importing.fields import FIELDS
from itsm.assets.importing.mapping import Mapping, ready
from itsm.core.errors import DomainError
from itsm.core.forms import Form


class ListForm(Form):
    """A device list to read."""

    file = FileField(
        "Geräteliste",
        description="CSV, Excel (.xlsx) oder JSON aus Jamf School, höchstens 100 MB.",
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.json"},
    )
    mapping = SelectField("Woher kommt die Liste?")

    def offer(self) -> "ListForm":
        """Return the form with the ready mappings to choose from."""
        known = (SelectChoice(one.name, one.title) for one in ready().values())
        self.mapping.choices = [SelectChoice("", "An der Kopfzeile erkennen"), *known]
        return self

    def content(self) -> tuple[str, BinaryIO]:
        """Return the name and the contents of the file.

        Raises: DomainError if no file was chosen.
        """
        if not self.file.data:
            raise DomainError("Bitte wählen Sie zuerst die Datei mit der Geräteliste aus.")
        return self.file.data.filename or "", self.file.data.stream


class TakeForm(Form):
    """Take the list over, all of it or only what is right."""

    partial = BooleanField("Nur die fehlerfreien Zeilen übernehmen")


def columns_form(header: list[str], mapping: Mapping) -> Form:
    """Return a form with one choice of a column for every field, as the mapping has it now."""
    names = (SelectChoice(name, name) for name in dict.fromkeys(header) if name)
    choices = [SelectChoice("", "nicht in der Liste"), *names]
    bound = {key: next((name for name in names if name in header), "") for key, names in mapping.columns.items()}
    fields = {
        one.key: SelectField(one.label, choices=choices, default=bound.get(one.key, ""), render_kw={"class": "it-wide"})
        for one in FIELDS
    }
    made: Form = type("ColumnsForm", (Form,), fields)()
    return made


def chosen_columns(form: Form) -> dict[str, str]:
    """Return the column chosen for every field."""
    return {one.key: form[one.key].data or "" for one in FIELDS}
