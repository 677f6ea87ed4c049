"""Shape and spelling of what is typed about schools and districts."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time

import wtforms as w
from flask_wtf.file import FileField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Regexp

from itsm.core.errors import DomainError
from itsm.core.forms import CLOCK_SPAN, Day, Form, Line, Text, clock_span
from itsm.core.german import WEEKDAYS
from itsm.org import district_wishes
from itsm.org.coordinates import Position, from_degrees
from itsm.org.district_wishes import Wishes
from itsm.org.districting import KEEP_METRES
from itsm.org.hours import hours_as_typed
from itsm.org.models import District, School, Sharing
from itsm.org.service import Lesson, Window

_DIGITS = {"inputmode": "numeric"}

SHORT_DAYS = tuple(name[:2] for name in WEEKDAYS)

_EMAIL = Regexp(
    r"^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$", message="Bitte eine E-Mail-Adresse wie name@schule.de eingeben."
)
_PHONE = Regexp(r"^[+0-9][0-9 ()/-]{2,40}$", message="Bitte eine Telefonnummer wie 0231 50-12345 eingeben.")
_POSTCODE = Regexp(r"^[0-9]{5}$", message="Bitte fünf Ziffern eingeben.")


class UploadForm(Form):
    """A school list to read."""

    file = FileField("Schulliste", render_kw={"accept": ".csv,text/csv"})
    carrier = Line(
        "Schulträgernummer",
        required=False,
        longest=10,
        description="Nur Schulen dieses Trägers werden übernommen. Leer: alle.",
        render_kw={"inputmode": "numeric"},
    )

    def content(self) -> bytes:
        """The bytes of the file.

        Raises: DomainError if no file was chosen.
        """
        if not self.file.data:
            raise DomainError("Bitte wählen Sie zuerst die Datei mit der Schulliste aus.")
        with self.file.data.stream as stream:
            return bytes(stream.read())


class RoomsForm(Form):
    """One or many rooms, one per line."""

    rooms = Text(
        "Räume",
        longest=20000,
        description="Eine Zeile je Raum. Nach einem Strichpunkt kann eine Bemerkung stehen: 2.14; Physik",
        render_kw={"rows": 4},
    )

    def lines(self) -> list[tuple[str, str]]:
        """Name and note of each room."""
        pairs = (line.partition(";" if ";" in line else "\t") for line in (self.rooms.data or "").splitlines())
        return [(_folded(name), _folded(note)) for name, _, note in pairs if name.strip() or note.strip()]


class RoomForm(Form):
    """What a room is called."""

    name = Line("Name", longest=60, description="So wie er an der Tür steht.")
    note = Line("Bemerkung", required=False, longest=200)


class SiteForm(Form):
    """A building a school uses besides its main one."""

    name = Line("Name des Gebäudes", required=False, description="Zum Beispiel: Dependance, Turnhalle")
    street = Line("Straße und Hausnummer", longest=120)
    postcode = Line("Postleitzahl", longest=5, validators=[_POSTCODE], render_kw={"inputmode": "numeric"})
    town = Line("Ort", longest=80)
    latitude = Line("Breitengrad", required=False, longest=20, description="Zum Beispiel 51,5136")
    longitude = Line("Längengrad", required=False, longest=20, description="Zum Beispiel 7,4653")

    def place(self) -> Position:
        """The coordinate.

        Raises: DomainError if it is none or lies outside the state.
        """
        return from_degrees(self.latitude.data or "", self.longitude.data or "")


class SiteNoteForm(Form):
    """How a building is called and entered."""

    name = Line("Name des Gebäudes", required=False)
    access_note = Text("Zugang", required=False, longest=1000, render_kw={"rows": 3})


class VisitNoteForm(Form):
    """What somebody driving to the school has to know."""

    visit_note = Text("Hinweis für Besuche", required=False, longest=1000, render_kw={"rows": 3})


class ContactForm(Form):
    """Somebody to ask for."""

    name = Line("Name", longest=120)
    function = Line("Aufgabe", required=False, longest=120, description="Zum Beispiel: Sekretariat, Hausmeister*in")
    phone = Line("Telefon", required=False, longest=60, validators=[_PHONE], render_kw={"inputmode": "tel"})
    email = Line("E-Mail", required=False, longest=120, validators=[_EMAIL], render_kw={"inputmode": "email"})


class IServForm(Form):
    """An IServ server."""

    host = Line(
        "Adresse",
        longest=120,
        description="Zum Beispiel: musterschule.schulserver.de",
        validators=[
            Regexp(
                r"^(https?://)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/?$",
                message="Bitte eine Adresse wie musterschule.de eingeben.",
            )
        ],
    )


class MovableDayForm(Form):
    """A movable holiday."""

    day = Day("Tag")
    name = Line("Anlass", required=False, longest=80, description="Zum Beispiel: Rosenmontag")


class BellTimesForm(Form):
    """The lessons of the day, one per line."""

    times = Text(
        "Unterrichtszeiten",
        required=False,
        longest=2000,
        description="Eine Zeile je Stunde: 1. Stunde 8:00–8:45",
        render_kw={"rows": 8},
    )

    def fill(self, school: School) -> "BellTimesForm":
        """Show what is known, spelled as it can be typed."""
        self.times.data = "\n".join(f"{one.label} {one.starts:%H:%M}–{one.ends:%H:%M}" for one in school.bell_times)
        return self

    def lessons(self) -> list[Lesson]:
        """The lessons as typed.

        Raises: DomainError naming the line that is not understood.
        """
        return [_lesson(number, line) for number, line in _filled_lines(self.times.data)]


class VisitingHoursForm(Form):
    """When support may come, one line per window."""

    hours = Text(
        "Wann dürfen wir kommen?",
        required=False,
        longest=2000,
        description="Eine Zeile je Zeitraum: Mo–Fr 7:30–15:30. Leer: rund um den Unterricht.",
        render_kw={"rows": 6},
    )

    def fill(self, school: School) -> "VisitingHoursForm":
        """Show what is known, spelled as it can be typed."""
        self.hours.data = "\n".join(hours_as_typed(school.visiting_hours))
        return self

    def windows(self) -> list[Window]:
        """The windows as typed.

        Raises: DomainError naming the line that is not understood.
        """
        return [window for number, line in _filled_lines(self.hours.data) for window in _windows(number, line)]


class SharingForm(Form):
    """Which tickets colleagues see."""

    sharing = w.RadioField(
        "Was sieht das Kollegium?",
        choices=[
            SelectChoice(Sharing.ALL, "Alle Störungen der Schule"),
            SelectChoice(Sharing.OWN, "Nur die selbst gemeldeten"),
        ],
    )


class MoveForm(Form):
    """Into which district a school goes."""

    district = w.SelectField("Neuer Bezirk", [InputRequired("Bitte wählen Sie den neuen Bezirk.")])
    reason = Line("Grund", required=False, longest=200)

    def offer(self, districts: Sequence[District], present_id: int | None) -> "MoveForm":
        """Fill in the districts to choose from, none of them chosen beforehand."""
        others = [one for one in districts if one.id != present_id]
        self.district.choices = [SelectChoice("", "Bitte wählen")] + [
            SelectChoice(str(one.id), f"{one.number} – {one.name}") for one in others
        ]
        return self


class DistrictForm(Form):
    """The name of a district and where its day begins."""

    name = Line("Name", longest=80)
    base_name = Line("Start und Ende des Tages", required=False, longest=120, description="Zum Beispiel: Medienzentrum")
    latitude = Line("Breitengrad", required=False, longest=20, description="Zum Beispiel 51,5136")
    longitude = Line("Längengrad", required=False, longest=20, description="Zum Beispiel 7,4653")

    def place(self) -> Position:
        """The coordinate.

        Raises: DomainError if it is none or lies outside the state.
        """
        return from_degrees(self.latitude.data or "", self.longitude.data or "")


class ProposalForm(Form):
    """Into how many districts to cut, and what to leave as it is; one field more per district of today."""

    count = w.IntegerField("Anzahl der Bezirke", render_kw=_DIGITS)
    keep = w.RadioField(
        "Wie viele Schulen dürfen den Bezirk wechseln?",
        choices=[
            SelectChoice("5000", "So wenige wie möglich"),
            SelectChoice(str(KEEP_METRES), "Nur wo es viel bringt"),
            SelectChoice("0", "Beliebig viele: ganz neu schneiden"),
        ],
        default=str(KEEP_METRES),
        validate_choice=False,
    )
    fixed = Text(
        "Schulen, deren Bezirk feststeht",
        required=False,
        longest=10000,
        description="Eine Zeile je Schule. 100177 bleibt, wo sie ist; 100177=3 kommt in den Bezirk 3 und bleibt dort.",
        render_kw={"rows": 4},
    )

    @classmethod
    def asking_for(cls, districts: Sequence[District]) -> type["ProposalForm"]:
        """The form with a field for the posts of each district of today."""
        posts = {
            f"posts_{one.number}": Line(one.name, required=False, longest=10, render_kw={"inputmode": "decimal"})
            for one in districts
        }
        return type("ProposalFormOfToday", (cls,), posts)

    @property
    def posts(self) -> list[w.Field]:
        """The fields that say how many posts a district has."""
        return [one for one in self if one.short_name.startswith("posts_")]

    def fill(self, words: Mapping[str, Sequence[str]]) -> "ProposalForm":
        """Show wishes as they stand in an address; a district that is not named has one post."""
        capacities = dict(line.rpartition("=")[::2] for line in words.get("stellen", ()))
        for one in self.posts:
            one.data = capacities.get(one.short_name.removeprefix("posts_"), "1").replace(".", ",")
        self.fixed.data = "\n".join(words.get("fest", ()))
        self.keep.data = next(iter(words.get("erhalt", ())), self.keep.default)
        return self

    def wishes(self) -> Wishes:
        """The wishes as typed; one full post is no wish.

        Raises: DomainError naming what is not understood.
        """
        typed = {one.short_name.removeprefix("posts_"): (one.data or "1").strip() for one in self.posts}
        capacities = [f"{district}={posts}" for district, posts in typed.items() if posts != "1"]
        return district_wishes.read(self.keep.data or KEEP_METRES, (self.fixed.data or "").splitlines(), capacities)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _filled_lines(text: str | None) -> list[tuple[int, str]]:
    return [(number, line.strip()) for number, line in enumerate((text or "").splitlines(), 1) if line.strip()]


def _span(number: int, line: str) -> tuple[str, time, time]:
    found = CLOCK_SPAN.search(line)
    if found is None:
        raise DomainError(f"Zeile {number} hat keine Uhrzeiten. Bitte so eingeben: 8:00–8:45")
    try:
        starts, ends = clock_span(found)
    except ValueError:
        raise DomainError(f"In Zeile {number} steht eine Uhrzeit, die es nicht gibt.") from None
    return line[: found.start()].strip(" :,"), starts, ends


def _lesson(number: int, line: str) -> Lesson:
    label, starts, ends = _span(number, line)
    return Lesson((label or f"{number}. Stunde")[:60], starts, ends)


def _windows(number: int, line: str) -> list[Window]:
    days, opens, closes = _span(number, line)
    found = [_weekday(word) for word in re.findall(r"[A-Za-z]+", days.replace("bis", "-"))]
    if not found or None in found:
        raise DomainError(f"In Zeile {number} fehlt der Wochentag. Bitte so eingeben: Mo–Fr 7:30–15:30")
    known = [day for day in found if day is not None]
    if len(known) == 2 and re.search(r"-|–|bis", days):
        known = list(range(known[0], known[1] + 1))
    return [Window(day, opens, closes) for day in known]


def _weekday(word: str) -> int | None:
    short = word[:2].capitalize()
    return SHORT_DAYS.index(short) if short in SHORT_DAYS else None


def movable_day(form: MovableDayForm) -> tuple[date, str]:
    """The typed holiday; the form has made sure that there is one."""
    if form.day.data is None:
        raise DomainError("Bitte ein Datum eingeben.")
    return form.day.data, form.name.data or ""
