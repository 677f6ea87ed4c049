"""Forms: the base class with CSRF, errors of the domain beside what was typed, German spellings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import wtforms as w
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from itsm.core.errors import DomainError

_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?")


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
