"""The small forms of the ticket page."""

import wtforms as w
from wtforms.validators import InputRequired

from itsm.core.forms import Form, Text
from itsm.tickets.priority import IMPACTS, URGENCIES
from itsm.tickets.words import REASONS


class PlainForm(Form):
    """Nothing to fill in."""


class TextForm(Form):
    """One text; whether it may be empty is a rule of the verb."""

    text = Text("Text", required=False, longest=5000)


class EscalateForm(Form):
    """Why a fault goes to the Systemhaus, and what was tried."""

    reason = w.RadioField(
        "Warum geht es an das Systemhaus?",
        [InputRequired("Bitte wählen Sie den Grund.")],
        choices={reason.value: words for reason, words in REASONS.items()},
    )
    text = Text("Was wurde versucht, was ist zu tun?", longest=5000)


class PriorityForm(Form):
    """Whom it hits and how urgent it is, seen anew."""

    impact = w.RadioField("Wen trifft es?", [InputRequired("Bitte wählen.")], coerce=int, choices=IMPACTS)
    urgency = w.RadioField("Wie dringend ist es?", [InputRequired("Bitte wählen.")], coerce=int, choices=URGENCIES)
    text = Text("Warum? Die Schule liest das mit.", longest=1000)


class AssignForm(Form):
    """To whom the ticket is handed."""

    user = w.IntegerField("Wer kümmert sich?", [InputRequired("Bitte wählen Sie jemanden.")])
