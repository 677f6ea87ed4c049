"""What field support is called where people read it."""

from datetime import date, datetime, timedelta

from itsm.core import clock
from itsm.core.german import WEEKDAYS, local_time, minutes_words
from itsm.dispatch.models import Result, Visit, VisitKind
from itsm.dispatch.planner.day.model import Breach

RESULTS = {
    Result.SOLVED: "gelöst",
    Result.NOT_SOLVED: "nicht gelöst",
    Result.SECOND_LEVEL: "an das Systemhaus gegeben",
    Result.TAKEN_ALONG: "Gerät mitgenommen",
    Result.FOLLOW_UP: "Folgebesuch nötig",
}
KINDS = {
    VisitKind.REGULAR: "fester Besuchstermin",
    VisitKind.EXTRA: "Zusatzbesuch",
    VisitKind.MANUAL: "vereinbarter Besuch",
    VisitKind.PLANNED: "eingeplanter Besuch",
}
BREACHES = {
    Breach.FIXED_TIME: "Der feste Termin ist nicht zu halten",
    Breach.WINDOW: "Außerhalb der Besuchszeiten der Schule",
    Breach.WINDOW_TOO_SHORT: "Länger als die Besuchszeiten der Schule",
    Breach.PAUSE: "Ohne Pause",
    Breach.SHIFT_END: "Nach Dienstschluss",
}

# A stop the route cannot put inside the school's times is not promised at any.
UNSURE = frozenset({Breach.WINDOW, Breach.WINDOW_TOO_SHORT})
# The school is told a span: an hour and a half that begins at the full or half hour.
ANNOUNCED = timedelta(minutes=90)
HALF_HOUR = 30
HOUR = 60
FIVE = 5
WEEK = 7


def told_at(visit: Visit) -> datetime:
    """When the visit begins as far as the school knows; a delay it was told of is counted, to five minutes."""
    moment = visit.starts_at + timedelta(minutes=visit.told_late_minutes)
    return _to_five(moment) if visit.told_late_minutes else moment


def delayed(visit: Visit) -> str:
    """What a school reads when its visit does not begin when it was told."""
    minutes = visit.told_late_minutes
    around = f"gegen {local_time(told_at(visit))} Uhr"
    if minutes > 0:
        span = -(-minutes // FIVE) * FIVE
        return f"Wir kommen etwa {f'{span} Minuten' if span < HOUR else minutes_words(span)} später, {around}."
    return f"Wir kommen heute doch wie angekündigt, {around}."


def _to_five(moment: datetime) -> datetime:
    """The next moment a clock shows in full five minutes."""
    return moment + timedelta(minutes=-moment.minute % FIVE)


def announced_from(visit: Visit) -> datetime:
    """When the span begins that the school is told."""
    return visit.starts_at - timedelta(minutes=clock.local(visit.starts_at).minute % HALF_HOUR)


def announced(visit: Visit) -> tuple[str, str]:
    """The two ends of the span the school is told, such as 9:00 and 10:30."""
    begin = announced_from(visit)
    return local_time(begin), local_time(begin + ANNOUNCED)


def promise(visit: Visit, at: datetime) -> str:
    """When we come, in one sentence for the school.

    Source: docs/rules/visits.md, VI-9.
    """
    return f"Wir kommen {when(visit, at)}."


def promise_day(visit: Visit, at: datetime) -> str:
    """On which day we come: what is written down, since the time of day may still change with the route."""
    if visit.is_fixed:
        return promise(visit, at)
    return f"Wir kommen {_day(visit, at).rstrip(',')}. Die Uhrzeit steht unter „Nächster Besuch“."


def next_visit(visit: Visit, at: datetime) -> str:
    """When we are at the school next, for a fault that has just come in."""
    return f"Unser nächster Besuch an Ihrer Schule ist {when(visit, at)}."


def when(visit: Visit, at: datetime) -> str:
    """The promised time alone: "am Mittwoch zwischen 9:00 und 10:30 Uhr"."""
    day = _day(visit, at)
    if visit.told_late_minutes:
        return f"{day} gegen {local_time(told_at(visit))} Uhr"
    if visit.is_fixed:
        return f"{day} um {local_time(visit.starts_at)} Uhr"
    if visit.breach in UNSURE:
        return f"{day} – die Uhrzeit sagen wir Ihnen noch"
    begin, end = announced(visit)
    return f"{day} zwischen {begin} und {end} Uhr"


def moved_to(day: date) -> str:
    """Why a visit of the timetable is cancelled that now takes place on another day."""
    return f"Verschoben auf {day:%d.%m.%Y}."


def _day(visit: Visit, at: datetime) -> str:
    day = f"am {WEEKDAYS[visit.visit_on.weekday()]}"
    if 0 <= (visit.visit_on - clock.local_day(at)).days < WEEK:
        return day
    return f"{day}, {visit.visit_on:%d.%m.%Y},"


def breach_words(visit: Visit) -> str:
    """What the route could not keep at this stop; nothing where all is well."""
    if visit.breach is None:
        return ""
    behind = f": {minutes_words(visit.late_minutes)} zu spät" if visit.late_minutes else ""
    return f"{BREACHES[visit.breach]}{behind}."
