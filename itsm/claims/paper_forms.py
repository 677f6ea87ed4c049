"""The form that adds a paper to a case."""

import wtforms as w
from wtforms.fields.choices import SelectChoice

from itsm.claims import papers
from itsm.claims.models import PaperKind
from itsm.claims.papers import Upload
from itsm.core.errors import DomainError
from itsm.core.forms import Form

# Photos have a form of their own, for schools too.
_KINDS = {kind: label for kind, label in papers.LABELS.items() if kind is not PaperKind.PHOTO}


class PaperForm(Form):
    """What a paper is, and its file."""

    kind = w.SelectField("Was ist es?", choices=[SelectChoice(kind.value, label) for kind, label in _KINDS.items()])
    file = w.FileField(
        "Datei",
        description="PDF oder Bild, höchstens 10 MB.",
        render_kw={"accept": "application/pdf,image/jpeg,image/png,image/heic,.heic", "required": True},
    )

    def upload(self) -> Upload:
        """Return the file that was chosen.

        Raises: DomainError if none was.
        """
        sent = papers.sent_in([self.file.data])
        if not sent:
            raise DomainError("Bitte wählen Sie eine Datei.")
        return sent[0]
