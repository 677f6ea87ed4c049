"""Forms: the base class with CSRF, errors of the domain beside what was typed, German spellings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import wtforms as w
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from itsm.core.errors import DomainError
from itsm.core.german import euros, number

_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?")
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*uhr)?"
_CLOCK_TIME = re.compile(_CLOCK, re.IGNORECASE)
_THOUSANDS = r"\d{1,3}(?:\.\d{3}){1,4}|\d{1,12}"
_WHOLE = re.compile(_THOUSANDS)
_SUM = re.compile(rf"({_THOUSANDS})(?:,(\d{{0,2}}))?")
# Two times of day with what stands between them: 8:00–8:45, 8 bis 9.30 Uhr.
CLOCK_SPAN = re.compile(rf"{_CLOCK}\s*(?:-|–|bis)\s*{_CLOCK}", re.IGNORECASE)


class Form(FlaskForm):
    """Base of every form."""

    refused_with = 422

    class Meta(FlaskForm.Meta):
        locales = ["de_DE", "de"]

    @contextmanager
    def shows_errors(self) -> Iterator[None]:
        """Show an error of the domain on the form instead of an error page; nothing typed is lost."""
        try:
            yield
        except DomainError as error:
            if error.status == 404:
                raise
            self.form_errors.append(error.sentence)
            self.refused_with = error.status

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows this form."""
        return self.refused_with if self.errors or self.form_errors else 200


def single_line(value: Any) -> Any:
    """Strip a text and fold every run of white space, so that no header or list line can be broken."""
    return " ".join(value.replace("\x00", "").split()) if isinstance(value, str) else value


def many_lines(value: Any) -> Any:
    """Strip a text and its NUL characters, which PostgreSQL cannot hold."""
    return value.replace("\x00", "").replace("\r\n", "\n").strip() if isinstance(value, str) else value


class Line(w.StringField):
    """One line of text, at most `longest` characters."""

    def __init__(self, label: str, *, required: bool = True, longest: int = 200, **kwargs: Any) -> None:
        rules = [*(_filled() if required else [Optional()]), _length(longest)]
        super().__init__(label, rules + list(kwargs.pop("validators", [])), filters=[single_line], **kwargs)


class Text(w.TextAreaField):
    """Several lines of text, at most `longest` characters."""

    def __init__(self, label: str, *, required: bool = True, longest: int = 5000, **kwargs: Any) -> None:
        rules = [*(_filled() if required else [Optional()]), _length(longest)]
        super().__init__(label, rules + list(kwargs.pop("validators", [])), filters=[many_lines], **kwargs)


class Ticks(w.SelectMultipleField):
    """Several of a list, each with a box to tick; nothing ticked is an answer too."""

    widget = w.widgets.ListWidget(prefix_label=False)
    option_widget = w.widgets.CheckboxInput()


