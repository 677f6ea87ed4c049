"""What is typed about locking and locating."""

from datetime import datetime

from itsm.core import clock
from itsm.core.errors import DomainError
from itsm.core.forms import ClockTime, Day, Form, Line, Text


class PurposeForm(Form):
    """What a device is locked, located or freed for."""

    purpose = Text(
        "Wozu?", longest=500, description="Bitte ohne Namen von Schüler*innen. Der Zweck steht im Protokoll des Falls."
    )


class DoneForm(Form):
    """When a person did it in the MDM."""

    day = Day("An welchem Tag?")
    time = ClockTime("Um wie viel Uhr?")

    @property
    def moment(self) -> datetime:
        """The moment that was typed.

        Raises: DomainError unless both are there.
        """
        if self.day.data is None or self.time.data is None:
            raise DomainError("Bitte geben Sie Tag und Uhrzeit ein.")
        return clock.at_local(self.day.data, self.time.data)


class LookForm(Form):
    """Why somebody looks at where a device was."""

    reason = Line("Warum sehen Sie den Standort an?", longest=300, description="Zum Beispiel: Auskunft an die Polizei.")
