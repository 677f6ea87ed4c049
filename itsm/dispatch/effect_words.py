"""What a change of the plan brings with it, in plain words."""

from collections.abc import Iterator
from datetime import date

from itsm.accounts.models import User
from itsm.core.german import local_date, local_time, long_date, number
from itsm.dispatch.planner.week.change import Change
from itsm.dispatch.planner.week.conflicts import Broken, Conflict
from itsm.dispatch.planner.week.model import DAY_SECONDS
from itsm.dispatch.service.week import Week


def conflicts(week: Week, key: str, user: User, day: date, change: Change) -> Iterator[str]:
    """Say why it does not go, each reason once, and what would have to give way."""
    yield from dict.fromkeys(_conflict(week, key, user, day, one) for one in change.conflicts)
    if change.repaired and change.displaced:
        yield _displaced(week, change)


def difference(change: Change, seconds: int) -> str:
    """What it costs more or less than now: minutes of driving, kilometres, euros."""
    minutes, metres, euros = round(seconds / 60), round(change.delta_metres / 1000, 1), cents(change) / 100
    if not minutes and not metres and not round(euros, 2):
        return "Fahrt und Kosten bleiben gleich."
    late = change.delta.late / 100
    behind = f", davon {signed(late, 2)} € für spätere Erledigung" if late else ""
    return f"{signed(minutes)} min Fahrt, {signed(metres)} km, {signed(round(euros, 2), 2)} €{behind}."


def cents(change: Change) -> int:
    """What the city pays more: drives, overtime and lateness, without the price of a broken promise."""
    delta = change.delta
    return delta.travel + delta.foreign + delta.overtime + delta.late


def signed(value: float, digits: int | None = None) -> str:
    """A number with its sign: "+12", "−3,4", "±0"."""
    if not value:
        return "±0"
    text = number(abs(value)) if digits is None else f"{abs(value):,.{digits}f}".translate(_GERMAN)
    return f"{'+' if value > 0 else '−'}{text}"


_GERMAN = str.maketrans(",.", ".,")


def _conflict(week: Week, key: str, user: User, day: date, found: Conflict) -> str:
    school = week.pieces[found.job].school.short_name if found.job in week.pieces else ""
    begins = local_time(week.moment(found.start_at % _WEEK)) if found.start_at is not None else ""
    is_own = found.job == key
    match found.kind:
        case Broken.NO_SHIFT:
            return f"{user.name} arbeitet am {long_date(day)} nicht."
        case Broken.DISTRICT:
            return f"{user.name} fährt nicht in diesem Bezirk."
        case Broken.SKILL:
            return f"{user.name} fehlt dafür: {', '.join(found.skills)}."
        case Broken.NOT_BEFORE:
            return f"Bei {school} fehlt noch etwas. {_until(week, found)}"
        case Broken.WINDOW:
            return _window(week, school, begins, found, is_own=is_own)
        case Broken.PIN:
            return f"Der Termin bei {school} ist angeheftet und wäre nicht zu halten."
        case Broken.FROZEN:
            return "Der Tag läuft schon. Was dort als Nächstes kommt, bleibt, wie es ist."
        case Broken.TOGETHER:
            return f"Bei {school} werden zwei Personen zur selben Zeit gebraucht. Das geht hier nicht auf."
        case Broken.PEOPLE:
            return f"Bei {school} werden zwei Personen gebraucht. Eine zweite findet sich hier nicht."
        case Broken.PAUSE:
            return "Für die Pause bliebe keine Zeit."
        case Broken.SHIFT_END:
            over = round(found.seconds / 60)
            return f"{user.name} wäre erst um {begins} Uhr zurück, {over} min später, als erlaubt ist."
        case _:
            return f"Der Besuch bei {school} steht an diesem Tag schon."


# A start after midnight of the last day is still said as a time of day.
_WEEK = 14 * DAY_SECONDS


def _window(week: Week, school: str, begins: str, found: Conflict, *, is_own: bool) -> str:
    if found.window is None:
        return f"{school} ist zu dieser Zeit nicht offen."
    first, last = (local_time(week.moment(second)) for second in found.window)
    if is_own:
        return f"{school} lässt Besuche nur von {first} bis {last} Uhr zu. Wir wären erst um {begins} Uhr da."
    return f"Dann käme {school} zu spät an die Reihe: um {begins} Uhr. Dort geht es nur bis {last} Uhr."


def _until(week: Week, found: Conflict) -> str:
    if found.start_at is None or not found.seconds:
        return "Wann es kommt, ist noch nicht bekannt."
    arrives = found.start_at + found.seconds
    if arrives >= week.problem.days * DAY_SECONDS:
        return "Es kommt erst nach dieser Woche, oder wann, ist noch nicht bekannt."
    return f"Es kommt am {local_date(week.moment(arrives))}."


def _displaced(week: Week, change: Change) -> str:
    places = dict(change.plan.placed())
    parts = []
    for key in change.displaced:
        school, route = week.pieces[key].school.short_name, places.get(key)
        if route is None:
            parts.append(f"{school} (fände keinen anderen Platz)")
        else:
            parts.append(
                f"{school} (fände am {local_date(week.day(route.day))} bei {week.user(route.worker).name} Platz)"
            )
    return f"Platz gäbe es nur, wenn weicht: {', '.join(parts)}."
