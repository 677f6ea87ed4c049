"""How a stocktake speaks: places, answers to a scan, tasks."""

from typing import NamedTuple

from itsm.assets.kinds import LABELS as KINDS
from itsm.assets.models import Device, Finding, Stocktake, StocktakeLine
from itsm.assets.states import LABELS as STATES
from itsm.assets.states import WORKING

FOREIGN = "gehört nicht zu dieser Schule"
LEFT = "gehört inzwischen nicht mehr zu dieser Schule"


class Answer(NamedTuple):
    """What the page says at once after a scan; `kind` is its colour, the title always says it in words."""

    kind: str
    title: str
    text: str


def place(stocktake: Stocktake) -> str:
    """Return what is counted: Raum 2.14, Ladekoffer LK-7, Ganze Schule."""
    if stocktake.room is not None:
        return f"Raum {stocktake.room.name}"
    if stocktake.case is not None:
        return f"Ladekoffer {stocktake.case.tag}"
    return "Ganze Schule"


def home(device: Device) -> str:
    """Return where the file says a device belongs."""
    if device.case is not None:
        return f"Ladekoffer {device.case.tag}" + (f", Platz {device.slot}" if device.slot else "")
    return f"Raum {device.room.name}" if device.room is not None else "kein Raum eingetragen"


def is_here(stocktake: Stocktake, line: StocktakeLine) -> bool:
    """Say whether the device of a line still belongs to the school that was counted; nothing else is said of others."""
    return line.device is not None and line.device.school_id == stocktake.school_id


def where(stocktake: Stocktake, line: StocktakeLine) -> str:
    """Return where the file says the device of a line belongs, as far as that is for this school to know."""
    return home(line.device) if line.device is not None and is_here(stocktake, line) else LEFT


def name(device: Device) -> str:
    """Return the class and the tag of a device."""
    return f"{KINDS[device.kind]} {device.tag}"


def answer(stocktake: Stocktake, line: StocktakeLine, *, is_foreign: bool, is_repeated: bool) -> Answer:
    """Return the answer to a scan. Of a device of another school it says nothing."""
    if line.device is None:
        if is_foreign:
            return Answer("danger", f"{line.typed} {FOREIGN}", "Bitte legen Sie es beiseite.")
        return Answer("danger", f"{line.typed} ist unbekannt", "Bitte prüfen Sie die Nummer.")
    what, again = name(line.device), " (schon gezählt)" if is_repeated else ""
    if line.finding is Finding.FOUND:
        return Answer("success", f"{what} ist da{again}", line.device.model.label)
    return Answer("warning", f"{what} gehört woanders hin{again}", why_elsewhere(stocktake, line))


def why_elsewhere(stocktake: Stocktake, line: StocktakeLine) -> str:
    """Return why the device of a line does not belong where it was scanned."""
    if line.device is not None and is_here(stocktake, line) and line.device.state not in WORKING:
        return f"In der Akte steht: {STATES[line.device.state]}."
    return f"In der Akte steht: {where(stocktake, line)}."


def task(stocktake: Stocktake, line: StocktakeLine) -> str:
    """Return the sentence of the task a difference becomes."""
    counted = place(stocktake) if stocktake.room or stocktake.case else "der ganzen Schule"
    if line.device is None:
        return f"Die Nummer „{line.typed}“ lag bei der Inventur ({counted}) und steht nicht im Bestand der Schule."
    if line.finding is Finding.MISSING:
        return f"Fehlte bei der Inventur ({counted}). {why_elsewhere(stocktake, line)}"
    return f"Lag bei der Inventur hier: {counted}. {why_elsewhere(stocktake, line)}"
