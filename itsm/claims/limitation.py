"""Until when a claim can be demanded: two clocks, of which the earlier one counts; pure.

Source: docs/rules/claims.md, CL-40 to CL-42; §§ 195, 199, 203, 204, 606 BGB.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from itsm.claims.deadlines import months_end, years_end

RETURN_MONTHS = 6
GENERAL_YEARS = 3
# So many days ahead the clerk is warned.
MARKS = (60, 30, 7)


class Rule(StrEnum):
    """Which limitation a clock counts."""

    RETURN = "return"
    GENERAL = "general"


RULES = {
    Rule.RETURN: "sechs Monate ab Rückgabe des Geräts (§ 606 BGB)",
    Rule.GENERAL: "drei Jahre zum Jahresende (§§ 195, 199 BGB)",
}


@dataclass(frozen=True)
class Clock:
    """One limitation: the event it began with, its last day, and whether a court holds it."""

    rule: Rule
    began_on: date
    ends_on: date
    is_held: bool = False

    def days_left(self, on: date) -> int:
        """How many days are left; below nothing when it is over."""
        return (self.ends_on - on).days

    def is_over(self, on: date) -> bool:
        """Whether the claim is barred on a day."""
        return not self.is_held and on > self.ends_on

    def mark(self, on: date) -> int | None:
        """The warning a day has reached: 60, 30 or 7 days ahead, the nearest; None before the first or when held."""
        reached = [mark for mark in MARKS if self.days_left(on) <= mark]
        return min(reached) if reached and not self.is_held else None


def clocks(
    *, known_on: date, returned_on: date | None = None, suspended_days: int = 0, is_at_court: bool = False
) -> list[Clock]:
    """Return the clocks that run, the earlier one first: without a return of the device only the general one.

    `known_on` is when the city knew of the damage; days of negotiation are added to both, a court holds both.
    """
    held = timedelta(days=suspended_days)
    running = [Clock(Rule.GENERAL, known_on, years_end(known_on, GENERAL_YEARS) + held, is_at_court)]
    if returned_on is not None:
        back = return_clock(returned_on)
        running.append(replace(back, ends_on=back.ends_on + held, is_held=is_at_court))
    return sorted(running, key=lambda clock: clock.ends_on)


def return_clock(returned_on: date) -> Clock:
    """Return the clock that runs from the return of a device, as long as nothing holds it."""
    return Clock(Rule.RETURN, returned_on, months_end(returned_on, RETURN_MONTHS))


def earliest(running: Sequence[Clock]) -> Clock:
    """Return the clock that ends first."""
    return min(running, key=lambda clock: clock.ends_on)
