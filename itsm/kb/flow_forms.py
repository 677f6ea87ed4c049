"""The small forms of the editors, and what a school fills in to submit an article."""

from collections.abc import Sequence

import wtforms as w
from wtforms.validators import InputRequired

from itsm.core.actions import ActionForm
from itsm.core.forms import Day, Form, Line, Text
from itsm.kb.models import Article
from itsm.kb.service.articles import Words
from itsm.org.models import School


class TextForm(ActionForm):
    """One text; whether it may be empty is a rule of the verb."""

    text = Text("Text", required=False, longest=5000)


class OwnerForm(ActionForm):
    """Who is responsible for the article, and who stands in."""

    owner = Line("Verantwortlich", description="Name oder Adresse; die Liste zeigt, wer infrage kommt.")
    deputy = Line("Vertretung", required=False)

    def offer(self, article: Article) -> None:
        """Fill in who it is now."""
        self.owner.data = article.owner.name if article.owner else ""
        self.deputy.data = article.deputy.name if article.deputy else ""


class DaysForm(ActionForm):
    """When the article is to be reviewed, and until when it can be read."""

    review_on = Day("Nächste Prüfung", required=False)
    valid_until = Day("Gilt bis", required=False, description="Danach finden Leser*innen den Artikel nicht mehr.")

    def offer(self, article: Article) -> None:
        """Fill in the days as they are."""
        self.review_on.data, self.valid_until.data = article.review_on, article.valid_until


class OutcomeForm(Form):
    """What was done about a task."""

    outcome = Line("Was haben Sie getan?", longest=500)


class SettleForm(Form):
    """A line that was searched, dealt with."""

    line = Line("Suche", longest=300)


class SubmissionForm(Form):
    """An article a school hands to the editors."""

    school = w.RadioField("Für welche Schule?", [InputRequired("Bitte wählen Sie die Schule.")], coerce=int)
    title = Line("Worum geht es?", longest=150, description="Eine Überschrift, wie Sie danach suchen würden.")
    summary = Line(
        "Wem hilft das, und wobei?",
        required=False,
        longest=300,
        description="Ein Satz, der unter der Überschrift steht.",
    )
    body = Text(
        "Ihr Text", longest=20_000, description="Schritt für Schritt, in Ihren Worten. Wir bringen ihn in Form."
    )
    may_name = w.BooleanField("Unter dem Artikel darf „Eingereicht von:“ mit dem Namen der Schule stehen.")

    def offer(self, schools: Sequence[School]) -> None:
        """Set which schools can be chosen; where there is one, nothing is asked."""
        self.school.choices = [(school.id, school.short_name) for school in schools]
        if len(schools) == 1:
            del self.school

    def chosen(self, schools: Sequence[School]) -> School:
        """Return the school that was chosen."""
        return next(school for school in schools if self.school is None or school.id == self.school.data)

    @property
    def words(self) -> Words:
        """What was typed, as an article holds it."""
        return Words(self.title.data or "", self.summary.data or "", self.body.data or "")
