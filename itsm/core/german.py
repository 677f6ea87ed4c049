"""German words for moments, dates, spans and numbers, as template filters."""

from datetime import date, datetime, time

from babel.dates import format_date
from flask import Flask

from itsm.core import clock

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
NEXT_DAYS = {-1: "gestern", 0: "heute", 1: "morgen"}
# Words such as "Mittwoch, 9:20 Uhr" are clear only within a week.
NEAR_DAYS = 6
SEPARATORS = str.maketrans(",.", ".,")


def relative(moment: datetime) -> str:
    """Return how far a moment is from now, in words: "vor 5 Minuten", "morgen, 9:20 Uhr"."""
    return relative_to(moment, clock.now())


def relative_to(moment: datetime, at: datetime) -> str:
    """Return how far `moment` is from `at`, in words."""
    minutes = round((moment - at).total_seconds() / 60)
    if minutes == 0:
        return "gerade eben"
    if abs(minutes) < 60:
        return f"{'in' if minutes > 0 else 'vor'} {_counted(abs(minutes), 'Minute', 'Minuten')}"
    days = (clock.local_day(moment) - clock.local_day(at)).days
    time_words = f"{local_time(moment)} Uhr"
    if days in NEXT_DAYS:
        return f"{NEXT_DAYS[days]}, {time_words}"
    if 0 < days <= NEAR_DAYS:
        return f"{WEEKDAYS[clock.local(moment).weekday()]}, {time_words}"
    if -NEAR_DAYS <= days < 0:
        return f"vor {-days} Tagen"
    return f"{clock.local_day(moment):%d.%m.%Y}"


def local_moment(moment: datetime) -> str:
    """Return "Di 17.03.2026, 9:20 Uhr" in Berlin."""
    return f"{local_date(moment)}, {local_time(moment)} Uhr"


def local_date(day: date) -> str:
    """Return "Di 17.03.2026" of a date, or of a moment's day in Berlin."""
    day = _day(day)
    return f"{WEEKDAYS[day.weekday()][:2]} {day:%d.%m.%Y}"


def long_date(day: date) -> str:
    """Return "Dienstag, 17. März" of a date, or of a moment's day in Berlin."""
    return format_date(_day(day), "EEEE, d. MMMM", locale="de")


def local_time(moment: datetime | time) -> str:
    """Return "9:20"; a moment is read in Berlin."""
    shown = clock.local(moment) if isinstance(moment, datetime) else moment
    return f"{shown:%-H:%M}"


def minutes_words(count: int) -> str:
    """Return a span: "45 Min.", "2 Std.", "1 Std. 20 Min."."""
    hours, minutes = divmod(count, 60)
    words = [f"{hours} Std."] if hours else []
    if minutes or not hours:
        words.append(f"{minutes} Min.")
    return " ".join(words)


def metres_words(count: int) -> str:
    """Return a way: "350 m", "3,4 km", "12 km"."""
    if count < 1000:
        return f"{count} m"
    return f"{number(round(count / 1000, 1 if count < 10_000 else 0))} km"


def number(value: float) -> str:
    """Return a number with German separators: 1234.5 becomes "1.234,5"; a whole number has no decimals."""
    text = f"{value:,.0f}" if value == int(value) else f"{value:,}"
    return text.translate(SEPARATORS)


def euros(cents: int) -> str:
    """Return a sum of money: "379 €", "1.234,50 €"; without decimals where there are none."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{number(whole)}{f',{rest:02}' if rest else ''} €"


def plain_euros(cents: int) -> str:
    """Return a sum as spreadsheets read it from a text file: 9096,00."""
    return f"{cents // 100},{cents % 100:02}"


def tel(spoken: str) -> str:
    """Return the address of a telephone number as people write it: "0231 50-22" becomes "tel:+492315022"."""
    digits = "".join(sign for sign in spoken if sign.isdigit())
    if spoken.strip().startswith("+"):
        return f"tel:+{digits}"
    if digits.startswith("00"):
        return f"tel:+{digits[2:]}"
    return f"tel:+49{digits[1:]}" if digits.startswith("0") else f"tel:{digits}"


def _day(value: date) -> date:
    return clock.local_day(value) if isinstance(value, datetime) else value


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def init(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(
        relative=relative,
        local_moment=local_moment,
        local_date=local_date,
        long_date=long_date,
        local_time=local_time,
        minutes=minutes_words,
        metres=metres_words,
        number=number,
        euros=euros,
        tel=tel,
    )
