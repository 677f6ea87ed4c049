"""Forms of the list, the routing table and the known disturbances."""

import wtforms as w
from wtforms.validators import InputRequired, Optional

from itsm.core.forms import Form, Line, Text
from itsm.tickets.models import FaultType, SupportGroup, Target
from itsm.tickets.words import TARGETS


class KeepForm(Form):
    """A name for a search line."""

    name = Line("Name", longest=40)
    line = Line("Suche", longest=300)


class RuleForm(Form):
    """Which kind of fault, at which building, goes where."""

    fault = w.RadioField("Welche Art von Störung?", [InputRequired("Bitte wählen Sie die Art.")], coerce=int)
    site = Line(
        "Nur in einem Gebäude?",
        required=False,
        longest=300,
        description="Straße tippen und auswählen; leer gilt die Regel überall.",
        render_kw={"list": "sites", "autocomplete": "off"},
    )
    target = w.RadioField(
        "Wer kümmert sich?",
        [InputRequired("Bitte wählen Sie, wer sich kümmert.")],
        choices={target.value: words for target, words in TARGETS.items()},
    )
    group = w.RadioField("Welche Stelle?", [Optional()], coerce=int, validate_choice=False)

    def offer(self, faults: list[FaultType], groups: list[SupportGroup]) -> None:
        """Set what can be chosen."""
        self.fault.choices = {fault.id: fault.name for fault in faults}
        self.group.choices = {group.id: group.name for group in groups}

    @property
    def chosen(self) -> Target:
        """The target that was chosen."""
        return Target(self.target.data)


class DisturbanceForm(Form):
    """What the desk knows about, and where."""

    title = Line("Was ist gestört?", longest=120)
    text = Text("Was sollen die Schulen wissen?", longest=2000)
    place = Line(
        "Wo?",
        required=False,
        longest=6,
        description="Schulnummer (sechs Ziffern) oder Nummer des Bezirks; leer gilt es in der ganzen Stadt.",
        render_kw={"inputmode": "numeric"},
    )


class EndForm(Form):
    """What the schools that joined are told."""

    text = Text("Was war es? (freiwillig)", required=False, longest=2000)