class Day(w.DateField):
    """A date as people type it: 17.3.26, 17.03.2026, or what a date picker sends."""

    def __init__(self, label: str, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, [_required() if required else Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed date, or say how one looks."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        try:
            self.data = _read_day(typed)
        except ValueError as error:
            raise ValueError("Das ist kein Datum. Bitte so eingeben: 17.3.2026") from error


class Count(w.StringField):
    """A whole number as people type it: 30000, 30.000, 30 000."""

    def __init__(
        self, label: str, *, required: bool = True, least: int = 1, most: int = 1_000_000, **kwargs: Any
    ) -> None:
        rule = NumberRange(least, most, f"Bitte geben Sie eine Zahl von {least} bis {number(most)} ein.")
        super().__init__(label, [_required() if required else Optional(), rule], **kwargs)

    def _value(self) -> str:
        return number(self.data) if isinstance(self.data, int) else (self.raw_data or [""])[0]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed number, or say how one looks."""
        typed = "".join((valuelist[0] if valuelist else "").split())
        self.data = None
        if not typed:
            return
        if not _WHOLE.fullmatch(typed):
            raise ValueError("Das ist keine ganze Zahl. Bitte so eingeben: 30.000")
        self.data = int(typed.replace(".", ""))


class Euros(w.StringField):
    """A sum of money as people type it: 379, 1.234,56 €. Its data are cents, from 1 to `most_cents`."""

    def __init__(self, label: str, *, required: bool = True, most_cents: int = 2_000_000_000, **kwargs: Any) -> None:
        rule = NumberRange(1, most_cents, f"Bitte geben Sie einen Betrag bis {euros(most_cents)} ein.")
        super().__init__(label, [_required() if required else Optional(), rule], **kwargs)

    def _value(self) -> str:
        return euros(self.data).removesuffix(" €") if isinstance(self.data, int) else (self.raw_data or [""])[0]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed sum, or say how one looks."""
        typed = "".join((valuelist[0] if valuelist else "").split()).removesuffix("€")
        self.data = None
        if not typed:
            return
        found = _SUM.fullmatch(typed)
        if not found:
            raise ValueError("Das ist kein Betrag. Bitte so eingeben: 1.234,56")
        self.data = int(found[1].replace(".", "")) * 100 + int((found[2] or "").ljust(2, "0"))


class ClockTime(w.StringField):
    """A time of day as people type it: 9, 9:20, 9.20 Uhr."""

    def __init__(self, label: str, *, required: bool = True, **kwargs: Any) -> None:
        rule = InputRequired("Bitte geben Sie eine Uhrzeit ein.") if required else Optional()
        super().__init__(label, [rule], **kwargs)

    def _value(self) -> str:
        if isinstance(self.data, time):
            return f"{self.data:%-H:%M}"
        return self.raw_data[0] if self.raw_data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed time, or say how one looks."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        found = _CLOCK_TIME.fullmatch(typed)
        try:
            self.data = time(int(found[1]), int(found[2] or 0)) if found else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValueError("Das ist keine Uhrzeit. Bitte so eingeben: 9:20")


class ClockSpan(w.StringField):
    """From one time of day to a later one as people type it: 7:30–16:00, 8 bis 12.30 Uhr."""

    def __init__(self, label: str, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, [_required() if required else Optional()], **kwargs)

    def _value(self) -> str:
        if isinstance(self.data, tuple):
            return f"{self.data[0]:%-H:%M}–{self.data[1]:%-H:%M}"
        return self.raw_data[0] if self.raw_data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the two times, or say how they look."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        found = CLOCK_SPAN.fullmatch(typed)
        try:
            span = clock_span(found) if found else None
        except ValueError:
            span = None
        if span is None:
            raise ValueError("Das sind keine zwei Uhrzeiten. Bitte so eingeben: 7:30–16:00")
        if span[0] >= span[1]:
            raise ValueError("Das Ende liegt nicht nach dem Beginn. Bitte prüfen Sie die beiden Uhrzeiten.")
        self.data = span


def clock_span(found: re.Match[str]) -> tuple[time, time]:
    """The two times of a match of `CLOCK_SPAN`.

    Raises: ValueError if one of them does not exist.
    """
    return time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))


def typed_day(typed: str, otherwise: date) -> date:
    """Return the day of an address such as ?tag=17.3.2026, or `otherwise` where none is named.

    Raises: DomainError for anything but a date.
    """
    try:
        return _read_day(typed.strip()) if typed.strip() else otherwise
    except ValueError as error:
        raise DomainError("Das ist kein Datum. Bitte so eingeben: 17.3.2026") from error


def _read_day(typed: str) -> date:
    found = _DATE.fullmatch(typed)
    if not found:
        return date.fromisoformat(typed)
    day, month, year = found.groups()
    if year is None:
        raise ValueError("no year")
    return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))


def _filled() -> list[object]:
    # The first takes a blank for an answer, the second what stood there before.
    return [_required(), DataRequired("Bitte ausfüllen.")]


def _required() -> InputRequired:
    return InputRequired("Bitte ausfüllen.")


def _length(longest: int) -> Length:
    return Length(max=longest, message=f"Bitte höchstens {longest} Zeichen.")
