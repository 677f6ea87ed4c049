"""Shape and spelling of what is typed about the work, the team, offered times and outages."""

from collections.abc import Sequence
from datetime import time

import wtforms as w
from wtforms.fields.choices import SelectChoice

from itsm.accounts.models import User
from itsm.core.errors import DomainError
from itsm.core.forms import ClockSpan, Day, Form, Line, Text, Ticks
from itsm.core.german import WEEKDAYS
from itsm.dispatch.forms import CHOOSE, Minutes
from itsm.dispatch.models import OutageKind, Skill, SlotChoice, WorkNeed
from itsm.dispatch.offer_words import span_words
from itsm.dispatch.service.needs import Said
from itsm.dispatch.service.outages import Report
from itsm.org.models import School


class NeedsForm(Form):
    """What the work on a ticket takes."""

    minutes = Minutes(
        "Wie lange dauert die Arbeit?", required=False, least=5, description="In Minuten. Leer heißt: wie üblich."
    )
    people = w.RadioField(
        "Wie viele Personen?",
        [CHOOSE],
        coerce=int,
        default=1,
        choices=[SelectChoice(1, "eine"), SelectChoice(2, "zwei zusammen")],
    )
    skills = Ticks("Was muss die Person können?", coerce=int)
    waits_for = Line("Worauf wartet die Arbeit?", required=False, longest=120, description="Zum Beispiel: Ersatzlampe")
    not_before_on = Day("Frühestens am", required=False, description="Ab diesem Tag ist alles da. Zum Beispiel 7.12.26")

    def offer(self, skills: Sequence[Skill]) -> "NeedsForm":
        """Offer the skills of the list."""
        self.skills.choices = [SelectChoice(skill.id, skill.name) for skill in skills]
        return self

    def read(self) -> Said:
        """What was said, in the words of the domain."""
        return Said(
            minutes=self.minutes.data,
            people=self.people.data,
            skill_ids=frozenset(self.skills.data or ()),
            waits_for=self.waits_for.data or "",
            not_before_on=self.not_before_on.data,
        )


def needs_form(need: WorkNeed | None, skills: Sequence[Skill]) -> NeedsForm:
    """The form with what was said before."""
    if need is None:
        return NeedsForm().offer(skills)
    known = [skill.id for skill in need.skills]
    return NeedsForm(
        minutes=need.minutes,
        people=need.people,
        skills=known,
        waits_for=need.waits_for,
        not_before_on=need.not_before_on,
    ).offer(skills)


class MemberForm(Form):
    """When a manager works and what they can do."""

    WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")

    monday = ClockSpan(WEEKDAYS[0], required=False, description="Zum Beispiel 7:30–16:00. Leer heißt: frei.")
    tuesday = ClockSpan(WEEKDAYS[1], required=False)
    wednesday = ClockSpan(WEEKDAYS[2], required=False)
    thursday = ClockSpan(WEEKDAYS[3], required=False)
    friday = ClockSpan(WEEKDAYS[4], required=False)
    skills = Ticks("Fähigkeiten", coerce=int)

    @property
    def days(self) -> tuple[ClockSpan, ...]:
        """The fields of the week in their order."""
        return tuple(self[name] for name in self.WEEK)

    def offer(self, skills: Sequence[Skill]) -> "MemberForm":
        """Offer the skills of the list."""
        self.skills.choices = [SelectChoice(skill.id, skill.name) for skill in skills]
        return self

    def hours(self) -> dict[int, tuple[time, time]]:
        """The hours by weekday, free days left out."""
        return {weekday: field.data for weekday, field in enumerate(self.days) if field.data is not None}


class SkillForm(Form):
    """What a skill is called."""

    name = Line("Fähigkeit", longest=60, description="Zum Beispiel: Netzwerk")


class OutageForm(Form):
    """What fell out, who or where, and for how long."""

    kind = w.RadioField(
        "Was ist ausgefallen?",
        [CHOOSE],
        choices=[
            SelectChoice(OutageKind.ILL.value, "Jemand ist krank"),
            SelectChoice(OutageKind.CAR.value, "Ein Auto fällt aus"),
            SelectChoice(OutageKind.SCHOOL_CLOSED.value, "Eine Schule ist geschlossen"),
        ],
    )
    person = w.SelectField("Wer?", coerce=int, default=0)
    school = w.SelectField("Welche Schule?", coerce=int, default=0)
    first_on = Day("Ab", description="Zum Beispiel 23.11.26")
    last_on = Day("Bis", required=False, description="Leer heißt: nur an diesem Tag.")
    note = Line(
        "Bemerkung", required=False, longest=120, description="Nur für die Planung, die Schule liest sie nicht."
    )

    def offer(self, people: Sequence[User], schools: Sequence[School]) -> "OutageForm":
        """Offer the people and schools this person may report."""
        self.person.choices = [SelectChoice(0, "Bitte wählen"), *(SelectChoice(one.id, one.name) for one in people)]
        self.school.choices = [
            SelectChoice(0, "Bitte wählen"),
            *(SelectChoice(one.id, one.short_name) for one in schools),
        ]
        return self

    def read(self, people: Sequence[User], schools: Sequence[School]) -> Report:
        """What was said, in the words of the domain."""
        kind, first_on = OutageKind(self.kind.data), self.first_on.data
        if first_on is None:
            raise DomainError("Bitte geben Sie den ersten Tag an.")
        is_school = kind is OutageKind.SCHOOL_CLOSED
        return Report(
            kind=kind,
            first_on=first_on,
            last_on=self.last_on.data or first_on,
            user=None if is_school else next((one for one in people if one.id == self.person.data), None),
            school=next((one for one in schools if one.id == self.school.data), None) if is_school else None,
            note=self.note.data or "",
        )


class YesForm(Form):
    """The time suits; `seen` is the one the page has shown."""

    seen = w.HiddenField()


class ChoiceForm(Form):
    """One of the other times."""

    choice = w.RadioField("Anderer Termin", [CHOOSE], coerce=int)

    def offer(self, choices: Sequence[SlotChoice]) -> "ChoiceForm":
        """Offer the other times."""
        self.choice.choices = [SelectChoice(one.id, span_words(one.starts_at)) for one in choices]
        return self


class DeclineForm(Form):
    """No time suits."""

    text = Text("Wann passt es Ihnen?", longest=1000, description="Wir rufen Sie dann an.", render_kw={"rows": 3})
