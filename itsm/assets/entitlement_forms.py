"""Forms of entitlement: the size of a school, exceptions, a list of sizes."""

from datetime import date
from typing import Any, cast

import wtforms as w
from flask_wtf.file import FileField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from itsm.assets.entitlement.keys import KEYED
from itsm.assets.entitlement_file import FIGURES, halls_in, halls_text
from itsm.assets.kinds import PLURALS, Kind
from itsm.assets.models import EntitlementException, SchoolSize
from itsm.core.errors import DomainError
from itsm.core.forms import Count, Day, Form, Line
from itsm.org.models import School

_MOST = 20_000


class Halls(Line):
    """The seats of each hall: 120, 350."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the numbers, or say how they look."""
        super().process_formdata(valuelist)
        self.seats = halls_in(self.data or "")


class SizeForm(Form):
    """How large a school is from a day on."""

    valid_from = Day("Gilt ab", description="Meist der erste Tag des Schuljahres, zum Beispiel 1.8.2026")
    pupils_1_2 = Count("Kinder in den Klassen 1–2", least=0, most=_MOST, default=0)
    pupils_3_4 = Count("Kinder in den Klassen 3–4", least=0, most=_MOST, default=0)
    pupils_secondary = Count(
        "Schüler*innen der Sekundarstufen I und II",
        least=0,
        most=_MOST,
        default=0,
        description="Auch an Förderschulen und Weiterbildungskollegs",
    )
    pupils_full_time = Count("Berufskolleg: Schüler*innen in Vollzeit", least=0, most=_MOST, default=0)
    pupils_dual = Count("Berufskolleg: Auszubildende (dual)", least=0, most=_MOST, default=0)
    teachers = Count("Lehrkräfte", least=0, most=_MOST, default=0, description="Köpfe, nicht Stellen")
    rooms = Count(
        "Unterrichtsräume",
        least=0,
        most=_MOST,
        default=0,
        description="Klassenräume, Fachräume und Clustermitten zusammen",
    )
    halls = Halls(
        "Plätze jeder Aula",
        required=False,
        description="Mehrere mit Komma trennen: 120, 350. Keine Aula: leer lassen",
    )
    is_startchancen = w.BooleanField("Startchancen-Schule")

    def fill(self, size: SchoolSize | None, today: date) -> "SizeForm":
        """Show what holds now, to be changed from today on."""
        if size is not None:
            self.process(obj=size)
            self.halls.data = halls_text(size.halls)
        self.valid_from.data = today
        return self

    def values(self) -> tuple[date, dict[str, Any]]:
        """Return the day and the columns of the size."""
        figures: dict[str, Any] = {name: self[name].data for name in FIGURES}
        more = {"halls": self.halls.seats, "is_startchancen": self.is_startchancen.data}
        return cast(date, self.valid_from.data), figures | more


class ExceptionForm(Form):
    """More or fewer devices of a class for a school."""

    kind = w.RadioField(
        "Geräteklasse", choices=[SelectChoice(kind.value, PLURALS[kind]) for kind in KEYED], default=Kind.IPAD.value
    )
    delta = Line(
        "Mehr oder weniger Geräte",
        longest=10,
        validators=[
            Regexp(r"\s*[+\-−]?\s*\d{1,4}\s*", message="Das ist keine ganze Zahl. Bitte so eingeben: +12 oder -3")
        ],
        description="Mit Vorzeichen: +12 sind zwölf mehr, -3 drei weniger als nach dem Schlüssel",
    )
    reason = Line("Grund", description="Zum Beispiel: Gemeinsames Lernen, zwei Geräte zur Unterstützten Kommunikation")
    from_on = Day("Gilt ab")
    until_on = Day("Gilt bis einschließlich", required=False, description="Leer: bis jemand sie beendet")

    def exception(self, school: School) -> EntitlementException:
        """Return what was typed as an exception of this school."""
        return EntitlementException(
            school_id=school.id,
            kind=Kind(self.kind.data),
            delta=int("".join(self.delta.data.split()).replace("−", "-")),
            reason=self.reason.data,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
        )


class EndForm(Form):
    """The last day of an exception."""

    until_on = Day("Letzter Tag", description="An diesem Tag gilt die Ausnahme noch")

    def last_day(self) -> date:
        """Return the day that was typed."""
        return cast(date, self.until_on.data)


class SizesForm(Form):
    """A list of sizes."""

    file = FileField("Liste mit Schulzahlen", render_kw={"accept": ".csv,.xlsx"})

    def content(self) -> bytes:
        """Return the bytes of the file.

        Raises: DomainError if no file was chosen.
        """
        if not self.file.data:
            raise DomainError("Bitte wählen Sie zuerst die Datei mit den Schulzahlen aus.")
        with self.file.data.stream as stream:
            return bytes(stream.read())
