"""What happened to devices of the demo city in three years; everything is invented."""

from typing import NamedTuple

from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Cause, Kind, Place
from itsm.claims.states import State


class Story(NamedTuple):
    """What happened, how it went on, and how long ago it began."""

    kind: Kind
    state: State
    days_ago: int
    device: DeviceState
    cause: Cause = Cause.UNKNOWN
    place: Place = Place.LESSON
    text: str = ""
    repair: str = ""
    police: str = ""
    lock: str = ""
    usable: bool = False


_DROPPED, _WET, _PRESSED, _DENTED = (
    "Beim Gruppentisch vom Tisch gefallen, das Display ist gesprungen.",
    "Eine Flasche ist in der Tasche ausgelaufen. Das Gerät lässt sich nicht mehr einschalten.",
    "Im Stapel unter Büchern gelegen, das Display zeigt Streifen.",
    "Auf der Treppe aus der Hand gerutscht, eine Ecke ist eingedrückt.",
)
_DAMAGES = (
    (Cause.DROP, Place.LESSON, _DROPPED),
    (Cause.LIQUID, Place.WAY, _WET),
    (Cause.PRESSURE, Place.STORE, _PRESSED),
    (Cause.DROP, Place.SCHOOL, _DENTED),
    (Cause.TRANSPORT, Place.TRIP, "Nach dem Ausflug ist das Glas gesplittert, die Hülle fehlte."),
    (Cause.WEAR, Place.LESSON, "Die Ladebuchse hält kein Kabel mehr."),
    (Cause.DEFECT, Place.LESSON, "Das Gerät startet immer wieder neu."),
    (Cause.FORCE, Place.SCHOOL, "Das Gerät wurde gegen eine Wand geworfen, das Gehäuse ist gebrochen."),
)


# One of these ends a damage: repaired, or not worth it.
_ENDS = ("repaired", "repaired", "repaired", "repaired", "declined")


def stories() -> list[Story]:
    """Return about sixty cases of three years: every kind and every state, the latest last."""
    told = [_closed(number) for number in range(32)]
    damage, theft, loss, kept = Kind.DAMAGE, Kind.THEFT, Kind.LOSS, Kind.NOT_RETURNED
    gone, there, broken = DeviceState.STOLEN, DeviceState.IN_USE, DeviceState.DAMAGED
    lent = DeviceState.LENT
    break_in = "Der Lagerraum wurde am Wochenende aufgebrochen."
    told += [
        Story(theft, State.CLOSED, 640, gone, place=Place.STORE, text=break_in, police="500/24", lock="done"),
        Story(theft, State.CLOSED, 300, gone, place=Place.WAY, text="Im Bus gestohlen.", police="501/25", lock="done"),
        Story(loss, State.CLOSED, 260, DeviceState.LOST, place=Place.TRIP, text="Nach dem Ausflug nicht mehr da."),
        Story(kept, State.CLOSED, 220, gone, place=Place.HOME, text="Nach dem Wegzug nicht zurückgegeben."),
        Story(theft, State.FOUND, 150, there, place=Place.STORE, text=break_in, police="502/26", lock="freed"),
        Story(loss, State.FOUND, 90, there, place=Place.SCHOOL, text="In der Turnhalle vergessen.", lock="freed"),
        Story(damage, State.WITHDRAWN, 80, there, text="Das Display blieb dunkel. Es war nur der Akku leer."),
        Story(theft, State.REPLACEMENT, 34, gone, place=Place.STORE, text=break_in, police="503/26", lock="done"),
        Story(kept, State.EXAMINED, 25, gone, place=Place.HOME, text="Drei Mal erinnert, keine Antwort.", lock="done"),
        Story(theft, State.EXAMINED, 9, gone, place=Place.SCHOOL, text="Aus der Umkleide verschwunden.", lock="asked"),
        Story(theft, State.REPORTED, 2, gone, place=Place.WAY, text="Aus dem Rucksack gestohlen.", lock="waits"),
        Story(loss, State.REPORTED, 3, DeviceState.LOST, place=Place.WAY, text="Im Bus vergessen.", lock="asked"),
    ]
    for number, (state, device, repair, days_ago) in enumerate(
        (
            (State.REPAIR, DeviceState.IN_REPAIR, "ordered", 48),
            (State.REPAIR, DeviceState.IN_REPAIR, "ordered", 21),
            (State.REPAIR, DeviceState.IN_REPAIR, "quoted", 14),
            (State.REPAIR, DeviceState.IN_REPAIR, "quoted", 12),
            (State.REPLACEMENT, broken, "declined", 30),
            (State.REPLACEMENT, broken, "", 18),
            (State.WRITE_OFF, broken, "declined", 26),
            (State.WRITE_OFF, broken, "declined", 16),
            (State.EXAMINED, broken, "", 11),
            (State.EXAMINED, broken, "", 8),
            (State.EXAMINED, broken, "", 7),
            (State.EXAMINED, lent, "", 6),
            (State.REPORTED, broken, "", 5),
            (State.REPORTED, broken, "", 4),
            (State.REPORTED, lent, "", 3),
            (State.REPORTED, broken, "", 2),
            (State.REPORTED, broken, "", 1),
            (State.REPORTED, lent, "", 1),
        )
    ):
        # Whoever has it on loan goes on with it.
        usable = device is lent
        cause, place, text = (Cause.DROP, Place.SCHOOL, _DENTED) if usable else _DAMAGES[number % len(_DAMAGES)]
        told.append(Story(damage, state, days_ago, device, cause, place, text, repair, usable=usable))
    return sorted(told, key=lambda story: -story.days_ago)


def _closed(number: int) -> Story:
    cause, place, text = _DAMAGES[number % len(_DAMAGES)]
    end = _ENDS[number % len(_ENDS)]
    device = DeviceState.IN_USE if end == "repaired" else DeviceState.RETIRED
    # More of them lately than long ago.
    return Story(Kind.DAMAGE, State.CLOSED, 24 + (31 - number) ** 2, device, cause, place, text, end)
