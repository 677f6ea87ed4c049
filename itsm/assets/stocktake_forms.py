"""The one line of the scanning page."""

from itsm.core.forms import Form, Line


class ScanForm(Form):
    """A scanned or typed number; a label's whole address is one too."""

    number = Line("Gerätenummer oder Seriennummer", longest=300)
