"""What a reader sends: whether it helped, and what was missing."""

import wtforms as w

from itsm.core.forms import Form, Text
from itsm.kb.models import Language

LONGEST = 1000


class _Answer(Form):
    """An answer to an article as it was read: which language."""

    sprache = w.SelectField(choices=list(Language), coerce=Language, default=Language.GERMAN)


class HelpedForm(_Answer):
    """Yes or no."""

    helped = w.RadioField("Hat das geholfen?", choices=["ja", "nein"])


class MissingForm(_Answer):
    """What a reader did not find."""

    missing = Text("Was hat gefehlt?", required=False, longest=LONGEST)
