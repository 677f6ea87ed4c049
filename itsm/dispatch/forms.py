"""Shape and spelling of what is typed about visits."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import wtforms as w
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from itsm.core.errors import DomainError
from itsm.core.forms import ClockTime, Day, Form, Line, Text
from itsm.core.german import WEEKDAYS
from itsm.dispatch.models import Result
from itsm.dispatch.service.stops import Record
from itsm.dispatch.service.visits import Wish
from itsm.dispatch.timetable import Rhythm
from itsm.dispatch.words import RESULTS
from itsm.org.models import School, Site

T = TypeVar("T")
CHOOSE = InputRequired("Bitte wählen Sie eine Antwort.")


class Minutes(w.IntegerField):
    """A whole number of minutes."""

    def __init__(self, label: str, *, required: bool = True, most: int = 480, least: int = 0, **kwargs: Any) -> None:
        first = InputRequired("Bitte geben Sie die Minuten ein.") if required else Optional()
        span = NumberRange(least, most, message=f"Bitte eine ganze Zahl von {least} bis {most} eingeben.")
        super().__init__(label, [first, span], render_kw={"inputmode": "numeric"}, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed number, or say what is wanted."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Bitte geben Sie eine ganze Zahl ein, zum Beispiel 20.") from error


class ResultForm(Form):
    """What became of one ticket on a visit."""

    result = w.RadioField(
        "Was ist herausgekommen?", [CHOOSE], choices=[SelectChoice(key.value, word) for key, word in RESULTS.items()]
    )
    note = Text("Was wurde getan, was fehlt noch?", required=False, longest=2000)
    spent_minutes = Minutes("Zeit in Minuten", required=False)
    parts = Line("Verbaute Teile", required=False, longest=300)

    def read(self) -> Record:
        """What was said, in the words of the domain."""
        return Record(Result(self.result.data), self.note.data or "", self.spent_minutes.data, self.parts.data or "")


class TaskForm(Form):
    """Something to do on a visit that is not a ticket."""

    text = Line("Aufgabe", longest=300)


class ReasonForm(Form):
    """Why a visit does not take place."""

    reason = Text("Grund", longest=500, description="Die Schule liest diesen Text.", render_kw={"rows": 3})


class VisitForm(Form):
    """A visit by hand, or another time for one."""

    site = w.RadioField("Gebäude", [CHOOSE], coerce=int)
    visit_on = Day("Tag", description="Zum Beispiel 17.3.2027")
    starts = ClockTime(
        "Uhrzeit", required=False, description="Nur bei einem festen Termin. Sonst legt die Route die Uhrzeit fest."
    )
    minutes = Minutes("Dauer in Minuten", least=5, default=30)
    tasks = Text("Aufgaben", required=False, longest=2000, description="Eine Zeile je Aufgabe.", render_kw={"rows": 3})

    def offer(self, school: School) -> "VisitForm":
        """Offer the buildings of the school; with one there is nothing to choose."""
        sites = [place.site for place in school.places]
        self.site.choices = [
            SelectChoice(site.id, f"{site.label}, {site.street}" if site.name else site.label) for site in sites
        ]
        if len(sites) == 1:
            self.site.data = sites[0].id
            self.site.validators = []
        return self

    def read(self) -> Wish:
        """What was wished, in the words of the domain."""
        return Wish(_given(self.visit_on.data), self.starts.data, _given(self.minutes.data))

    def task_lines(self) -> list[str]:
        """The tasks, one each line."""
        return [line.strip() for line in (self.tasks.data or "").splitlines() if line.strip()]


class ShiftForm(Form):
    """Another day or time for a visit."""

    visit_on = Day("Neuer Tag", description="Zum Beispiel 17.3.2027")
    starts = ClockTime(
        "Uhrzeit", required=False, description="Nur bei einem festen Termin. Sonst legt die Route die Uhrzeit fest."
    )
    minutes = Minutes("Dauer in Minuten", least=5)

    def read(self) -> Wish:
        """What was wished, in the words of the domain."""
        return Wish(_given(self.visit_on.data), self.starts.data, _given(self.minutes.data))


class VisitingTimeForm(Form):
    """A fixed visiting time of a school."""

    site = w.RadioField("Gebäude", [CHOOSE], coerce=int)
    weekday = w.RadioField(
        "Wochentag",
        [CHOOSE],
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS[:5])],
    )
    starts = ClockTime("Uhrzeit", description="Zum Beispiel 9:20")
    minutes = Minutes("Dauer in Minuten", least=5, default=60)
    every_weeks = w.RadioField(
        "Wie oft?",
        [CHOOSE],
        coerce=int,
        default=1,
        choices=[SelectChoice(1, "jede Woche"), *(SelectChoice(n, f"alle {n} Wochen") for n in (2, 3, 4))],
    )
    from_on = Day("Ab")
    until_on = Day("Bis", required=False)

    def offer(self, sites: Sequence[Site]) -> "VisitingTimeForm":
        """Offer the buildings of the school; with one there is nothing to choose."""
        self.site.choices = [SelectChoice(site.id, site.label) for site in sites]
        if len(sites) == 1:
            self.site.data = sites[0].id
            self.site.validators = []
        return self

    def read(self) -> Rhythm:
        """What was typed, in the words of the domain."""
        return Rhythm(
            weekday=self.weekday.data,
            starts=_given(self.starts.data),
            minutes=self.minutes.data,
            every_weeks=self.every_weeks.data,
            from_on=_given(self.from_on.data),
            until_on=self.until_on.data,
        )


def _given(value: T | None) -> T:
    """The value of a required field; its validators have seen to it."""
    if value is None:
        raise DomainError("Bitte füllen Sie alle Pflichtfelder aus.")
    return value


def site_of(school: School, site_id: int | None) -> Site:
    """The chosen building of a school.

    Raises: DomainError if it is not one of this school's.
    """
    for place in school.places:
        if place.site_id == site_id:
            return place.site
    raise DomainError("Bitte wählen Sie ein Gebäude dieser Schule.")


def day_of_address(text: str) -> date | None:
    """The date in an address such as /tag/2026-11-23, or nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
