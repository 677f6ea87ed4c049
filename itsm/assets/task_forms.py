"""What is typed about a task that is done."""

from itsm.core.forms import Form, Line


class OutcomeForm(Form):
    """How a task about devices came out."""

    outcome = Line("Wie ist es ausgegangen?", required=False, longest=300)
