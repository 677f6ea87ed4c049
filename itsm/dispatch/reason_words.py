"""Why something is left out, and what would let it in, as sentences; reads what service/plan_reasons put down."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from itsm.core import clock
from itsm.core.german import WEEKDAYS, local_time, minutes_words, number
from itsm.dispatch.planner.week.conflicts import Broken
from itsm.dispatch.planner.week.reasons import Reason
from itsm.dispatch.planner.week.relief import Relaxed

Found = Mapping[str, Any]

UNKNOWN = "Noch keinem Besuch zugeordnet."
SHOWN = 3

_CONFLICTS = {
    Broken.WINDOW: "die Besuchszeiten der Schule reichen dafür nicht",
    Broken.PAUSE: "es bliebe keine Zeit für die Pause",
    Broken.SHIFT_END: "die Fahrt hin und zurück passt nicht in den Arbeitstag",
    Broken.NOT_BEFORE: "es fehlt noch etwas",
    Broken.FROZEN: "der laufende Tag bleibt, wie er ist",
    Broken.TOGETHER: "zwei Personen finden keine gemeinsame Zeit",
}
_FITS_IF = {
    Relaxed.WINDOW: "die Schule zu einer anderen Zeit offen wäre",
    Relaxed.SKILL: "die Fachkenntnis nicht nötig wäre",
    Relaxed.RELEASE: "nicht mehr auf das Teil gewartet würde",
    Relaxed.OVERTIME: "eine Überstunde erlaubt wäre",
    Relaxed.FOREIGN: "jemand aus einem anderen Bezirk käme",
    Relaxed.PIN: "der Besuch nicht angeheftet wäre",
    Relaxed.ONE_PERSON: "eine Person genügte",
}


def why(found: Found) -> str:
    """Why it is left out, in one or two sentences."""
    reason = found.get("reason")
    if reason not in set(Reason):
        return UNKNOWN
    return _SENTENCES[Reason(reason)](found)


def fits_if(found: Found) -> list[str]:
    """What would let it in, each as the end of "Passt, wenn …" with the place it would get."""
    return [_relief(relief) for relief in found.get("fits_if", ()) if relief.get("kind") in set(Relaxed)]


def slot(found: Found) -> str:
    """A place in the week: "am Mittwoch um 9:20 Uhr bei Frau Beispiel"."""
    starts_at = datetime.fromisoformat(found["starts_at"])
    day = WEEKDAYS[clock.local_day(starts_at).weekday()]
    return f"am {day} um {local_time(starts_at)} Uhr bei {found['person']}"


def euros(cents: int) -> str:
    """A price in whole euros."""
    return f"{number(round(cents / 100))} €"


def _relief(relief: Found) -> str:
    place = f" (dann {slot(relief)})" if "starts_at" in relief else ""
    return f"{_FITS_IF[Relaxed(relief['kind'])]}{place}"


def _nobody(_: Found) -> str:
    return "In diesem Bezirk ist in diesen Tagen niemand im Dienst."


def _no_skill(found: Found) -> str:
    people = found.get("people", [])
    who = f" Das können: {_listed(people)}, aber aus einem anderen Bezirk." if people else ""
    return f"Im Bezirk fehlt dafür: {_listed(found.get('skills', []))}.{who}"


def _waits(found: Found) -> str:
    what = found.get("waits_for") or "etwas"
    if "not_before_on" not in found:
        return f"Es fehlt noch: {what}. Wann es kommt, ist offen."
    return f"Es fehlt noch: {what}, erwartet am {date.fromisoformat(found['not_before_on']):%d.%m.%Y}."


def _no_window(found: Found) -> str:
    if not found.get("window"):
        return "Die Schule ist in diesen Tagen geschlossen."
    start, end = (datetime.fromisoformat(text) for text in found["window"])
    day = WEEKDAYS[clock.local_day(start).weekday()]
    short = f" Es fehlen {minutes_words(found['short_minutes'])}." if found.get("short_minutes") else ""
    hours = f"{local_time(start)} bis {local_time(end)} Uhr"
    return f"Keine Besuchszeit ist lang genug. Am nächsten liegt {day}, {hours}.{short}"


def _pin(found: Found) -> str:
    if found.get("is_pinned"):
        return "Der Besuch ist so angeheftet, dass er nicht zu halten ist."
    pins = found.get("pins", [])
    others = f": {_listed(pins)}" if pins else ""
    return f"Angeheftete Besuche lassen keinen Platz{others}."


def _two_people(found: Found) -> str:
    people = found.get("people", [])
    who = f" Könnten es: {_listed(people)}." if people else ""
    return f"Hier werden zwei Personen zur selben Zeit gebraucht, und die gibt es in diesen Tagen nicht.{who}"


def _too_far(found: Found) -> str:
    causes = [_CONFLICTS[Broken(one["kind"])] for one in found.get("conflicts", ()) if one["kind"] in set(_CONFLICTS)]
    because = f": {_listed(list(dict.fromkeys(causes)))}" if causes else ""
    return f"Es geht nicht einmal an einem sonst leeren Tag{because}."


def _not_worth(found: Found) -> str:
    where = f" {slot(found['slot'])}" if found.get("slot") else ""
    return (
        f"Der Weg lohnt noch nicht: Ein Besuch{where} würde {euros(found.get('cents') or 0)} kosten, "
        f"das Warten bis zur nächsten Woche {euros(found['leave_cents'])}."
    )


def _no_room(found: Found) -> str:
    displaced = found.get("displaced", [])
    if not displaced:
        return "In diesen Tagen ist kein Platz mehr."
    where = f" {slot(found['slot'])}" if found.get("slot") else ""
    return f"Kein Platz mehr. Ein Besuch{where} würde verdrängen: {_listed(displaced)}."


def _fits(found: Found) -> str:
    return (
        f"Es wäre noch Platz {slot(found['slot'])}. Planen Sie den Bezirk noch einmal." if "slot" in found else UNKNOWN
    )


_SENTENCES = {
    Reason.NOBODY: _nobody,
    Reason.NO_SKILL: _no_skill,
    Reason.WAITS: _waits,
    Reason.NO_WINDOW: _no_window,
    Reason.PIN: _pin,
    Reason.TWO_PEOPLE: _two_people,
    Reason.TOO_FAR: _too_far,
    Reason.NOT_WORTH: _not_worth,
    Reason.NO_ROOM: _no_room,
    Reason.FITS: _fits,
}


def _listed(words: list[str]) -> str:
    """The first few words of a list: "a, b und 2 weitere"."""
    if len(words) <= SHOWN:
        return " und ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
    return f"{', '.join(words[:SHOWN])} und {len(words) - SHOWN} weitere"
