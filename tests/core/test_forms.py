"""Input as people type it, and errors that lose nothing."""

from datetime import date, time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from itsm.core.errors import DomainError, NotFound
from itsm.core.forms import ClockSpan, ClockTime, Count, Day, Euros, Form, Line, Text, typed_day


class ExampleForm(Form):
    name = Line("Name", longest=20)
    day = Day("Tag", required=False)
    note = Text("Notiz", required=False)
    starts = ClockTime("Beginn", required=False)
    hours = ClockSpan("Dienst", required=False)
    count = Count("Anzahl", required=False)
    price = Euros("Preis", required=False)


def filled(app: Flask, **fields: str) -> ExampleForm:
    with app.test_request_context(method="POST"):
        return ExampleForm(MultiDict({"name": "Raum", **fields}))


@pytest.mark.parametrize(
    ("typed", "day"),
    [("17.3.26", date(2026, 3, 17)), ("17.03.2026", date(2026, 3, 17)), ("2026-03-17", date(2026, 3, 17)), ("", None)],
)
def test_a_date_is_read_as_people_type_it(app: Flask, typed: str, day: date | None) -> None:
    form = filled(app, day=typed)
    assert form.validate()
    assert form.day.data == day


@pytest.mark.parametrize("typed", ["morgen", "31.2.26", "17.3.", "2026-13-01", "99999999999"])
def test_what_is_no_date_gets_a_sentence(app: Flask, typed: str) -> None:
    form = filled(app, day=typed)
    assert not form.validate()
    assert "kein Datum" in form.day.errors[0]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [("9", time(9)), ("9:20", time(9, 20)), ("09.20", time(9, 20)), (" 9.20 Uhr ", time(9, 20)), ("", None)],
)
def test_a_time_of_day_is_read_as_people_type_it(app: Flask, typed: str, moment: time | None) -> None:
    form = filled(app, starts=typed)
    assert form.validate()
    assert form.starts.data == moment


@pytest.mark.parametrize("typed", ["24:00", "9:60", "neun", "9:2", "9:20:00", "-1", "99999999999"])
def test_what_is_no_time_of_day_gets_a_sentence(app: Flask, typed: str) -> None:
    form = filled(app, starts=typed)
    assert not form.validate()
    assert "keine Uhrzeit" in form.starts.errors[0]


@pytest.mark.parametrize("typed", ["7:30–16:00", "7.30-16", "7:30 Uhr bis 16 Uhr", "07:30 bis 16:00 uhr"])
def test_two_times_of_day_are_read_as_people_type_them(app: Flask, typed: str) -> None:
    form = filled(app, hours=typed)
    assert form.validate()
    assert form.hours.data == (time(7, 30), time(16))
    assert form.hours._value() == "7:30–16:00"


@pytest.mark.parametrize("typed", ["7:30", "16:00–7:30", "8–8", "7:30–25:00", "früh bis spät", "8–12–16", "8" * 5000])
def test_what_is_not_two_times_of_day_gets_a_sentence_and_is_kept(app: Flask, typed: str) -> None:
    form = filled(app, hours=typed)
    assert not form.validate()
    assert form.hours._value() == typed


def test_one_line_stays_one_line_and_nul_goes(app: Flask) -> None:
    form = filled(app, name="Raum\r\nBcc: x\x00", note="a\r\nb\x00")
    assert (form.name.data, form.note.data) == ("Raum Bcc: x", "a\nb")


def test_too_long_is_said_and_kept(app: Flask) -> None:
    form = filled(app, name="x" * 21)
    assert not form.validate()
    assert form.name.data == "x" * 21


def test_an_error_of_the_domain_stands_on_the_form_but_not_found_leaves_it(app: Flask) -> None:
    form = filled(app)
    assert form.validate()
    assert form.status == 200
    with form.shows_errors():
        raise DomainError("Geht nicht.")
    assert (form.form_errors, form.status) == (["Geht nicht."], 422)
    with pytest.raises(NotFound), form.shows_errors():
        raise NotFound


@pytest.mark.parametrize(("typed", "count"), [("1", 1), ("30.000", 30_000), (" 30 000 ", 30_000), ("30000", 30_000)])
def test_a_number_is_read_as_people_type_it(app: Flask, typed: str, count: int) -> None:
    form = filled(app, count=typed)
    assert form.validate()
    assert form.count.data == count


@pytest.mark.parametrize("typed", ["0", "-1", "1,5", "3.00", "viele", "1000001", "9" * 5000])
def test_what_is_no_number_gets_a_sentence(app: Flask, typed: str) -> None:
    assert not filled(app, count=typed).validate()


@pytest.mark.parametrize(
    ("typed", "cents", "shown"),
    [("379", 37_900, "379"), ("1.234,5 €", 123_450, "1.234,50"), ("0,01", 1, "0,01"), ("1234,56", 123_456, "1.234,56")],
)
def test_a_sum_of_money_is_read_and_shown_as_people_type_it(app: Flask, typed: str, cents: int, shown: str) -> None:
    form = filled(app, price=typed)
    assert form.validate()
    assert form.price.data == cents
    assert form.price._value() == shown


@pytest.mark.parametrize("typed", ["0", "-5", "1.5", "1,234", "teuer", "20.000.000,01", "9" * 5000])
def test_what_is_no_sum_of_money_gets_a_sentence(app: Flask, typed: str) -> None:
    assert not filled(app, price=typed).validate()


def test_a_day_in_an_address_is_read_and_nonsense_is_refused() -> None:
    today = date(2026, 11, 16)
    assert typed_day("17.3.2026", today) == typed_day("2026-03-17", today) == date(2026, 3, 17)
    assert typed_day(" ", today) == today
    with pytest.raises(DomainError, match="kein Datum"):
        typed_day("31.2.2026", today)
