"""What is typed about letters."""

import re
import secrets
from collections.abc import Sequence

import wtforms as w

from itsm.claims.models import Channel
from itsm.core.forms import Day, Form, Ticks

_KEY = re.compile("[0-9a-f]{16}")
_BY = {Channel.POST.value: "Post", Channel.MAIL.value: "E-Mail"}


class MakeForm(Form):
    """Write a letter; a reminder may add interest."""

    with_interest = w.BooleanField("Verzugszinsen bis heute dazurechnen")


class SendForm(Form):
    """How and when a letter goes out."""

    channel = w.RadioField("Wie geht der Brief hinaus?", choices=_BY)
    posted_on = Day("Zur Post gegeben am", required=False, description="Bei E-Mail zählt heute.")


class RunForm(Form):
    """Which letters are written together; the key makes the same form sent twice one round."""

    run = w.HiddenField()
    chosen = Ticks("Welche Briefe?")
    new = w.SubmitField("Alle neuen schreiben")

    def offer(self, ticks: Sequence[str]) -> None:
        """Let these letters be chosen; a form that is new gets a key of its own."""
        self.chosen.choices = {tick: tick for tick in ticks}
        if not _KEY.fullmatch(self.run.data or ""):
            self.run.data = secrets.token_hex(8)

    def validate_chosen(self, field: w.Field) -> None:
        """Want at least one, unless all new ones are meant."""
        if not field.data and not self.new.data:
            raise w.ValidationError("Bitte wählen Sie mindestens einen Brief.")


class PostForm(Form):
    """When all letters of a round went to the post."""

    posted_on = Day("Zur Post gegeben am", required=False)
