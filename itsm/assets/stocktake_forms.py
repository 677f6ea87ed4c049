"""The one line of the scanning page."""

from wtforms import ValidationError

from itsm.assets.serials import LONGEST_TAG, readings
from itsm.core.forms import Form, Line


class ScanForm(Form):
    """A scanned or typed number; a label's whole address is one too."""

    number = Line("Gerätenummer oder Seriennummer", longest=300)

    def validate_number(self, field: Line) -> None:
        """Refuse what is too long for any number."""
        found = readings(field.data or "")
        if not found or len(found[0]) > LONGEST_TAG:
            raise ValidationError("Das ist keine Gerätenummer. Bitte scannen Sie das Etikett oder die Seriennummer.")
