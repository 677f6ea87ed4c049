"""What is asked of somebody who writes an article."""

import re

import wtforms as w
from wtforms.validators import InputRequired, NumberRange, Optional

from itsm.core import pictures
from itsm.core.db import LARGEST_ID
from itsm.core.forms import Form, Line, Text
from itsm.kb import captions, markup
from itsm.kb.models import Audience, Shape
from itsm.kb.service.articles import Words
from itsm.kb.service.media import Clip
from itsm.kb.skeletons import SKELETONS
from itsm.kb.words import AUDIENCES, SHAPES

# What a form can carry at all; how long an article may be is a rule of the markup (MU-6).
LONGEST_BODY = 500_000
LONGEST_TITLE = 200
LONGEST_SUMMARY = 1000
_UNDESCRIBED = re.compile(r"!\[\s*\]\(bild:")
AUDIENCE_HINTS = {
    Audience.PUBLIC: "Eltern, Schüler*innen, jede Person im Netz",
    Audience.STAFF: "alle, die sich anmelden: Lehrkräfte, Sekretariate, Schul-IT",
    Audience.SUPPORT: "nur Schul-IT und Verwaltung",
}


class NewForm(Form):
    """The template, the title, and for whom."""

    shape = w.RadioField(
        "Womit möchten Sie beginnen?",
        [InputRequired("Bitte wählen Sie eine Vorlage.")],
        choices={shape.value: label for shape, label in SHAPES.items()},
    )
    title = Line(
        "Titel",
        longest=LONGEST_TITLE,
        description="So, wie jemand danach sucht. Zum Beispiel: iPad verbindet sich nicht mit dem WLAN",
    )
    audience = w.RadioField(
        "Wer soll den Artikel lesen?",
        [InputRequired("Bitte wählen Sie, wer den Artikel lesen soll.")],
        choices={audience.value: label for audience, label in AUDIENCES.items()},
    )

    @property
    def words(self) -> Words:
        """The title with the body of the template."""
        return Words(self.title.data, "", SKELETONS[Shape(self.shape.data)])


class TextForm(Form):
    """A text of an article, and the version it was begun on."""

    version = w.IntegerField("Fassung", [Optional(), NumberRange(0, LARGEST_ID)], widget=w.widgets.HiddenInput())
    title = Line("Titel", longest=LONGEST_TITLE)
    summary = Text(
        "Kurz gesagt",
        required=False,
        longest=LONGEST_SUMMARY,
        description="Ein oder zwei Sätze. Sie stehen in der Suche unter dem Titel.",
        render_kw={"rows": 2},
    )
    body = Text("Text", required=False, longest=LONGEST_BODY, render_kw={"rows": 24, "spellcheck": "true"})
    # The version of the other text, once somebody has seen it and saves over it all the same.
    over = w.IntegerField("Trotzdem", [Optional()], widget=w.widgets.HiddenInput())

    def validate_body(self, field: w.Field) -> None:
        """Refuse what readers could not be shown, and pictures that some could not have read out."""
        if sentence := markup.problem(field.data or ""):
            raise w.ValidationError(sentence)
        if _UNDESCRIBED.search(field.data or ""):
            raise w.ValidationError(
                "Ein Bild hat keine Beschreibung. Bitte schreiben Sie zwischen ![ und ], was es zeigt."
            )

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words(self.title.data or "", self.summary.data or "", self.body.data or "")

    @property
    def begun_on(self) -> int | None:
        """The version this text takes the place of; None for a language that is new."""
        version: int | None = self.over.data or self.version.data
        return version


class DraftForm(TextForm):
    """A text that is not finished: nothing is required yet."""

    title = Line("Titel", required=False, longest=LONGEST_TITLE)

    def validate_body(self, field: w.Field) -> None:
        """Keep what cannot be shown as well: nobody's words are lost."""


class PictureForm(Form):
    """A picture and the words for those who do not see it."""

    picture = w.FileField("Bild", render_kw={"accept": "image/jpeg,image/png,image/heic,.heic"})
    # Asked for by the verb, in a sentence that says why.
    alternative = Line(
        "Was ist auf dem Bild zu sehen?",
        required=False,
        longest=300,
        description="Ein Satz für alle, die es nicht sehen. Ein Bild, das nur schmückt, braucht der Artikel nicht.",
    )

    @property
    def content(self) -> bytes:
        """The file that was chosen, empty without one."""
        return _content(self.picture, pictures.LARGEST_BYTES)


class VideoForm(Form):
    """A video with everything that makes it usable without seeing or hearing."""

    title = Line("Titel", longest=LONGEST_TITLE)
    video = w.FileField("Video", description="MP4 mit H.264, höchstens 100 MB", render_kw={"accept": "video/mp4,.mp4"})
    poster = w.FileField(
        "Standbild",
        description="Ein Bild aus dem Video. Es steht dort, bis jemand auf Abspielen tippt.",
        render_kw={"accept": "image/jpeg,image/png,image/heic,.heic"},
    )
    captions = w.FileField(
        "Untertitel", description="Eine Datei im Format WebVTT (.vtt)", render_kw={"accept": ".vtt,text/vtt"}
    )
    transcript = Text(
        "Was wird gesagt und gezeigt?",
        longest=50_000,
        description="Der Text unter dem Video, für alle, die es nicht ansehen oder anhören können.",
        render_kw={"rows": 8},
    )

    @property
    def clip(self) -> Clip:
        """The video with its parts; the video itself stays on the disk."""
        return Clip(
            title=self.title.data,
            stream=self.video.data.stream,
            poster=_content(self.poster, pictures.LARGEST_BYTES),
            captions=_content(self.captions, captions.LARGEST_BYTES),
            transcript=self.transcript.data,
        )

    def validate_video(self, field: w.Field) -> None:
        """Ask for the file."""
        _chosen(field, "Bitte wählen Sie das Video.")

    def validate_poster(self, field: w.Field) -> None:
        """Ask for the file."""
        _chosen(field, "Bitte wählen Sie ein Standbild.")

    def validate_captions(self, field: w.Field) -> None:
        """Ask for the file."""
        _chosen(field, "Bitte wählen Sie die Untertitel. Ohne sie bleiben manche ausgeschlossen.")


def _chosen(field: w.Field, sentence: str) -> None:
    if not getattr(field.data, "filename", ""):
        raise w.ValidationError(sentence)


def _content(field: w.FileField, largest_bytes: int) -> bytes:
    """Return the content of an uploaded file, one byte too long at most."""
    return field.data.stream.read(largest_bytes + 1) if getattr(field.data, "filename", "") else b""
