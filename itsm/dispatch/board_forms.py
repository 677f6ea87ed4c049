"""Shape and spelling of what is said on the board."""

from collections.abc import Iterable, Sequence
from datetime import date, time

import wtforms as w
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from itsm.accounts.models import User
from itsm.core.forms import ClockTime, Form, Ticks
from itsm.core.german import local_date
from itsm.tickets.models import Ticket

CHOOSE = InputRequired("Bitte wählen Sie eine Antwort.")
MINUTES_OF_DAY = 24 * 60


class PlaceForm(Form):
    """With whom, on which day and when; `bei` is a minute in the order of the day, as dragging gives it."""

    person = w.SelectField("Person", [CHOOSE], coerce=int)
    tag = w.SelectField("Tag", [CHOOSE])
    um = ClockTime("Feste Uhrzeit", required=False, description="Leer lassen für den besten Platz. Zum Beispiel 10:15")
    bei = w.IntegerField(widget=w.widgets.HiddenInput())
    version = w.IntegerField(default=0, widget=w.widgets.HiddenInput())
    trotzdem = w.BooleanField("Ja, trotzdem so machen")

    def offer(self, people: Iterable[User], days: Sequence[date]) -> "PlaceForm":
        """Offer the people and the days to choose from."""
        self.people = {user.id: user for user in people}
        self.person.choices = [SelectChoice(user.id, user.name) for user in self.people.values()]
        self.tag.choices = [SelectChoice(day.isoformat(), local_date(day)) for day in days]
        return self

    @property
    def day(self) -> date:
        """The chosen day."""
        return date.fromisoformat(str(self.tag.data))

    @property
    def minute(self) -> int | None:
        """The minute of the day that was typed, or dropped at."""
        if isinstance(self.um.data, time):
            return self.um.data.hour * 60 + self.um.data.minute
        dropped: int | None = self.bei.data
        return dropped if dropped is not None and 0 <= dropped < MINUTES_OF_DAY else None

    @property
    def is_exact(self) -> bool:
        """Whether the time was typed and so is to be kept."""
        return isinstance(self.um.data, time)


class AskForm(PlaceForm):
    """The same, asked for in an address: nothing is changed, so nobody needs a token."""

    class Meta(PlaceForm.Meta):
        csrf = False


class VersionForm(Form):
    """A button that must not undo what somebody else has done since."""

    version = w.IntegerField(default=0, widget=w.widgets.HiddenInput())


class PinForm(VersionForm):
    """What of a visit stays as it is."""

    day = w.BooleanField("Tag")
    user = w.BooleanField("Person")
    time = w.BooleanField("Zeit")


class SplitForm(VersionForm):
    """The tickets that get a visit of their own."""

    tickets = Ticks("Welche Störungen bekommen einen eigenen Besuch?", [CHOOSE], coerce=int)

    def offer(self, tickets: Iterable[Ticket]) -> "SplitForm":
        """Offer the tickets of the visit."""
        self.tickets.choices = [(ticket.id, f"{ticket.number} {ticket.title}") for ticket in tickets]
        return self


class MergeForm(VersionForm):
    """The other visit."""

    other = w.IntegerField(validators=[CHOOSE], widget=w.widgets.HiddenInput())
