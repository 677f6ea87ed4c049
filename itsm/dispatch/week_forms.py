"""Shape and spelling of what is asked for when a week is planned."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import wtforms as w
from wtforms.fields.choices import SelectChoice

from itsm.core.forms import Form, Ticks
from itsm.core.german import long_date
from itsm.dispatch.forms import CHOOSE
from itsm.org.models import District

SATURDAY = 5
FRIDAY = 4


class Span(NamedTuple):
    """Some days to plan."""

    key: str
    label: str
    first_on: date
    days: int


def spans(today: date) -> list[Span]:
    """What can be planned: the rest of this week, while there is one, and the two weeks after it."""
    monday = today - timedelta(days=today.weekday())
    found = []
    if today.weekday() < SATURDAY:
        found.append(Span("diese", "Diese Woche", today, FRIDAY - today.weekday() + 1))
    later = enumerate(("Nächste Woche", "Übernächste Woche"), start=1)
    keys = ("naechste", "uebernaechste")
    found += [Span(keys[number - 1], label, monday + timedelta(weeks=number), FRIDAY + 1) for number, label in later]
    return found


class WeekPlanForm(Form):
    """Which districts, which week, and whether managers may help each other out."""

    districts = Ticks("Welche Bezirke?", coerce=int)
    span = w.RadioField("Welche Woche?", [CHOOSE])
    joint = w.BooleanField("Auch über Bezirksgrenzen")

    def offer(self, districts: Sequence[District], today: date) -> "WeekPlanForm":
        """Offer the districts this person plans, all of them ticked, and the weeks ahead; one alone is no choice."""
        self._spans = spans(today)
        self.districts.choices = [SelectChoice(district.id, district.name) for district in districts]
        self.span.choices = [
            SelectChoice(span.key, f"{span.label}, ab {long_date(span.first_on)}") for span in self._spans
        ]
        if self.span.data is None:
            self.span.data = self._spans[0].key
        if len(districts) == 1 or not self.is_submitted():
            self.districts.data = [district.id for district in districts]
        return self

    def chosen_span(self) -> Span:
        """The days that were chosen."""
        return next(span for span in self._spans if span.key == self.span.data)
