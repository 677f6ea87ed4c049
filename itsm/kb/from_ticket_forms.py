"""What is asked before a solved ticket becomes a draft."""

import wtforms as w
from wtforms.validators import InputRequired

from itsm.core.forms import Form, Line, Text
from itsm.kb import markup
from itsm.kb.models import Shape
from itsm.kb.service.articles import Words
from itsm.kb.words import AUDIENCES, SHAPES
from itsm.kb.writing_forms import LONGEST_BODY, LONGEST_TITLE


class FromTicketForm(Form):
    """The text as it would stand in the draft, and for whom it is."""

    title = Line("Titel", longest=LONGEST_TITLE, description="So, wie jemand danach sucht.")
    body = Text("Text", longest=LONGEST_BODY, render_kw={"rows": 24})
    shape = w.RadioField(
        "Was wird es?",
        [InputRequired("Bitte wählen Sie, was es wird.")],
        choices={shape.value: SHAPES[shape] for shape in (Shape.KNOWN_FAULT, Shape.STEPS)},
    )
    audience = w.RadioField(
        "Wer soll den Artikel lesen?",
        [InputRequired("Bitte wählen Sie, wer den Artikel lesen soll.")],
        choices={audience.value: label for audience, label in AUDIENCES.items()},
    )

    def validate_body(self, field: w.Field) -> None:
        """Refuse what readers could not be shown."""
        if sentence := markup.problem(field.data or ""):
            raise w.ValidationError(sentence)

    @property
    def words(self) -> Words:
        """What the draft says."""
        return Words(self.title.data or "", "", self.body.data or "")
